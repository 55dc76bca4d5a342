"""Let segments use an event, or forbid it (GIG-26)."""

from datetime import datetime

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from campaigns.models import EventDefinition


def set_segmentable(
    definition_id: int, *, is_segmentable: bool, scope: Scope, actor: Actor, now: datetime, reason: str = ""
) -> EventDefinition:
    """The event as it is now. Refusal(NOT_FOUND) outside the scope."""
    with transaction.atomic():
        rows = scope.rows(EventDefinition.objects.select_for_update(), brand_field="brand_id")
        definition = rows.filter(pk=definition_id).order_by("pk").first()
        if definition is None:
            raise Refusal("NOT_FOUND", "There is no such event.")
        before = definition.is_segmentable
        if before != is_segmentable:
            definition.is_segmentable = is_segmentable
            definition.save(update_fields=["is_segmentable"])
            name = f"{definition.name} ({definition.topic})" if definition.topic else definition.name
            subject = Subject("event_definition", str(definition.pk), name, definition.operator_id, definition.brand_id)
            record(
                actor, "event.segmentable_changed", subject, at=now, before={"is_segmentable": before},
                after={"is_segmentable": is_segmentable}, reason=reason,
            )  # fmt: skip
    return definition
