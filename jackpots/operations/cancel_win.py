"""Cancel a withheld win: what happens when a second person has approved it (G-12)."""

from datetime import datetime

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Pot, WinState
from jackpots.operations.change_pot import save_pot
from jackpots.operations.change_win import change_win, locked_win, move
from jackpots.operations.post_transfer import AccountKind, AccountRef, TransferKind


def cancel_win(approval: Approval, actor: Actor, now: datetime) -> None:
    """Nobody is owed the approval's win any more: Withheld → the seed reserve of its pot, whose next start it feeds.

    Refusal(INVALID_REQUEST) if it is not withheld.
    """
    with locked_win(Scope(approval.operator_id), approval.object_id) as win:
        if win.state != WinState.WITHHELD:
            raise Refusal("INVALID_REQUEST", f"The win is {win.get_state_display().lower()}, not withheld.")
        win.approval = approval
        pot = Pot.objects.select_for_update(of=("self",)).get(pk=win.pot_id)
        pot.seed_micros += win.cost_micros
        save_pot(pot, now)
        accounts = AccountRef(AccountKind.WITHHELD), AccountRef(AccountKind.SEED, pot.pk)
        move(win, TransferKind.CANCELLATION, key=str(win.pk), accounts=accounts, reason=approval.reason, now=now)
        change_win(win, WinState.CANCELLED, actor=actor, reason=approval.reason, now=now)
