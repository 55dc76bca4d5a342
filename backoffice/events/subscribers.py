"""Who subscribes to what, as backoffice.subscriptions says it."""

from collections.abc import Callable

from django.utils.module_loading import import_string

from backoffice import subscriptions
from backoffice.events.models import OutboxEvent

Handler = Callable[[OutboxEvent], None]


def subscribers() -> tuple[str, ...]:
    """The names of all subscribers, in the order of the map."""
    return tuple(subscriptions.EVENTS)


def kinds_of(subscriber: str) -> frozenset[str]:
    """The kinds of event that a subscriber hears of."""
    return frozenset(subscriptions.EVENTS.get(subscriber, {}))


def handler_of(subscriber: str, kind: str) -> Handler | None:
    """The subscriber's handler of a kind; None where the map names none (any more)."""
    name = subscriptions.EVENTS.get(subscriber, {}).get(kind)
    if name is None:
        return None
    handler: Handler = import_string(name)
    return handler
