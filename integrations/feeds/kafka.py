"""Topics of Kafka, read by a member of a consumer group; where reading stands is in PostgreSQL."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from confluent_kafka import OFFSET_END, Consumer, KafkaError, KafkaException, Message, TopicPartition
from django.conf import settings
from django.db import connection

from integrations.feeds.assignment import Assignment
from integrations.feeds.base import TransportProblem
from integrations.feeds.kafka_client import (
    MISSING_RETRY_SECONDS,
    Listener,
    ask_topics,
    made_consumer,
    problem_of,
)
from integrations.feeds.kafka_messages import raw_of
from integrations.models import FeedStatus
from integrations.operations.begin_topic import begin_topic
from integrations.operations.own_partitions import Place
from integrations.operations.report_feed import Fenced
from integrations.wire.connections import KafkaConnection
from integrations.wire.raw import RawMessage, number_of

GATHER_SECONDS: Final = 0.02
MARK_SECONDS: Final = 10.0
LEAST_SESSION_SECONDS: Final = 1
POLL_SECONDS: Final = 300
# The client's own pauses and buffers: with its defaults a fast reader waits a second now and then.
TUNING: Final = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "error",
    "partition.assignment.strategy": "cooperative-sticky",
    "fetch.wait.max.ms": 100,
    "fetch.queue.backoff.ms": 10,
    "fetch.error.backoff.ms": 200,
    "queued.min.messages": 50_000,
    "queued.max.messages.kbytes": 65_536,
    "topic.metadata.refresh.interval.ms": 60_000,
}


class KafkaTransport:
    """One member of the group. The partitions that the broker gives it are owned in the database before one of their
    messages is read; one with a gap is held until somebody accepted it."""

    def __init__(
        self,
        connection: KafkaConnection,
        client: Callable[[], dict[str, Any]],
        *,
        topics: Sequence[str],
        group: str,
        assignment: Assignment,
    ) -> None:
        self._settings = connection
        self._client = client
        self._topics = list(topics)
        self._group = group
        self._assignment = assignment
        self._listener = Listener()
        self._consumer: Consumer | None = None
        self._held: list[RawMessage] = []
        self._trouble: Exception | None = None

    @property
    def is_finished(self) -> bool:
        """A topic never ends."""
        return False

    def open(self, next_offset: int) -> None:
        """Log in, look whether every topic is there, and join the group. The positions are in the database."""
        self.close()
        self._listener = Listener()
        self._trouble = None
        session = max(settings.FEED_LEASE_SECONDS, LEAST_SESSION_SECONDS) * 1_000
        membership = {
            "group.id": self._group,
            "session.timeout.ms": session,
            "heartbeat.interval.ms": min(session // 3, 3_000),
            "max.poll.interval.ms": max(session, POLL_SECONDS * 1_000),
        }
        self._consumer = made_consumer(self._client() | TUNING | membership, self._listener)
        counts = ask_topics(self._consumer, self._listener, self._topics, is_ours=self._settings.server == "ours")
        if missing := [topic for topic, count in counts.items() if count is None]:
            raise TransportProblem(
                FeedStatus.MISSING,
                f"There is no such topic at the broker: {', '.join(missing)}.",
                retry_seconds=MISSING_RETRY_SECONDS,
            )
        for topic, count in counts.items():
            marks = {number: self._marks((topic, number)) for number in range(count or 0)}
            at = 1 if self._settings.start == "latest" else 0
            begin_topic(self._assignment.member, topic, {number: both[at] for number, both in marks.items()})
        connection.close()
        self._consumer.subscribe(
            self._topics, on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_revoke
        )

    def receive(self, limit: int, wait_seconds: float) -> list[RawMessage]:
        """Wait for a first message, then take what follows at once."""
        consumer = self._opened()
        taken, self._held = self._held[:limit], self._held[limit:]
        if not taken:
            taken = self._read(consumer, 1, wait_seconds)
        if taken and len(taken) < limit:
            taken += self._read(consumer, limit - len(taken), GATHER_SECONDS)
        return taken

    def tend(self) -> None:
        """Answer the group while there is no room for messages; one that comes along is kept."""
        self._held += self._read(self._opened(), 1, 0)

    def acknowledge(self, messages: Sequence[RawMessage]) -> None:
        """Tell the broker, for tools that show lags; nothing depends on it."""
        reached = {(raw.topic, raw.partition, raw.tag): raw.offset for raw in messages}
        offsets = [
            TopicPartition(topic, partition, number_of(offset) + 1)
            for (topic, partition, epoch), offset in reached.items()
            if (owned := self._assignment.find((topic, partition))) is not None and owned.epoch == epoch
        ]
        if offsets and self._consumer is not None:
            with suppress(KafkaException):
                self._consumer.commit(offsets=offsets, asynchronous=True)

    def lag(self) -> int | None:
        """Messages at the broker behind the positions; go on, on the way, where a gap was accepted."""
        consumer = self._opened()
        try:
            for one in self._assignment.resumed(self._marks):
                consumer.seek(TopicPartition(one.topic, one.partition, one.next_offset or 0))
                consumer.resume([TopicPartition(one.topic, one.partition)])
        except KafkaException as error:
            raise problem_of(error.args[0]) from None
        lags: list[int] = []
        for owned in self._assignment.partitions():
            _, high = consumer.get_watermark_offsets(TopicPartition(owned.topic, owned.partition), cached=True)
            if high >= 0 and owned.next_offset is not None:
                owned.lag_count = max(high - owned.next_offset, 0)
                lags.append(owned.lag_count)
        return sum(lags) if lags else None

    def close(self) -> None:
        """Leave the group; its partitions go to the others."""
        consumer, self._consumer = self._consumer, None
        self._held = []
        if consumer is not None:
            with suppress(Exception):  # whatever a broken connection says on leaving
                consumer.close()
        self._assignment.drop_all()

    def _opened(self) -> Consumer:
        self._listener.check()
        if self._trouble is not None:
            trouble, self._trouble = self._trouble, None
            raise trouble
        if self._consumer is None:
            raise TransportProblem(FeedStatus.WAITING, "The connection is closed.")
        return self._consumer

    def _read(self, consumer: Consumer, limit: int, wait_seconds: float) -> list[RawMessage]:
        before = {one.place: one.epoch for one in self._assignment.partitions()}
        try:
            messages = consumer.consume(limit, wait_seconds)
        except KafkaException as error:
            raise problem_of(error.args[0]) from None
        self._opened()
        partitions = self._assignment.partitions()
        if any(before.get(one.place, one.epoch) != one.epoch for one in partitions):
            # Lost and regained within one call: which of its messages were read before nobody can tell.
            raise Fenced
        owned = {one.place: (one.epoch, one.generation) for one in partitions if not one.gap}
        found: list[RawMessage] = []
        for message in messages:
            if message.error() is not None:
                self._failed(message)
            elif (held := owned.get((message.topic() or "", message.partition() or 0))) is not None:
                found.append(raw_of(message, *held))
        return found

    def _failed(self, message: Message) -> None:
        error = message.error()
        if error is None or error.code() == KafkaError._PARTITION_EOF:
            return
        if error.code() != KafkaError._AUTO_OFFSET_RESET:
            raise problem_of(error)
        place = (message.topic() or "", message.partition() or 0)
        if self._assignment.halt(place, self._marks):
            self._opened().pause([TopicPartition(*place)])

    def _marks(self, place: Place) -> tuple[int, int]:
        if self._consumer is None:
            raise TransportProblem(FeedStatus.WAITING, "The connection is closed.")
        try:
            low, high = self._consumer.get_watermark_offsets(TopicPartition(*place), timeout=MARK_SECONDS)
        except KafkaException as error:
            raise problem_of(error.args[0]) from None
        return low, high

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        places = {(one.topic, one.partition) for one in partitions}
        if not places:
            return
        try:
            taken = self._assignment.take(places, self._marks)
        except Exception as error:  # noqa: BLE001 - raised again by who polls; nothing may be read until then
            self._trouble = error
            consumer.incremental_assign([TopicPartition(*place, OFFSET_END) for place in places])
            consumer.pause([TopicPartition(*place) for place in places])
            return
        consumer.incremental_assign(
            [TopicPartition(one.topic, one.partition, OFFSET_END if one.gap else one.next_offset or 0) for one in taken]
        )
        if halted := [TopicPartition(one.topic, one.partition) for one in taken if one.gap]:
            consumer.pause(halted)

    def _on_revoke(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._assignment.drop([(one.topic, one.partition) for one in partitions])
        with suppress(KafkaException):
            consumer.incremental_unassign(partitions)
