"""The private Kafka: three doors, data that outlives a kill, one installation for all."""

import subprocess
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaException
from confluent_kafka.admin import AdminClient

from deploy.local import kafka_cache, packages
from deploy.local.kafka import Kafka
from deploy.local.kafka_cache import PASSWORD, USERNAME, Cache, prepared_cache
from deploy.local.servers import ServerError
from tests.kafka import KafkaCluster

pytestmark = pytest.mark.req("G-23")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Kafka]:
    """A server of this test alone."""
    made = Kafka(tmp_path)
    made.start()
    yield made
    made.stop()


def login(server: Kafka, mechanism: str, password: str = PASSWORD) -> dict[str, Any]:
    return {"sasl.mechanisms": mechanism, "sasl.username": USERNAME, "sasl.password": password, "log_level": 0}


def is_let_in(settings: dict[str, Any], seconds: float = 10) -> bool:
    try:
        return bool(AdminClient(settings).list_topics(timeout=seconds).brokers)
    except KafkaException:
        return False


def test_who_logs_in_is_let_in_and_nobody_else(server: Kafka) -> None:
    for mechanism in ("PLAIN", "SCRAM-SHA-512"):
        clear = {"bootstrap.servers": server.sasl_url, "security.protocol": "SASL_PLAINTEXT"}
        assert is_let_in(clear | login(server, mechanism))
        assert not is_let_in(clear | login(server, mechanism, "wrong"), seconds=1)
        safe = {"bootstrap.servers": server.tls_url, "security.protocol": "SASL_SSL"}
        authority = {"ssl.ca.location": str(server.shared.authority)}
        assert is_let_in(safe | authority | login(server, mechanism))
        assert not is_let_in(safe | login(server, mechanism), seconds=1)


def test_a_killed_server_has_its_messages_when_it_is_started_again(server: Kafka) -> None:
    cluster = KafkaCluster("kept-", server.url)
    topic = cluster.create("letters")
    cluster.produce(topic, [b"one", b"two"])
    server.kill()
    server.start_again()
    consumer = Consumer(cluster.client(group_id="readers", auto_offset_reset="earliest"))
    consumer.subscribe([topic])
    read = [message.value() for message in consumer.consume(2, 30)]
    consumer.close()
    assert read == [b"one", b"two"]


def hold(root: str, seconds: float) -> None:
    with prepared_cache(Path(root)):
        Event().wait(seconds)


def test_runs_that_come_together_wait_for_one_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[Path] = []

    def install(cache: Cache) -> None:
        installed.append(cache.directory)
        cache.jars.mkdir()

    monkeypatch.setattr(kafka_cache, "install_jars", install)
    with prepared_cache(tmp_path) as first:
        assert first.authority.read_text().startswith("-----BEGIN CERTIFICATE-----")
    holder = get_context("fork").Process(target=hold, args=(str(tmp_path), 1.0))
    holder.start()
    started = time.monotonic()
    Event().wait(0.3)
    with prepared_cache(tmp_path) as second:
        waited = time.monotonic() - started
    holder.join()
    assert second == first
    assert len(installed) == 1
    assert waited >= 0.5


def test_an_installation_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*command: str, **options: Any) -> Any:
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(ServerError, match="mvn did not end"), prepared_cache(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_the_packages_that_it_needs_are_installed_where_they_lack() -> None:
    for purpose in ("test", "bench"):
        assert packages.PACKAGES[purpose].items() >= {"openjdk-17-jre-headless": "java", "maven": "mvn"}.items()
        assert packages.PACKAGES[purpose]["openssl"] == "openssl"
