"""Ask for a second person."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval, ApprovalState
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal


@dataclass(frozen=True)
class Request:
    """What is asked: the kind of backoffice.subscriptions.APPROVALS, the object, before and after, the evidence."""

    kind: str
    operator_id: str
    object_id: str
    title: str
    reason: str
    brand_id: str | None = None
    before: dict[str, object] = field(default_factory=dict)
    after: dict[str, object] = field(default_factory=dict)
    evidence: dict[str, object] = field(default_factory=dict)


def request_approval(request: Request, *, requested_by: StaffUser, actor: Actor, now: datetime) -> Approval:
    """Store the request; Refusal(INVALID_REQUEST) where the same one waits already or no reason is given."""
    if not request.reason.strip():
        raise Refusal("INVALID_REQUEST", "Give a reason.", "reason")
    with transaction.atomic():
        pending = Approval.objects.filter(
            operator_id=request.operator_id, kind=request.kind, object_id=request.object_id, state=ApprovalState.PENDING
        )
        if pending.exists():
            raise Refusal("INVALID_REQUEST", "The same request already awaits a decision.")
        approval = Approval.objects.create(
            operator_id=request.operator_id,
            brand_id=request.brand_id,
            kind=request.kind,
            object_id=request.object_id,
            title=request.title,
            reason=request.reason,
            before=request.before,
            after=request.after,
            evidence=request.evidence,
            requested_by=requested_by,
            requested_at=now,
        )
        subject = Subject("approval", str(approval.pk), approval.title, approval.operator_id, approval.brand_id)
        record(
            actor,
            "approval.requested",
            subject,
            at=now,
            before=request.before,
            after=request.after,
            reason=request.reason,
        )
    return approval
