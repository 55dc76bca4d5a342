"""A private Kafka."""

from __future__ import annotations

import shutil
import socket
import tempfile
import time
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from deploy.local.kafka_cache import CLUSTER_ID, PASSWORD, USERNAME, Cache, keep_template, prepared_cache, run
from deploy.local.server import HOST, START_SECONDS, Server, ServerError, free_port

# One node that is broker and controller. The short times of the broker's own heart make it ready in a second, and again
# two seconds after it was killed; those of groups let tests have members that are missed soon.
PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=PLAINTEXT://{host}:{plain},SASL_PLAINTEXT://{host}:{sasl},SASL_SSL://{host}:{tls},CONTROLLER://{host}:{controller}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
log.cleaner.dedupe.buffer.size=2097152
log.initial.task.delay.ms=100
broker.heartbeat.interval.ms=100
broker.session.timeout.ms=1000
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=500
connection.failed.authentication.delay.ms=0
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
"""
HEAP = ("-Xms32m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
PRIME_SECONDS = 30.0


class Kafka(Server):
    """Apache Kafka from its Maven jars, one KRaft node: without a login, with one, and with one over TLS."""

    name = "kafka"

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        super().__init__(directory, durable=durable)
        self.cache: Cache | None = None
        self.other_ports: tuple[int, ...] = ()
        self.is_priming = False

    @property
    def url(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def sasl_url(self) -> str:
        """For who logs in, in the clear."""
        return f"{HOST}:{self.other_ports[0]}"

    @property
    def tls_url(self) -> str:
        """For who logs in over TLS."""
        return f"{HOST}:{self.other_ports[1]}"

    @property
    def shared(self) -> Cache:
        if self.cache is None:
            raise ServerError("kafka was not prepared")
        return self.cache

    @property
    def data(self) -> Path:
        return self.directory / "kafka"

    @property
    def configuration(self) -> Path:
        return self.directory / "kafka.properties"

    def prepare(self) -> None:
        if self.cache is None:
            with prepared_cache() as cache:
                self.cache = cache
                if not cache.is_primed and not self.is_priming:
                    prime(cache)
        if not self.data.exists() and not self.is_priming:
            shutil.copytree(self.shared.template, self.data)

    def spawn(self) -> None:
        self.other_ports = tuple(free_port() for _ in range(3))
        self.configure()
        super().spawn()

    def configure(self) -> None:
        sasl, tls, controller = self.other_ports
        self.configuration.write_text(
            PROPERTIES.format(
                host=HOST,
                plain=self.port,
                sasl=sasl,
                tls=tls,
                controller=controller,
                data=self.data,
                keystore=self.shared.keystore,
            )
        )

    def start_again(self) -> None:
        """After a stop or a kill, on the same ports, so that clients find it."""
        super().spawn()
        if not self.wait_until_it_answers(time.monotonic() + START_SECONDS):
            raise ServerError(f"kafka did not start again.\n{self.log_tail()}")

    def java(self) -> list[str]:
        jars = ":".join(str(path) for path in sorted(self.shared.jars.glob("*.jar")))
        archive = "-XX:ArchiveClassesAtExit=" if self.is_priming else "-XX:SharedArchiveFile="
        return [
            "java",
            f"{archive}{self.shared.class_archive}",
            *HEAP,
            "-Xshare:auto",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            f"-Djava.security.auth.login.config={self.shared.logins}",
            "-cp",
            jars,
        ]

    def command(self) -> list[str]:
        return [*self.java(), "kafka.Kafka", str(self.configuration)]

    def answers(self) -> bool:
        try:
            # The client backs off after a refusal; a socket does not.
            socket.create_connection((HOST, self.port), timeout=5).close()
            return bool(AdminClient(self.client()).list_topics(timeout=2).brokers)
        except (OSError, KafkaException):
            return False

    def client(self) -> dict[str, Any]:
        """How a client of our own is set up."""
        return {"bootstrap.servers": self.url, "log_level": 0}


def prime(cache: Cache) -> None:
    """Format a data directory, and run a server once: it leaves its loaded classes and the topic of the offsets."""
    cache.class_archive.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="prime-", dir=cache.directory) as name:
        server = Kafka(Path(name))
        server.cache, server.is_priming = cache, True
        server.port, server.other_ports = free_port(), tuple(free_port() for _ in range(3))
        server.configure()
        user = f"SCRAM-SHA-512=[name={USERNAME},password={PASSWORD}]"
        java = [part for part in server.java() if not part.startswith("-XX:ArchiveClassesAtExit")]
        format_it = ("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(server.configuration), "-S", user)
        run(*java, *format_it, directory=server.directory)
        server.start()
        try:
            join_a_group(server)
        finally:
            server.stop()
        keep_template(cache, server.data)


def join_a_group(server: Kafka) -> None:
    """The first group of a broker waits for the topic of the offsets to be made."""
    administrator = AdminClient(server.client())
    for made in administrator.create_topics([NewTopic("primed", 1, 1)]).values():
        made.result(PRIME_SECONDS)
    producer = Producer(server.client())
    producer.produce("primed", b"")
    producer.flush(PRIME_SECONDS)
    consumer = Consumer(server.client() | {"group.id": "primed", "auto.offset.reset": "earliest"})
    consumer.subscribe(["primed"])
    consumer.consume(1, PRIME_SECONDS)
    consumer.commit(asynchronous=False)
    consumer.close()
