"""Settle a win: what happens when a second person has approved it."""

from datetime import datetime

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import WinState
from jackpots.operations.change_win import change_win, locked_win, move
from jackpots.operations.post_transfer import AccountKind, AccountRef, TransferKind


def settle_win(approval: Approval, actor: Actor, now: datetime) -> None:
    """The approval's win is paid, by the reference that was asked for: Payable → PlayerClearing of its brand.

    Refusal(INVALID_REQUEST) if it is no longer owed.
    """
    with locked_win(Scope(approval.operator_id), approval.object_id) as win:
        if win.state != WinState.OWED:
            raise Refusal("INVALID_REQUEST", f"The win is {win.get_state_display().lower()}, no longer owed.")
        win.approval = approval
        win.reference = str(approval.after["reference"])
        accounts = AccountRef(AccountKind.PAYABLE), AccountRef(AccountKind.PLAYER_CLEARING, None, win.brand_id)
        move(win, TransferKind.SETTLEMENT, key=str(win.pk), accounts=accounts, reason=win.reference, now=now)
        change_win(win, WinState.SETTLED, actor=actor, reason=approval.reason, now=now)
