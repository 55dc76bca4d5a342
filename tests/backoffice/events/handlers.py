"""Subscribers for the relay's tests. What they heard stands in the database, in the transaction of the relay."""

from datetime import UTC, datetime

from backoffice.core.ids import derived_id
from backoffice.events.models import OutboxEvent
from backoffice.events.publish import Fact, publish

HERE = "tests.backoffice.events.handlers"
AT = datetime(2026, 3, 1, tzinfo=UTC)
failing: set[str] = set()


def fact(name: str, kind: str = "made", *, operator_id: str = "thrilltech", occurred_at: datetime = AT) -> Fact:
    """A fact about the object `name`."""
    return Fact(
        event_id=derived_id("test", kind, name),
        kind=kind,
        operator_id=operator_id,
        object_id=name,
        payload=b'{"amount":100.2175}',
        occurred_at=occurred_at,
    )


def repeat(event: OutboxEvent) -> None:
    """Publishes an event of the kind `heard`; fails, after having written, for the names in `failing`."""
    publish([fact(event.object_id, "heard")])
    if event.object_id in failing:
        raise ValueError(f"cannot use {event.object_id}")


def heard() -> list[str]:
    """The objects of whose events the handler's effects were committed, in order."""
    return list(OutboxEvent.objects.filter(kind="heard").order_by("position").values_list("object_id", flat=True))
