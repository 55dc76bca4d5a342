"""Ask a second person to cancel a withheld win."""

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


def request_cancellation(
    win_id: UUID, *, reason: str, requested_by: StaffUser, scope: Scope, actor: Actor, now: datetime
) -> Approval:
    """Store the request. Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) for a win that is not
    withheld."""
    with locked_win(scope, win_id) as win:
        if win.state != WinState.WITHHELD:
            raise Refusal("INVALID_REQUEST", f"The win is {win.get_state_display().lower()}, not withheld.")
        currency, reserve = win.instance.currency, win.pot.seed_micros
        amount = format_money(win.pay_micros, win.player_currency)
        request = Request(
            kind="win.cancel",
            operator_id=win.operator_id,
            brand_id=win.brand_id,
            object_id=str(win.pk),
            title=f"Cancel {amount} of {subject_of(win).name}"[:300],
            reason=reason,
            before={"state": win.state, "currency": currency, "seed_reserve_micros": reserve},
            after={
                "state": WinState.CANCELLED.value,
                "currency": currency,
                "seed_reserve_micros": reserve + win.cost_micros,
            },
            evidence={
                "player": win.player_id,
                "amount": amount,
                "withheld because": win.state_reason,
                "won_at": win.won_at.isoformat(),
            },
        )
        return request_approval(request, requested_by=requested_by, actor=actor, now=now)
