"""Ask a broker whether a connection would work, before anybody submits it; nothing is taken, made or committed."""

import time
from typing import Any, Final
from uuid import uuid4

import msgspec
from confluent_kafka import OFFSET_INVALID, Consumer, KafkaException, Message, TopicPartition

from integrations.feeds.base import TransportProblem
from integrations.feeds.kafka_client import MAIN, Listener, ask_topics, client_settings, made_consumer, problem_of
from integrations.feeds.kafka_messages import raw_of
from integrations.feeds.rabbitmq import RabbitTransport
from integrations.kinds.base import Kind
from integrations.models import FeedStatus
from integrations.wire.connections import Connection, KafkaConnection, RabbitConnection
from integrations.wire.raw import RawMessage

SECONDS: Final = 10.0
RABBIT_SECONDS: Final = 8.0
WAIT_SECONDS: Final = 0.2
_SENTENCES: Final = {
    "replay": "Samples need no broker: there is nothing to connect to.",
    "http": "Partners push to us: send one message with a service account's token to see it arrive.",
    "redis_stream": "The stream is in our own Redis, which this installation runs on.",
}


class ProbeResult(msgspec.Struct, frozen=True):
    """Whether the broker was reached and let us in, a sentence for people, and what it told: a label and a text."""

    is_reached: bool
    text: str
    facts: tuple[tuple[str, str], ...] = ()


def test_connection(
    kind: Kind, transport: str, connection: Connection, credentials: dict[str, str], settings: dict[str, Any]
) -> ProbeResult:
    """The broker's real answer, within ten seconds. `settings` are the kind's, as `clean` returned them."""
    try:
        if isinstance(connection, KafkaConnection):
            return _kafka(kind, connection, credentials, settings)
        if isinstance(connection, RabbitConnection):
            return _rabbit(connection, credentials)
    except TransportProblem as problem:
        return ProbeResult(is_reached=False, text=problem.detail)
    return ProbeResult(is_reached=True, text=_SENTENCES.get(transport, "There is nothing to connect to."))


def peek(
    kind: Kind,
    connection: KafkaConnection,
    credentials: dict[str, str],
    settings: dict[str, Any],
    topic: str,
    limit: int,
) -> list[RawMessage]:
    """The last messages of a topic, at most `limit`, the oldest first. TransportProblem where they cannot be read.

    No group is joined and nothing is committed; it takes ten seconds at most, and what was read by then is given.
    """
    deadline = time.monotonic() + SECONDS
    named = next((one for one in kind.topics(settings) if one.name == topic), None)
    consumer, listener = _reader(connection, credentials, named.credentials if named else MAIN)
    try:
        count = ask_topics(consumer, listener, [topic], is_ours=_is_ours(connection), seconds=SECONDS)[topic]
        if count is None:
            raise TransportProblem(FeedStatus.MISSING, f"There is no topic {topic} at the broker.")
        found = _last(consumer, listener, _ends(consumer, topic, count, limit, deadline), deadline)
    except KafkaException as error:
        raise problem_of(error.args[0]) from None
    finally:
        consumer.close()
    latest = sorted(found, key=lambda message: (message.timestamp()[1], message.partition(), message.offset()))
    return [raw_of(message) for message in latest[-limit:]]


# pytest would take it for a test where a test imports it.
test_connection.__test__ = False  # type: ignore[attr-defined]


def _is_ours(connection: KafkaConnection) -> bool:
    return connection.server == "ours"


def _reader(connection: KafkaConnection, credentials: dict[str, str], word: str) -> tuple[Consumer, Listener]:
    listener = Listener()
    # A name is asked for; the group is never joined.
    given = {"group.id": f"potluck-look-{uuid4().hex}", "enable.auto.commit": False, "auto.offset.reset": "earliest"}
    return made_consumer(client_settings(connection, credentials, word) | given, listener), listener


def _ends(
    consumer: Consumer, topic: str, count: int, limit: int, deadline: float
) -> dict[TopicPartition, tuple[int, int]]:
    """From where to where to read each partition that holds something."""
    found: dict[TopicPartition, tuple[int, int]] = {}
    for number in range(count):
        partition = TopicPartition(topic, number)
        low, high = consumer.get_watermark_offsets(partition, timeout=max(deadline - time.monotonic(), 0.1))
        if high > low:
            found[partition] = (max(low, high - limit), high)
    return found


def _last(
    consumer: Consumer, listener: Listener, ends: dict[TopicPartition, tuple[int, int]], deadline: float
) -> list[Message]:
    consumer.assign([TopicPartition(one.topic, one.partition, start) for one, (start, _) in ends.items()])
    open_ends = {one.partition: high for one, (_, high) in ends.items()}
    found: list[Message] = []
    while open_ends and time.monotonic() < deadline:
        for message in consumer.consume(500, WAIT_SECONDS):
            failed = message.error()
            if failed is not None:
                raise problem_of(failed)
            found.append(message)
        listener.check()
        # Numbers have holes: how far a partition was read is the reader's own word.
        for place in consumer.position([TopicPartition(one.topic, one.partition) for one in ends]):
            if place.offset != OFFSET_INVALID and place.offset >= open_ends.get(place.partition, 0):
                open_ends.pop(place.partition, None)
    return found


def _kafka(
    kind: Kind, connection: KafkaConnection, credentials: dict[str, str], settings: dict[str, Any]
) -> ProbeResult:
    deadline = time.monotonic() + SECONDS
    by_set: dict[str, list[str]] = {}
    for topic in kind.topics(settings):
        by_set.setdefault(topic.credentials, []).append(topic.name)
    facts: list[tuple[str, str]] = []
    missing: list[str] = []
    for word, names in by_set.items():
        consumer, listener = _reader(connection, credentials, word)
        try:
            left = deadline - time.monotonic()
            asked = ask_topics(consumer, listener, names, is_ours=_is_ours(connection), seconds=left)
            for name, count in asked.items():
                facts.append((name, "missing" if count is None else _size(consumer, name, count, deadline)))
                missing += [name] if count is None else []
        except TransportProblem as problem:
            who = "" if word == MAIN else f"Login {word}: "
            return ProbeResult(is_reached=False, text=f"{who}{problem.detail}", facts=tuple(facts))
        except KafkaException as error:
            raise problem_of(error.args[0]) from None
        finally:
            consumer.close()
    if missing:
        text = f"The broker let us in, but does not have: {', '.join(missing)}."
    else:
        text = "The broker let us in, and has every topic." if facts else "There is no topic to read yet."
    return ProbeResult(is_reached=bool(facts), text=text, facts=tuple(facts))


def _size(consumer: Consumer, topic: str, count: int, deadline: float) -> str:
    messages = 0
    for low, high in _ends(consumer, topic, count, 2**62, deadline).values():
        messages += high - low
    return f"{count:,} partition{'' if count == 1 else 's'}, {messages:,} message{'' if messages == 1 else 's'}"


def _rabbit(connection: RabbitConnection, credentials: dict[str, str]) -> ProbeResult:
    waiting = RabbitTransport(connection, credentials, answer_seconds=RABBIT_SECONDS).look()
    if waiting is None:
        return ProbeResult(is_reached=True, text="The broker let us in. The queue is ours, and is made at the start.")
    facts = ((connection.queue, f"{waiting:,} message{'' if waiting == 1 else 's'} waiting"),)
    return ProbeResult(is_reached=True, text="The broker let us in, and has the queue.", facts=facts)
