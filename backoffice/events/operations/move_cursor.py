"""Note how far a reader of the outbox has read."""

from datetime import datetime

from backoffice.events.models import SubscriberCursor


def move_cursor(subscriber: str, sequence: int, *, now: datetime) -> None:
    """Forward only: who is late with it moves nothing back."""
    behind = SubscriberCursor.objects.filter(subscriber=subscriber, sequence__lt=sequence)
    behind.update(sequence=sequence, moved_at=now)
