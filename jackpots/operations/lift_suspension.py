"""End a suspension."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Suspension
from jackpots.operations.suspend import subject_of
from jackpots.queries.suspensions import suspension


def lift_suspension(suspension_id: UUID, *, reason: str, scope: Scope, actor: Actor, now: datetime) -> Suspension:
    """Contributions are taken again from the next batch on. Refusal(NOT_FOUND) outside the scope, FORBIDDEN where it
    is not the viewer's to change, Refusal(INVALID_REQUEST) where it has ended."""
    with transaction.atomic():
        suspension(scope, suspension_id)
        row = Suspension.objects.select_for_update(of=("self",)).select_related("source").get(pk=suspension_id)
        scope.check_change(row.source.brand_id if row.source is not None else row.brand_id)
        if row.ended_at is not None:
            raise Refusal("INVALID_REQUEST", "It is not suspended any more.")
        row.ended_at, row.ended_by, row.end_reason = now, actor.name, reason[:300]
        row.save(update_fields=["ended_at", "ended_by", "end_reason"])
        before: dict[str, object] = {"suspended": True, "reason": row.reason}
        after: dict[str, object] = {"suspended": False, "reason": row.reason}
        record(actor, "suspension.lifted", subject_of(row), at=now, before=before, after=after, reason=reason)
    return row
