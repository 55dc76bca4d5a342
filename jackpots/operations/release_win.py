"""Release a withheld win: what happens when a second person has approved it."""

from datetime import datetime

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import WinState
from jackpots.operations.change_win import change_win, locked_win, move
from jackpots.operations.post_transfer import AccountKind, AccountRef, TransferKind


def release_win(approval: Approval, actor: Actor, now: datetime) -> None:
    """The approval's win is owed again: Withheld → Payable. Refusal(INVALID_REQUEST) if it is not withheld."""
    with locked_win(Scope(approval.operator_id), approval.object_id) as win:
        if win.state != WinState.WITHHELD:
            raise Refusal("INVALID_REQUEST", f"The win is {win.get_state_display().lower()}, not withheld.")
        win.approval = approval
        accounts = AccountRef(AccountKind.WITHHELD), AccountRef(AccountKind.PAYABLE)
        move(win, TransferKind.RELEASE, key=str(approval.pk), accounts=accounts, reason=approval.reason, now=now)
        change_win(win, WinState.OWED, actor=actor, reason=approval.reason, now=now)
