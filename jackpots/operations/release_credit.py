"""Release a withheld credit: what happens when a second person has approved it."""

from datetime import datetime

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor
from backoffice.tenancy.scope import Scope
from jackpots.models import CreditState
from jackpots.operations.change_credit import change_credit, withheld_credit
from jackpots.operations.post_transfer import AccountKind, AccountRef, TransferKind


def release_credit(approval: Approval, actor: Actor, now: datetime) -> None:
    """The approval's credit is owed again: Withheld → Payable. Refusal(INVALID_REQUEST) if it is not withheld."""
    with withheld_credit(Scope(approval.operator_id), approval.object_id) as credit:
        accounts = AccountRef(AccountKind.WITHHELD), AccountRef(AccountKind.PAYABLE)
        change_credit(
            credit,
            CreditState.OWED,
            approval=approval,
            accounts=accounts,
            kind=TransferKind.RELEASE,
            actor=actor,
            now=now,
        )
