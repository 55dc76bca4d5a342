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
        pot = reserve_of(win.pot)
        pot.seed_micros += win.cost_micros
        save_pot(pot, now)
        accounts = AccountRef(AccountKind.WITHHELD), AccountRef(AccountKind.SEED, pot.pk)
        move(win, TransferKind.CANCELLATION, key=str(win.pk), accounts=accounts, reason=approval.reason, now=now)
        change_win(win, WinState.CANCELLED, actor=actor, reason=approval.reason, now=now)


def reserve_of(won: Pot) -> Pot:
    """The pot whose reserve takes it, locked: the one that was won, or where that belongs to an earlier model of a
    jackpot that goes on, the first of the model by now."""
    rows = Pot.objects.select_for_update(of=("self",))
    if won.retired_at is not None:
        running = rows.filter(instance_id=won.instance_id, retired_at__isnull=True).order_by("position").first()
        if running is not None:
            return running
    return rows.get(pk=won.pk)
