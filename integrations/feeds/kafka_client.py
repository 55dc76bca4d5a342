"""How a client of Kafka is set up, and what its errors mean to people."""

import re
import time
from collections.abc import Iterable
from typing import Any, Final

from confluent_kafka import Consumer, KafkaError, KafkaException
from django.conf import settings

from integrations.feeds.base import TransportProblem
from integrations.feeds.reach import vetted
from integrations.models import FeedStatus
from integrations.wire.connections import KafkaConnection

MAIN: Final = "main"
OPEN_SECONDS: Final = 10.0
ASK_SECONDS: Final = 1.0
LISTEN_SECONDS: Final = 0.05
MISSING_RETRY_SECONDS: Final = 10.0

_LOGIN: Final = {
    KafkaError._AUTHENTICATION, KafkaError.SASL_AUTHENTICATION_FAILED, KafkaError.UNSUPPORTED_SASL_MECHANISM,
    KafkaError.ILLEGAL_SASL_STATE,
}  # fmt: skip
_MISSING: Final = {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC, KafkaError._UNKNOWN_PARTITION}
_REFUSED: Final = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED: "The topic may not be read",
    KafkaError.GROUP_AUTHORIZATION_FAILED: "The consumer group may not be used",
    KafkaError.CLUSTER_AUTHORIZATION_FAILED: "The cluster may not be used",
    KafkaError.INVALID_SESSION_TIMEOUT: "The broker does not take FEED_LEASE_SECONDS as the patience of a group",
    KafkaError._INVALID_ARG: "The client does not take the settings",
}
_DISTRUST: Final = ("certificate verify failed", "certificate_verify_failed", "hostname mismatch", "verify error")
_NOISE: Final = re.compile(r"^(\w+://)?\S+/\w+: |\(after \d+ms.*$|: broker's supported mechanisms: $")
# What the client says of a single connection while it makes another one by itself.
_PASSING: Final = {KafkaError._TRANSPORT, KafkaError._RESOLVE, KafkaError._TIMED_OUT, KafkaError._TIMED_OUT_QUEUE}


class Listener:
    """Hears what a client tells of its connections: a login that is refused is told here, and nowhere else."""

    def __init__(self) -> None:
        self.problem: TransportProblem | None = None
        self.passing = ""

    def __call__(self, error: KafkaError) -> None:
        """As `error_cb`; called by whoever polls the client."""
        if error.code() in _PASSING:
            self.passing = error.str()
        elif error.code() == KafkaError._ALL_BROKERS_DOWN:
            self.problem = self.problem or _unreachable(self.passing or error.str())
        else:
            self.problem = problem_of(error)

    def check(self) -> None:
        """Raises what was heard last."""
        if self.problem is not None:
            problem, self.problem = self.problem, None
            raise problem


def problem_of(error: KafkaError) -> TransportProblem:
    """The state of the feed that the error means, with a sentence for people."""
    code, told = error.code(), _clear(error.str())
    if code in _LOGIN:
        return TransportProblem(FeedStatus.REFUSED, f"The broker refused the login: {told}")
    if code == KafkaError._SSL:
        if any(words in told.casefold() for words in _DISTRUST):
            return TransportProblem(FeedStatus.REFUSED, f"The broker's certificate is not trusted: {told}")
        return TransportProblem(FeedStatus.REFUSED, f"The broker does not speak TLS as expected: {told}")
    if code in _MISSING:
        return TransportProblem(FeedStatus.MISSING, f"There is no such topic: {told}", retry_seconds=10)
    if code in _REFUSED:
        return TransportProblem(FeedStatus.REFUSED, f"{_REFUSED[code]}: {told}")
    return _unreachable(told)


def _unreachable(told: str) -> TransportProblem:
    return TransportProblem(FeedStatus.WAITING, f"The broker does not answer: {_clear(told)}")


def _clear(told: str) -> str:
    """The client's sentence without what only its authors read."""
    first = (told.splitlines() or [""])[0]
    if first.endswith("brokers are down"):
        return "nobody is there, or another security protocol is spoken"
    return _NOISE.sub("", first)[:220] or "it gave no reason"


def client_settings(
    connection: KafkaConnection, credentials: dict[str, str], credential_set: str = MAIN
) -> dict[str, Any]:
    """What every client of this connection starts with. TransportProblem where it may not be reached."""
    common = {
        "client.id": "potluck",
        "log_level": 0,
        "socket.connection.setup.timeout.ms": 5_000,
        "reconnect.backoff.max.ms": 2_000,
        "allow.auto.create.topics": False,
    }
    if connection.server == "ours":
        if not settings.KAFKA_BOOTSTRAP_SERVERS:
            raise TransportProblem(
                FeedStatus.REFUSED, "This installation has no Kafka of its own (KAFKA_BOOTSTRAP_SERVERS is not set)."
            )
        return common | {"bootstrap.servers": settings.KAFKA_BOOTSTRAP_SERVERS}
    brokers = [broker.strip() for broker in connection.brokers.split(",")]
    for broker in brokers:
        host, _, port = broker.rpartition(":")
        vetted(host, int(port))
    found = common | {"bootstrap.servers": ",".join(brokers), "security.protocol": connection.security.upper()}
    if connection.security.startswith("sasl"):
        prefix = "" if credential_set == MAIN else f"{credential_set}_"
        found |= {
            "sasl.mechanisms": connection.mechanism,
            "sasl.username": credentials.get(f"{prefix}username", ""),
            "sasl.password": credentials.get(f"{prefix}password", ""),
        }
    if connection.authority and connection.security.endswith("ssl"):
        found["ssl.ca.pem"] = connection.authority
    return found


def made_consumer(found: dict[str, Any], listener: Listener) -> Consumer:
    """The client, which connects by itself. TransportProblem where it does not take its settings."""
    try:
        return Consumer(found | {"error_cb": listener})
    except KafkaException as error:
        detail = str(error.args[0].str()).removeprefix("Failed to create consumer: ")
        if "ssl.ca" in detail or "PEM" in detail:
            detail = f"The certificate authority cannot be read: {detail}"
        raise TransportProblem(FeedStatus.REFUSED, _clear(detail)) from None


def ask_topics(
    consumer: Consumer,
    listener: Listener,
    names: Iterable[str],
    *,
    is_ours: bool = False,
    seconds: float = OPEN_SECONDS,
) -> dict[str, int | None]:
    """How many partitions each topic has, None where there is no such topic. TransportProblem where nobody tells, and
    where a partner's cluster sends us to brokers that may not be reached."""
    deadline = time.monotonic() + seconds
    found: dict[str, int | None] = {}
    brokers: set[tuple[str, int]] = set()
    for name in names:
        metadata = _asked(consumer, listener, name, deadline)
        topic = metadata.topics[name]
        if topic.error is not None and topic.error.code() not in _MISSING:
            raise problem_of(topic.error)
        found[name] = None if topic.error is not None else len(topic.partitions)
        brokers |= {(broker.host, broker.port) for broker in metadata.brokers.values()}
    if not is_ours:
        for host, port in sorted(brokers):
            vetted(host, port)
    return found


def _asked(consumer: Consumer, listener: Listener, topic: str, deadline: float) -> Any:
    while True:
        consumer.poll(LISTEN_SECONDS)
        listener.check()
        left = deadline - time.monotonic()
        if left <= 0:
            raise _unreachable(listener.passing)
        try:
            return consumer.list_topics(topic, timeout=min(left, ASK_SECONDS))
        except KafkaException as error:
            failed = error.args[0]
            if failed.code() not in _PASSING:
                raise problem_of(failed) from None
