"""Approve or reject a request, as a second person; an approval takes effect in the same transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.module_loading import import_string

from backoffice import subscriptions
from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval, ApprovalState
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope

Effect = Callable[[Approval, Actor, datetime], None]


@dataclass(frozen=True)
class Decision:
    """Yes or no, and why."""

    is_approved: bool
    reason: str


def decide_approval(
    approval_id: UUID, decision: Decision, *, decided_by: StaffUser, scope: Scope, actor: Actor, now: datetime
) -> Approval:
    """Decide a pending request.

    The effect is the operation that backoffice.subscriptions.APPROVALS names for the kind; it is called with
    (approval, actor, now). REJECTIONS names what a refusal does, where it does anything.
    Refusal(NOT_FOUND) outside the scope, Refusal(FORBIDDEN) to who asked and where it is not the decider's brands',
    Refusal(INVALID_REQUEST) where it is decided.
    """
    with transaction.atomic():
        approval = (
            scope.rows(Approval.objects.select_for_update(), brand_field="brand_id").filter(pk=approval_id).first()
        )
        if approval is None:
            raise Refusal("NOT_FOUND", "There is no such request.")
        scope.check_change(approval.brand_id)
        if approval.requested_by_id == decided_by.pk:
            raise Refusal("FORBIDDEN", "Who asked cannot decide; a second person must.")
        if approval.state != ApprovalState.PENDING:
            raise Refusal("INVALID_REQUEST", f"The request is {approval.get_state_display().lower()} already.")
        if not decision.is_approved and not decision.reason.strip():
            raise Refusal("INVALID_REQUEST", "Say why it is refused.", "reason")
        approval.state = ApprovalState.APPROVED if decision.is_approved else ApprovalState.REJECTED
        approval.decided_by = decided_by
        approval.decided_at = now
        approval.decision_reason = decision.reason
        approval.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
        _effect(approval.kind, is_approved=decision.is_approved)(approval, actor, now)
        subject = Subject("approval", str(approval.pk), approval.title, approval.operator_id, approval.brand_id)
        record(
            actor,
            f"approval.{approval.state}",
            subject,
            at=now,
            before={"state": "pending"},
            after={"state": approval.state},
            reason=decision.reason,
        )
    return approval


def _effect(kind: str, *, is_approved: bool) -> Effect:
    if not is_approved:
        return rejection_of(kind)
    effect: Effect = import_string(subscriptions.APPROVALS[kind])
    return effect


def rejection_of(kind: str) -> Effect:
    """What a refusal, or a withdrawal, does to what was asked about; often nothing."""
    name = subscriptions.REJECTIONS.get(kind)
    if name is None:
        return lambda _approval, _actor, _now: None
    effect: Effect = import_string(name)
    return effect
