"""Credit those whom no rate could be found for, once there is one."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from backoffice.audit.record import Actor, Subject, record
from backoffice.tenancy.scope import Scope
from jackpots.models import Credit, CreditState, Multiplier, Pot
from jackpots.operations.post_transfer import (
    AccountKind,
    AccountRef,
    Posting,
    TransferKind,
    post_transfers,
    transfer_id,
)
from jackpots.operations.raffles.drawing import TO_BE_WITHHELD, paid_values
from jackpots.queries.currencies import currencies
from jackpots.rules.credits import Credited, credited


def retry_credits(*, now: datetime) -> int:
    """Failed → owed, for every credit whose player's currency has a rate by now; how many. What the template withholds
    goes on to withheld. Any number of workers may do so at once."""
    rates = Multiplier.objects.filter(
        Q(brand__isnull=True) | Q(brand=OuterRef("brand_id")),
        operator=OuterRef("operator_id"),
        currency=OuterRef("player_currency"),
    )
    # Only those for whom anything has changed: a currency without a rate may have thousands.
    failed = Credit.objects.filter(state=CreditState.FAILED).order_by("owed_at", "id")
    failed = failed.filter(Exists(rates) | Q(player_currency=F("operator__base_currency")))
    return sum(_retry(key, now) for key in failed.values_list("pk", flat=True))


def _retry(credit_id: UUID, now: datetime) -> bool:
    with transaction.atomic():
        locked = Credit.objects.select_for_update(of=("self",), skip_locked=True).select_related("instance")
        credit = locked.filter(pk=credit_id, state=CreditState.FAILED).first()
        if credit is None:
            return False
        scope = Scope(credit.operator_id)
        rates = currencies(scope, operator_id=credit.operator_id, brand_id=credit.brand_id).multipliers
        paid = credited(
            credit.value_micros,
            rates,
            jackpot_currency=credit.instance.currency,
            player_currency=credit.player_currency,
        )
        if paid is None:
            return False
        _pay(credit, paid, now)
        return True


def _pay(credit: Credit, paid: Credited, now: datetime) -> None:
    """What is smaller than the player's coin was payable and goes to the pot's reserve."""
    pot = Pot.objects.select_for_update().get(pk=credit.pot_id)
    residual = paid.payout.residual_micros
    lines = {AccountRef(AccountKind.PAYABLE): -residual, AccountRef(AccountKind.SEED, credit.pot_id): residual}
    post_transfers([_posting(credit, TransferKind.ROUNDING, lines, now)])
    pot.seed_micros += residual
    pot.version += 1
    pot.changed_at = now
    pot.save(update_fields=["seed_micros", "version", "changed_at"])
    for name, value in paid_values(paid).items():
        setattr(credit, name, value)
    credit.state_reason = ""
    credit.changed_at = now
    credit.save(
        update_fields=["state", "state_reason", "pay_micros", "cost_micros", "residual_micros", "rate", "changed_at"]
    )
    _tell(credit, CreditState.FAILED, {"rate": str(credit.rate)}, now)
    if credit.detail.get(TO_BE_WITHHELD):
        _withhold(credit, now)


def _withhold(credit: Credit, now: datetime) -> None:
    """What would have been withheld as it was won is so now: Payable → Withheld."""
    cost = credit.cost_micros
    lines = {AccountRef(AccountKind.PAYABLE): -cost, AccountRef(AccountKind.WITHHELD): cost}
    post_transfers([_posting(credit, TransferKind.WITHHOLDING, lines, now)])
    credit.state = CreditState.WITHHELD
    credit.save(update_fields=["state"])
    _tell(credit, CreditState.OWED, {}, now)


def _posting(credit: Credit, kind: TransferKind, lines: Mapping[AccountRef, int], now: datetime) -> Posting:
    return Posting(
        id=transfer_id(kind, str(credit.pk)),
        operator_id=credit.operator_id,
        instance_id=credit.instance_id,
        kind=kind,
        currency=credit.instance.currency,
        occurred_at=now,
        lines=lines,
        subject_id=credit.group_id,
    )


def _tell(credit: Credit, before: CreditState, more: dict[str, object], now: datetime) -> None:
    subject = Subject("credit", str(credit.pk), str(credit), credit.operator_id, credit.brand_id)
    after: dict[str, object] = {"state": str(credit.state), **more}
    record(
        Actor.system("raffles"),
        f"credit.{credit.state}",
        subject,
        at=now,
        before={"state": before.value},
        after=after,
    )
