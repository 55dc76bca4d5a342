"""Who subscribes to what, as backoffice.subscriptions says it."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.utils.module_loading import import_string

from backoffice import subscriptions
from backoffice.events.models import OutboxEvent

Handler = Callable[[OutboxEvent], None]
# The cursor of who fills the stream of Redis, and how the cursors of its readers begin.
STREAM: Final = "redis stream"
READER: Final = "feed "


def subscribers() -> tuple[str, ...]:
    """The names of all subscribers, in the order of the map."""
    return tuple(subscriptions.EVENTS)


def reader_of(integration_id: UUID) -> str:
    """The cursor of a feed that reads the stream."""
    return f"{READER}{integration_id}"


def is_of_the_stream(subscriber: str) -> bool:
    """Whether the cursor fills the stream or reads it; nobody relays to it."""
    return subscriber == STREAM or subscriber.startswith(READER)


def kinds_of(subscriber: str) -> frozenset[str]:
    """The kinds of event that a subscriber hears of."""
    if is_of_the_stream(subscriber):
        return frozenset(subscriptions.STREAM)
    return frozenset(subscriptions.EVENTS.get(subscriber, {}))


def handler_of(subscriber: str, kind: str) -> Handler | None:
    """The subscriber's handler of a kind; None where the map names none (any more)."""
    name = subscriptions.EVENTS.get(subscriber, {}).get(kind)
    if name is None:
        return None
    handler: Handler = import_string(name)
    return handler
