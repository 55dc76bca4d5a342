"""Transfer what an instance that is over still holds: what happens when a second person has approved it."""

from datetime import datetime
from uuid import UUID

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor, record
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, Pot
from jackpots.operations.change_pot import save_pot
from jackpots.operations.change_state import locked_instance, subject_of
from jackpots.operations.post_transfer import (
    AccountKind,
    AccountRef,
    Posting,
    TransferKind,
    post_transfers,
    transfer_id,
)
from jackpots.operations.request_sweep import Destination, check_destination, left_of
from jackpots.queries.left_over import Left


def sweep_instance(approval: Approval, actor: Actor, now: datetime) -> None:
    """Everything that the approval's instance holds leaves: Pot + Seed + Boost → HouseFunding, and where a pot is fed
    on from there into its reserve, within the same transaction.

    The amounts are those of now. Refusal(INVALID_REQUEST) where nothing is left, or where it may not go any more.
    """
    scope, to = Scope(approval.operator_id), str(approval.after["destination"])
    with locked_instance(scope, UUID(approval.object_id), now, actor) as instance:
        target = check_destination(instance, Destination(None if to == "house_funding" else UUID(to)), scope)
        _lock_pots(instance, target)
        left = left_of(instance)
        before: dict[str, object] = {"currency": instance.currency, "held": left.by_pot()}
        amount = left.total_micros
        postings = [_leaving(instance, left, approval, now)]
        for pot in left.pots:
            pot.value_micros = pot.seed_micros = pot.boost_micros = 0
            save_pot(pot, now)
        if target is not None:
            target.refresh_from_db(fields=["value_micros", "seed_micros", "boost_micros", "version"])
            target.seed_micros += amount
            save_pot(target, now)
            postings.append(_arriving(target, amount, approval, now))
        post_transfers(postings)
        after: dict[str, object] = {"currency": instance.currency, "held": left.by_pot(), "goes_to": to}
        reason = approval.reason
        record(actor, "instance.swept", subject_of(instance), at=now, before=before, after=after, reason=reason)
        if target is not None:
            fed: dict[str, object] = {"currency": instance.currency, "pot": target.code, "amount_micros": amount}
            record(actor, "instance.fed", subject_of(target.instance), at=now, after=fed, reason=reason)


def _lock_pots(instance: Instance, target: Pot | None) -> None:
    rows = Pot.objects.select_for_update().order_by("pk")
    ids = list(Pot.objects.filter(instance=instance).values_list("pk", flat=True))
    list(rows.filter(pk__in=[*ids, target.pk] if target is not None else ids).values_list("pk", flat=True))


def _leaving(instance: Instance, left: Left, approval: Approval, now: datetime) -> Posting:
    lines = {AccountRef(AccountKind.HOUSE_FUNDING, None, instance.brand_id): left.total_micros}
    for pot in left.pots:
        lines[AccountRef(AccountKind.POT, pot.pk)] = -pot.value_micros
        lines[AccountRef(AccountKind.SEED, pot.pk)] = -pot.seed_micros
        lines[AccountRef(AccountKind.BOOST, pot.pk)] = -pot.boost_micros
    return _posting(instance, lines, approval, now)


def _arriving(target: Pot, amount: int, approval: Approval, now: datetime) -> Posting:
    funding = AccountRef(AccountKind.HOUSE_FUNDING, None, target.instance.brand_id)
    lines = {funding: -amount, AccountRef(AccountKind.SEED, target.pk): amount}
    return _posting(target.instance, lines, approval, now)


def _posting(instance: Instance, lines: dict[AccountRef, int], approval: Approval, now: datetime) -> Posting:
    return Posting(
        id=transfer_id(TransferKind.SWEEP, str(approval.pk), str(instance.pk)),
        operator_id=instance.operator_id,
        instance_id=instance.pk,
        kind=TransferKind.SWEEP,
        currency=instance.currency,
        occurred_at=now,
        lines=lines,
        reason=approval.reason[:300],
        subject_id=approval.pk,
    )
