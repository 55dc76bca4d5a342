"""Ask a second person to cancel a withheld credit."""

from datetime import datetime
from uuid import UUID

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor
from backoffice.tenancy.scope import Scope
from jackpots.models import CreditState
from jackpots.operations.change_credit import ask, withheld_credit


def request_credit_cancellation(
    credit_id: UUID, *, reason: str, requested_by: StaffUser, scope: Scope, actor: Actor, now: datetime
) -> Approval:
    """Store the request. Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) for a credit that is not
    withheld."""
    with withheld_credit(scope, credit_id) as credit:
        to = CreditState.CANCELLED.value
        return ask(credit, "credit.cancel", to, reason=reason, requested_by=requested_by, actor=actor, now=now)
