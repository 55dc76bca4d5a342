"""Our own events, read from the stream of Redis and held against the outbox (rule B-22)."""

from collections.abc import Sequence
from threading import Event
from typing import Final
from uuid import UUID

import structlog
from msgspec import Raw
from redis import Redis
from redis.exceptions import RedisError

from backoffice.core import clock
from backoffice.core.clock import epoch_ms
from backoffice.core.json import encode
from backoffice.events.models import OutboxEvent
from backoffice.events.operations.move_cursor import move_cursor
from backoffice.events.queries import cursor_of, latest_sequence, stream_events
from backoffice.events.stream import Entry, read_entries, stream_client
from backoffice.events.subscribers import STREAM, reader_of
from integrations.feeds.base import TransportProblem
from integrations.models import FeedStatus
from integrations.wire.raw import RawMessage

TOPIC: Final = "redis_stream"

log = structlog.get_logger(__name__)


class RedisStreamTransport:
    """The operator's events in the order of the outbox. The stream says up to where there is something to read; the
    outbox says what: so nothing is missing where the stream was emptied or cut, and nothing is taken that only the
    stream holds. The position is a cursor of the outbox, which keeps what was not read from being pruned.
    """

    def __init__(self, operator_id: str, integration_id: UUID) -> None:
        self._operator_id = operator_id
        self._integration_id = integration_id
        self._reader = reader_of(integration_id)
        self._client: Redis | None = None
        self._position = self._noted = self._handed_over = 0

    @property
    def is_finished(self) -> bool:
        """A stream never ends."""
        return False

    def open(self, next_offset: int) -> None:
        """Connect, and go on where the cursor stands."""
        self.close()
        cursor = cursor_of(self._reader)
        if cursor is None:
            raise TransportProblem(FeedStatus.WAITING, "It follows the stream no longer.")
        self._position = self._noted = self._handed_over = cursor
        self._client = stream_client()
        try:
            self._client.ping()
        except (RedisError, OSError) as error:
            raise _silent(error) from None

    def receive(self, limit: int, wait_seconds: float) -> list[RawMessage]:
        """Wait for entries; gives the operator's events up to the last of them. Where none come: what the stream was
        given and has lost."""
        entries = self._entries(limit, wait_seconds)
        up_to = entries[-1].sequence if entries else cursor_of(STREAM) or 0
        if up_to <= self._position:
            return []
        events = list(stream_events(self._operator_id, self._position, up_to)[:limit])
        self._tell_of_gap(entries, events)
        if len(events) < limit:
            self._position = up_to
        else:
            self._position = events[-1].sequence or self._position
        self._handed_over = events[-1].sequence or 0 if events else self._handed_over
        return [_message(event) for event in events]

    def acknowledge(self, messages: Sequence[RawMessage]) -> None:
        """Move the cursor; messages that come again because this was not reached are known by their ids."""
        if not messages:
            return
        last = int(messages[-1].offset)
        if last < self._handed_over:
            # Of a batch that was cut the rest comes again.
            self._position = self._handed_over = last
        self._note()

    def lag(self) -> int | None:
        """Numbered events that were not read; and the cursor passes over what is other operators'."""
        self._note()
        return stream_events(self._operator_id, self._position, latest_sequence()).count()

    def close(self) -> None:
        """Disconnect."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _entries(self, limit: int, wait_seconds: float) -> list[Entry]:
        if self._client is None:
            raise TransportProblem(FeedStatus.WAITING, "The connection is closed.")
        try:
            entries = read_entries(self._client, self._position, limit=limit, wait_seconds=wait_seconds)
        except (RedisError, OSError) as error:
            raise _silent(error) from None
        if entries and entries[-1].sequence > latest_sequence():
            # No number of ours: whoever fills the stream empties it first. Until then nothing of it is believed.
            Event().wait(wait_seconds)
            return []
        return entries

    def _tell_of_gap(self, entries: Sequence[Entry], events: Sequence[OutboxEvent]) -> None:
        there = set(entries)
        missing = [event for event in events if Entry(event.sequence or 0, event.event_id) not in there]
        if missing:
            log.warning(
                "stream_gap_filled",
                integration=str(self._integration_id),
                first=missing[0].sequence,
                last=missing[-1].sequence,
                events=len(missing),
            )

    def _note(self) -> None:
        if self._position > self._noted:
            move_cursor(self._reader, self._position, now=clock.now())
            self._noted = self._position


def _message(event: OutboxEvent) -> RawMessage:
    body = {
        "operator_id": event.operator_id,
        "brand_id": event.brand_id,
        "timestamp": epoch_ms(event.occurred_at),
        "event_id": str(event.event_id),
        "event_type": {event.kind: Raw(bytes(event.payload))},
    }
    return RawMessage(body=encode(body), topic=TOPIC, offset=str(event.sequence), type=event.kind, is_ours=True)


def _silent(error: Exception) -> TransportProblem:
    said = (str(error).splitlines() or [type(error).__name__])[0][:200]
    return TransportProblem(FeedStatus.WAITING, f"Redis does not answer: {said}")
