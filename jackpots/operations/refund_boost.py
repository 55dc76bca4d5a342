"""Take an unspent boost back: what happens when a second person has approved it."""

from datetime import datetime

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor
from backoffice.tenancy.scope import Scope
from jackpots.operations.boost_pot import change_boost
from jackpots.operations.change_pot import checked_amount, locked_pot
from jackpots.operations.post_transfer import TransferKind
from jackpots.operations.request_boost_refund import check_boost


def refund_boost(approval: Approval, actor: Actor, now: datetime) -> None:
    """The approval's amount returns to the house: Boost → HouseFunding.

    Refusal(INVALID_REQUEST) if less is left by now.
    """
    with locked_pot(Scope(approval.operator_id), approval.object_id) as pot:
        amount = checked_amount(int(approval.after["amount_micros"]))
        check_boost(pot, amount)
        change_boost(pot, -amount, TransferKind.BOOST_REFUND, approval=approval, actor=actor, now=now)
