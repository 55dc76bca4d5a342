"""The stream of Redis in which events for our own consumers stand in the order of the outbox (rule B-22).

An entry's id is the event's sequence, so that Redis itself takes none twice and none out of order. The stream may be
emptied, cut or lost at any time: whoever reads it compares it with the outbox.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from django.conf import settings
from redis import Redis
from redis.exceptions import ResponseError

from backoffice.core.clock import epoch_ms
from backoffice.events.models import OutboxEvent
from backoffice.events.queries import latest_sequence

KEY: Final = "potluck:events"
KEPT: Final = 10_000
LAST_OF_NUMBER: Final = 2**64 - 1
CONNECT_SECONDS: Final = 2
# Longer than anybody waits for a first entry.
ANSWER_SECONDS: Final = 5


class Entry(NamedTuple):
    """An entry as it was read: the event's number and id; None where the entry holds none that could be ours."""

    sequence: int
    event_id: UUID | None


def stream_client() -> Redis:
    """A connection of its own; RedisError and OSError when it is used and nobody answers."""
    return Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=ANSWER_SECONDS, retry=None
    )


def add_entries(client: Redis, events: Sequence[OutboxEvent]) -> None:
    """Add numbered events in their order; those that are there already, or below one that is, are passed over."""
    if not events:
        return
    if _is_of_another_life(client):
        client.delete(KEY)
    with client.pipeline(transaction=False) as pipeline:
        for event in events:
            pipeline.xadd(KEY, _fields(event), id=f"{event.sequence}-0", maxlen=KEPT, approximate=True)
        answers = pipeline.execute(raise_on_error=False)
    for answer in answers:
        if isinstance(answer, Exception) and not (isinstance(answer, ResponseError) and "smaller" in str(answer)):
            raise answer


def read_entries(client: Redis, after: int, *, limit: int, wait_seconds: float) -> list[Entry]:
    """What stands above the number `after`, waited for up to `wait_seconds`."""
    found = cast(
        "list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]",
        client.xread({KEY: f"{after}-{LAST_OF_NUMBER}"}, count=limit, block=max(int(wait_seconds * 1_000), 1)),
    )
    return [_entry(entry_id, fields) for _key, entries in found for entry_id, fields in entries]


def _is_of_another_life(client: Redis) -> bool:
    """Whether the stream holds numbers that the outbox has not given yet: it was another database's."""
    newest = cast("list[tuple[bytes, Any]]", client.xrevrange(KEY, count=1))
    # Asked afterwards: what somebody else adds meanwhile has its number already.
    return bool(newest) and _number(newest[0][0]) > latest_sequence()


def _fields(event: OutboxEvent) -> dict[Any, Any]:
    return {
        "event_id": str(event.event_id),
        "kind": event.kind,
        "operator_id": event.operator_id,
        "brand_id": event.brand_id or "",
        "timestamp": epoch_ms(event.occurred_at),
        "data": bytes(event.payload),
    }


def _entry(entry_id: bytes, fields: dict[bytes, bytes]) -> Entry:
    try:
        return Entry(_number(entry_id), UUID(fields.get(b"event_id", b"").decode()))
    except ValueError:
        return Entry(_number(entry_id), None)


def _number(entry_id: bytes) -> int:
    return int(entry_id.partition(b"-")[0])
