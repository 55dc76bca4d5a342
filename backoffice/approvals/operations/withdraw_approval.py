"""Take one's own request back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval, ApprovalState
from backoffice.approvals.operations.decide_approval import rejection_of
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope


def withdraw_approval(
    approval_id: UUID, reason: str, *, withdrawn_by: StaffUser, scope: Scope, actor: Actor, now: datetime
) -> Approval:
    """Withdraw a pending request; what was asked about goes the way of a rejection.

    Refusal(NOT_FOUND) outside the scope, Refusal(FORBIDDEN) to anybody but who asked, Refusal(INVALID_REQUEST) where
    it is decided.
    """
    with transaction.atomic():
        locked = scope.rows(Approval.objects.select_for_update().order_by("pk"), brand_field="brand_id")
        approval = locked.filter(pk=approval_id).first()
        if approval is None:
            raise Refusal("NOT_FOUND", "There is no such request.")
        if approval.requested_by_id != withdrawn_by.pk:
            raise Refusal("FORBIDDEN", "Only who asked can take the request back.")
        if approval.state != ApprovalState.PENDING:
            raise Refusal("INVALID_REQUEST", f"The request is {approval.get_state_display().lower()} already.")
        approval.state = ApprovalState.WITHDRAWN
        approval.decided_at = now
        approval.decision_reason = reason.strip() or "Withdrawn by who asked."
        approval.save(update_fields=["state", "decided_at", "decision_reason"])
        rejection_of(approval.kind)(approval, actor, now)
        subject = Subject("approval", str(approval.pk), approval.title, approval.operator_id, approval.brand_id)
        before, after = {"state": "pending"}, {"state": "withdrawn"}
        record(actor, "approval.withdrawn", subject, at=now, before=before, after=after, reason=reason)
    return approval
