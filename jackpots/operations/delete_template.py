"""Delete a draft."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.approvals.models import Approval, ApprovalState
from backoffice.audit.record import Actor, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.operations.create_template import described, subject_of
from jackpots.operations.lock_draft import lock_draft


def delete_template(template_id: UUID, *, reason: str, scope: Scope, actor: Actor, now: datetime) -> None:
    """Remove a draft and its pots; the audit log keeps what it said. Refusal(NOT_FOUND) outside the scope,
    Refusal(INVALID_REQUEST) once published, or while somebody is asked to publish it."""
    with transaction.atomic():
        template = lock_draft(template_id, scope, otherwise="A published template stays; only a draft can be deleted.")
        waiting = Approval.objects.filter(
            operator_id=template.operator_id,
            kind="template.publish",
            object_id=str(template.pk),
            state=ApprovalState.PENDING,
        )
        if waiting.exists():
            raise Refusal("INVALID_REQUEST", "Somebody is asked to publish it; it can be deleted once that is decided.")
        before, subject = described(template), subject_of(template)
        template.pots.all().delete()
        template.delete()
        record(actor, "template.deleted", subject, at=now, before=before, reason=reason)
