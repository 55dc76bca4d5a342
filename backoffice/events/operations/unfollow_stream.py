"""Cease to be a reader of the stream."""

from backoffice.events.models import SubscriberCursor


def unfollow_stream(reader: str) -> None:
    """What it has not read holds nothing back any more; nothing happens where it reads nothing."""
    SubscriberCursor.objects.filter(subscriber=reader).delete()
