"""Tell the world who has won a round, and complete it once everybody can be paid."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.core import json
from backoffice.core.ids import derived_id
from backoffice.events.publish import Fact, publish
from backoffice.tenancy.scope import Scope
from jackpots.models import Credit, CreditState, RaffleRound, RoundState
from jackpots.queries.credits import payout_record
from jackpots.queries.currencies import currencies
from jackpots.wire import thrillpots
from jackpots.wire.raffle_event import RaffleWinFacts, raffle_payout_error_event, raffle_win_event


def pay_round(round_id: UUID, *, now: datetime) -> bool:
    """Drawn → paying, with RaffleWinEvent, also where nobody has won, and RafflePayoutErrorEvent for those who cannot
    be paid for want of a rate. Whether it was this call."""
    with transaction.atomic():
        locked = RaffleRound.objects.select_for_update(of=("self",), skip_locked=True)
        locked = locked.select_related("instance__template")
        row = locked.filter(pk=round_id, state=RoundState.DRAWN).first()
        if row is None:
            return False
        rows = list(Credit.objects.filter(operator_id=row.operator_id, group_id=row.pk).order_by("position"))
        publish(_facts(row, rows, now))
        row.state = RoundState.PAYING
        row.save(update_fields=["state"])
        return True


def _facts(row: RaffleRound, rows: list[Credit], now: datetime) -> list[Fact]:
    facts = [_fact(row, "RaffleWinEvent", _won(row, rows), now), *(_prize(row, credit, now) for credit in rows)]
    failed = [payout_record(credit) for credit in rows if credit.state == CreditState.FAILED]
    if failed:
        body = raffle_payout_error_event(str(row.instance_id), failed)
        facts.append(_fact(row, "RafflePayoutErrorEvent", body, now))
    return facts


def _won(row: RaffleRound, rows: list[Credit]) -> dict[str, object]:
    instance = row.instance
    rates = currencies(Scope(row.operator_id), operator_id=row.operator_id, brand_id=instance.brand_id)
    return raffle_win_event(
        RaffleWinFacts(
            owner_id=instance.brand_id or instance.operator_id,
            instance_id=str(instance.pk),
            jackpot_name=instance.name,
            jackpot_currency=instance.currency,
            base_currency=rates.base_currency,
            multipliers=rates.multipliers,
            drawn_at=row.drawn_at or row.ends_at,
            winners=tuple(payout_record(credit) for credit in rows),
            is_withheld=any(credit.state == CreditState.WITHHELD for credit in rows),
            round_number=row.number,
            ticket_count=row.ticket_count,
        )
    )


def _fact(row: RaffleRound, kind: str, body: dict[str, object], now: datetime) -> Fact:
    return Fact(
        event_id=derived_id(kind, str(row.pk)),
        kind=kind,
        operator_id=row.operator_id,
        brand_id=row.instance.brand_id,
        object_id=str(row.pk),
        payload=json.encode(body),
        occurred_at=now,
    )


def _prize(row: RaffleRound, credit: Credit, now: datetime) -> Fact:
    """What campaigns are told: an event for each prize."""
    raffle_id, prize_id = str(row.instance.template.lineage_id), str(credit.prize_rank)
    body = thrillpots.raffle_win_event(raffle_id, str(row.instance_id), prize_id, payout_record(credit))
    return Fact(
        event_id=derived_id(thrillpots.RAFFLE_WIN, str(credit.pk)),
        kind=thrillpots.RAFFLE_WIN,
        operator_id=row.operator_id,
        brand_id=credit.brand_id,
        object_id=str(credit.pk),
        payload=json.encode(body),
        occurred_at=now,
    )
