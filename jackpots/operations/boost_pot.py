"""Boost a pot: what happens when a second person has approved it."""

from datetime import datetime

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor
from backoffice.tenancy.scope import Scope
from jackpots.models import Boost, Pot
from jackpots.operations.change_pot import change_pot, checked_amount, locked_pot, terms_that_restart
from jackpots.operations.post_transfer import (
    AccountKind,
    AccountRef,
    Posting,
    TransferKind,
    post_transfers,
    transfer_id,
)


def boost_pot(approval: Approval, actor: Actor, now: datetime) -> None:
    """The approval's amount lies beside the pot until it starts again: HouseFunding → Boost.

    Refusal(INVALID_REQUEST) if the pot starts no more.
    """
    with locked_pot(Scope(approval.operator_id), approval.object_id) as pot:
        terms_that_restart(pot, now)
        amount = checked_amount(int(approval.after["amount_micros"]))
        change_boost(pot, amount, TransferKind.BOOST, approval=approval, actor=actor, now=now)


def change_boost(
    pot: Pot, amount_micros: int, kind: TransferKind, *, approval: Approval, actor: Actor, now: datetime
) -> None:
    """Move the signed amount from the house's funding to the pot's boost, and say so."""
    instance, before = pot.instance, {"boost_micros": pot.boost_micros}
    Boost.objects.create(
        id=transfer_id(kind, str(approval.pk)),
        operator_id=instance.operator_id,
        instance=instance,
        pot=pot,
        amount_micros=amount_micros,
        reason=approval.reason[:300],
        approval=approval,
        made_at=now,
    )
    pot.boost_micros += amount_micros
    funding = AccountRef(AccountKind.HOUSE_FUNDING, None, instance.brand_id)
    posting = Posting(
        id=transfer_id(kind, str(approval.pk)),
        operator_id=instance.operator_id,
        instance_id=instance.pk,
        kind=kind,
        currency=instance.currency,
        occurred_at=now,
        lines={funding: -amount_micros, AccountRef(AccountKind.BOOST, pot.pk): amount_micros},
        reason=approval.reason[:300],
        subject_id=approval.pk,
    )
    post_transfers([posting])
    action = "pot.boosted" if amount_micros > 0 else "pot.boost_refunded"
    change_pot(pot, action, actor=actor, before=dict(before), reason=approval.reason, now=now)
