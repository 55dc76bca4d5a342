"""Become a reader of the stream, from the newest event on."""

from datetime import datetime

from backoffice.events.models import SubscriberCursor
from backoffice.events.queries import latest_sequence


def follow_stream(reader: str, *, now: datetime) -> int:
    """The number up to which the reader has read; for a new one that is the newest there is.

    From here on no event that it has not read is pruned, until `unfollow_stream`.
    """
    row, _ = SubscriberCursor.objects.get_or_create(
        subscriber=reader, defaults={"moved_at": now, "sequence": latest_sequence()}
    )
    return row.sequence
