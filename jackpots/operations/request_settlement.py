"""Ask a second person to settle a win that is owed."""

from datetime import datetime
from uuid import UUID

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.core.money import format_money
from backoffice.tenancy.scope import Scope
from jackpots.models import WinState
from jackpots.operations.change_win import locked_win, subject_of


def request_settlement(  # noqa: PLR0913 - what, how, why, by whom, in which scope and when
    win_id: UUID,
    *,
    reference: str,
    reason: str,
    requested_by: StaffUser,
    scope: Scope,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Store the request with the reference of the payment. Refusal(NOT_FOUND) outside the scope,
    Refusal(INVALID_REQUEST) for a win that is not owed or without a reference of 1 to 200 characters."""
    reference = reference.strip()
    if not 1 <= len(reference) <= 200:
        raise Refusal("INVALID_REQUEST", "Name the payment, in 1 to 200 characters.", "reference")
    with locked_win(scope, win_id) as win:
        if win.state != WinState.OWED:
            raise Refusal("INVALID_REQUEST", f"The win is {win.get_state_display().lower()}, not owed.")
        amount = format_money(win.pay_micros, win.player_currency)
        request = Request(
            kind="win.settle",
            operator_id=win.operator_id,
            brand_id=win.brand_id,
            object_id=str(win.pk),
            title=f"Settle {amount} of {subject_of(win).name}"[:300],
            reason=reason,
            before={"state": win.state},
            after={"state": WinState.SETTLED.value, "reference": reference},
            evidence={"player": win.player_id, "amount": amount, "won_at": win.won_at.isoformat()},
        )
        return request_approval(request, requested_by=requested_by, actor=actor, now=now)
