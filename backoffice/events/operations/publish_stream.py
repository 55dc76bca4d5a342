"""Bring the stream of Redis up to the outbox."""

from datetime import datetime

from redis import Redis

from backoffice import subscriptions
from backoffice.events.models import SubscriberCursor
from backoffice.events.operations.move_cursor import move_cursor
from backoffice.events.queries import events_after, latest_sequence
from backoffice.events.stream import add_entries
from backoffice.events.subscribers import STREAM


def publish_stream(client: Redis, *, now: datetime, limit: int = 500) -> int:
    """Add what was numbered since the last time, `limit` at once; gives how many events that were.

    The cursor moves after Redis has taken them, so that what was lost on the way is sent again. Several processes may
    do it at a time. RedisError or OSError where Redis does not answer: the cursor stays, and nothing is lost.
    """
    row, _ = SubscriberCursor.objects.get_or_create(subscriber=STREAM, defaults={"moved_at": now})
    reached, added = row.sequence, 0
    while True:
        latest = latest_sequence()
        events = events_after(reached, subscriptions.STREAM, limit)
        add_entries(client, events)
        added += len(events)
        last = events[-1].sequence or 0 if events else 0
        has_more = len(events) == limit
        reached = last if has_more else max(latest, last)
        move_cursor(STREAM, reached, now=now)
        if not has_more:
            return added
