"""Facts go into the outbox in the transaction of their cause."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from backoffice.events.models import OutboxEvent


@dataclass(frozen=True)
class Fact:
    """An event to publish. `payload` is the exact JSON of the event's `data`; `event_id` is derived, never drawn."""

    event_id: UUID
    kind: str
    operator_id: str
    object_id: str
    payload: bytes
    occurred_at: datetime
    brand_id: str | None = None


def publish(facts: list[Fact]) -> None:
    """Write the facts; they get their sequence once the transaction, and every older one, has ended."""
    if not facts:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("A fact is published in the transaction of its cause.")
    OutboxEvent.objects.bulk_create(
        OutboxEvent(
            event_id=fact.event_id,
            kind=fact.kind,
            operator_id=fact.operator_id,
            brand_id=fact.brand_id,
            object_id=fact.object_id,
            payload=fact.payload,
            occurred_at=fact.occurred_at,
        )
        for fact in facts
    )
