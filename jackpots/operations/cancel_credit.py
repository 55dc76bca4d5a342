"""Cancel a withheld credit: what happens when a second person has approved it (G-12)."""

from datetime import datetime

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor
from backoffice.tenancy.scope import Scope
from jackpots.models import CreditState
from jackpots.operations.cancel_win import reserve_of
from jackpots.operations.change_credit import change_credit, withheld_credit
from jackpots.operations.change_pot import save_pot
from jackpots.operations.post_transfer import AccountKind, AccountRef, TransferKind


def cancel_credit(approval: Approval, actor: Actor, now: datetime) -> None:
    """Nobody is owed the approval's credit any more: Withheld → the seed reserve of its pot, whose next start it feeds.

    Refusal(INVALID_REQUEST) if it is not withheld.
    """
    with withheld_credit(Scope(approval.operator_id), approval.object_id) as credit:
        pot = reserve_of(credit.pot)
        pot.seed_micros += credit.cost_micros
        save_pot(pot, now)
        accounts = AccountRef(AccountKind.WITHHELD), AccountRef(AccountKind.SEED, pot.pk)
        change_credit(
            credit,
            CreditState.CANCELLED,
            approval=approval,
            accounts=accounts,
            kind=TransferKind.CANCELLATION,
            actor=actor,
            now=now,
        )
