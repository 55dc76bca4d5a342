"""Prizes are settled by two people, once; those without a rate wait, and their round with them."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from backoffice.core import json
from backoffice.core.errors import Refusal
from backoffice.events.models import OutboxEvent
from jackpots.models import Credit, CreditState, Instance, Multiplier, RaffleRound, RoundState
from jackpots.operations.request_credit_cancellation import request_credit_cancellation
from jackpots.operations.request_credit_release import request_credit_release
from jackpots.operations.request_credits_settlement import request_credits_settlement
from jackpots.operations.resolve_raffles import resolve_raffles
from jackpots.operations.retry_credits import retry_credits
from jackpots.operations.set_multipliers import set_multipliers
from jackpots.queries.ledger import TransferKind, transfers
from jackpots.rules.terms import PrizeTerms
from tests.cast import EUR, RATES, SYSTEM, Cast
from tests.invariants import assert_invariants
from tests.raffles import HOUR, bet, open_raffle, raffle_draft, resolved

pytestmark = pytest.mark.django_db
PRIZES = (PrizeTerms(rank=1, kind="amount", amount_micros=7 * EUR, count=3),)


@pytest.fixture
def drawn(cast: Cast) -> RaffleRound:
    """Three prizes, of players of two brands and two currencies."""
    instance = open_raffle(cast.house, raffle_draft(prizes=PRIZES))
    bet(cast.house, instance, "ann", 4, cast.now)
    bet(cast.house, instance, "bob", 4, cast.now, brand_id=cast.brand2.pk)
    bet(cast.house, instance, "sven", 90, cast.now, currency="SEK")
    return resolved(instance, cast.now + HOUR)


def ask(cast: Cast, row: RaffleRound, reference: str = "batch-1", at: datetime | None = None) -> None:
    approval = request_credits_settlement(
        row.pk, reference=reference, reason="Paid.", requested_by=cast.admin, scope=cast.house.scope, actor=SYSTEM,
        now=at or cast.now + HOUR,
    )  # fmt: skip
    cast.house.approve(approval, at=at or cast.now + HOUR)


@pytest.mark.req("RAF-13", "B-13", "B-25")
def test_a_second_person_settles_all_of_a_round_at_once(cast: Cast, drawn: RaffleRound) -> None:
    assert_invariants()
    ask(cast, drawn)
    rows = Credit.objects.filter(group_id=drawn.pk)
    assert {(row.state, row.reference) for row in rows} == {(CreditState.SETTLED, "batch-1")}
    (transfer,) = transfers(cast.house.scope).filter(kind=TransferKind.SETTLEMENT, subject_id=drawn.pk)
    # From what was payable, to the players of each brand.
    assert transfer.line_count == 3
    assert_invariants()
    with pytest.raises(Refusal, match="Nothing of these credits is owed"):
        ask(cast, drawn)


@pytest.mark.req("B-25")
def test_nobody_settles_alone_nor_without_a_reference_nor_a_rivals(cast: Cast, drawn: RaffleRound) -> None:
    with pytest.raises(Refusal, match="Name the payment"):
        ask(cast, drawn, " ")
    with pytest.raises(Refusal, match="NOT_FOUND"):
        request_credits_settlement(
            drawn.pk, reference="r", reason="Paid.", requested_by=cast.rival_manager, scope=cast.rival_house.scope,
            actor=SYSTEM, now=cast.now,
        )  # fmt: skip
    update = "UPDATE jackpots_credit SET state = 'settled', reference = 'x', approval_id = gen_random_uuid()"
    with pytest.raises(IntegrityError, match="second person"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(update)
    assert_invariants()


@pytest.mark.req("B-13", "B-25")
def test_the_database_keeps_a_settlement_as_it_was_agreed(cast: Cast, drawn: RaffleRound) -> None:
    ask(cast, drawn)
    rows = Credit.objects.filter(group_id=drawn.pk)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        rows.update(reference="another")
    assert set(rows.values_list("reference", flat=True)) == {"batch-1"}


@pytest.mark.req("B-13", "B-25")
def test_an_agreement_settles_nothing_that_is_younger(cast: Cast, drawn: RaffleRound) -> None:
    (older, *_rest) = Credit.objects.filter(group_id=drawn.pk)
    ask(cast, drawn)
    values = {name: getattr(older, name) for name in (field.attname for field in Credit._meta.concrete_fields)}
    approval = Credit.objects.filter(group_id=drawn.pk).values_list("approval_id", flat=True)[0]
    values |= {"id": uuid4(), "position": 99, "state": "owed", "owed_at": cast.now + 2 * HOUR}
    values |= {"changed_at": cast.now + 2 * HOUR}
    younger = Credit(**values)
    younger.save(force_insert=True)
    with pytest.raises(IntegrityError, match="second person"), transaction.atomic():
        Credit.objects.filter(pk=younger.pk).update(state="settled", reference="x", approval_id=approval)


@pytest.mark.req("RAF-16", "RAF-15")
def test_who_has_no_rate_is_told_of_and_the_round_waits_for_it(cast: Cast) -> None:
    instance: Instance = open_raffle(cast.house, raffle_draft(prizes=PRIZES))
    bet(cast.house, instance, "sven", 90, cast.now, currency="SEK")
    bet(cast.house, instance, "ann", 4, cast.now)
    Multiplier.objects.filter(currency="SEK").delete()
    later = cast.now + HOUR
    resolve_raffles(now=later)
    row = instance.rounds.get(number=1)
    assert row.state == RoundState.PAYING
    assert_invariants()
    failed = Credit.objects.get(state=CreditState.FAILED)
    event = json.decode(bytes(OutboxEvent.objects.get(kind="RafflePayoutErrorEvent").payload))
    assert event["instance_id"] == str(instance.pk)
    assert [(one["player_id"], one["win_amount"]) for one in event["failed_payouts"]] == [(failed.player_id, 7)]
    # The others are settled meanwhile, and the next round is played.
    ask(cast, row)
    assert bet(cast.house, instance, "ann", 4, later) == 2
    assert resolve_raffles(now=later) == 0
    set_multipliers(RATES, operator_id=cast.operator.pk, brand_id=None, scope=cast.house.scope, actor=SYSTEM, now=later)
    assert retry_credits(now=later + timedelta(minutes=1)) == 1
    resolve_raffles(now=later + timedelta(minutes=1))
    row.refresh_from_db()
    assert row.state == RoundState.COMPLETE
    assert_invariants()
    ask(cast, row, "batch-2", later + timedelta(minutes=2))
    assert set(Credit.objects.values_list("reference", flat=True)) == {"batch-1", "batch-2"}
    assert_invariants()


@pytest.mark.req("RAF-14", "RAF-15", "I-05")
def test_the_event_has_the_fields_that_partners_know(cast: Cast, drawn: RaffleRound) -> None:
    event = json.decode(bytes(OutboxEvent.objects.get(kind="RaffleWinEvent").payload))
    assert set(event) >= {
        "brand_id", "instance_id", "jackpot_name", "jackpot_currency", "currency_multipliers", "timestamp", "winners",
        "win_withheld",
    }  # fmt: skip
    assert event["currency_multipliers"]["base_currency"] == "EUR"
    assert {(one["player_id"], one["brand_id"], one["currency"]) for one in event["winners"]} == {
        ("ann", cast.brand1.pk, "EUR"), ("bob", cast.brand2.pk, "EUR"), ("sven", cast.brand1.pk, "SEK"),
    }  # fmt: skip
    assert event["win_withheld"] is False
    assert drawn.outcome["winners"] == 3


@pytest.mark.req("G-12")
def test_what_is_above_the_threshold_is_withheld(cast: Cast) -> None:
    prizes = (*PRIZES, PrizeTerms(rank=2, kind="amount", amount_micros=9 * EUR))
    instance = open_raffle(cast.house, raffle_draft(prizes=prizes, withhold_above_micros=8 * EUR))
    for player in ("ann", "bob", "cid", "dan"):
        bet(cast.house, instance, player, 4, cast.now)
    resolved(instance, cast.now + HOUR)
    states = dict(Credit.objects.values_list("prize_rank", "state"))
    assert states == {1: CreditState.OWED, 2: CreditState.WITHHELD}
    event = json.decode(bytes(OutboxEvent.objects.get(kind="RaffleWinEvent").payload))
    assert event["win_withheld"] is True
    assert_invariants()


@pytest.mark.req("G-12", "B-25")
@pytest.mark.parametrize("is_released", [True, False])
def test_a_withheld_prize_is_released_or_cancelled_by_a_second_person(cast: Cast, *, is_released: bool) -> None:
    instance = open_raffle(cast.house, raffle_draft(withhold_above_micros=EUR))
    bet(cast.house, instance, "ann", 4, cast.now)
    row = resolved(instance, cast.now + HOUR)
    credit = Credit.objects.get(group_id=row.pk)
    with pytest.raises(Refusal, match="Nothing of these credits is owed"):
        ask(cast, row)
    request = request_credit_release if is_released else request_credit_cancellation
    approval = request(
        credit.pk, reason="Looked into.", requested_by=cast.admin, scope=cast.house.scope, actor=SYSTEM, now=cast.now
    )
    reserve = instance.pots.get().seed_micros
    cast.house.now = cast.now + 2 * HOUR
    cast.house.approve(approval)
    credit.refresh_from_db()
    assert credit.state == (CreditState.OWED if is_released else CreditState.CANCELLED)
    assert instance.pots.get().seed_micros - reserve == (0 if is_released else credit.cost_micros)
    assert_invariants()
    with pytest.raises(Refusal, match="not withheld"):
        request(credit.pk, reason="Again.", requested_by=cast.admin, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    update = "UPDATE jackpots_credit SET state = 'withheld'"
    if is_released:
        ask(cast, row, at=cast.house.now)
        assert_invariants()
    with pytest.raises(Exception, match=r"transition|pgtrigger"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(update)


@pytest.mark.req("G-12", "RAF-16")
def test_a_withheld_prize_without_a_rate_is_withheld_once_there_is_one(cast: Cast) -> None:
    instance = open_raffle(cast.house, raffle_draft(withhold_countries=("SE",)))
    bet(cast.house, instance, "sven", 90, cast.now, currency="SEK", player_country="SE")
    Multiplier.objects.filter(currency="SEK").delete()
    later = cast.now + HOUR
    resolve_raffles(now=later)
    assert Credit.objects.get().state == CreditState.FAILED
    set_multipliers(RATES, operator_id=cast.operator.pk, brand_id=None, scope=cast.house.scope, actor=SYSTEM, now=later)
    assert retry_credits(now=later) == 1
    credit = Credit.objects.get()
    assert (credit.state, credit.pay_micros > 0) == (CreditState.WITHHELD, True)
    assert_invariants()


@pytest.mark.req("B-25", "RAF-16")
def test_what_became_owed_after_the_request_is_not_settled_by_it(cast: Cast) -> None:
    instance = open_raffle(cast.house, raffle_draft(prizes=PRIZES))
    bet(cast.house, instance, "sven", 90, cast.now, currency="SEK")
    bet(cast.house, instance, "ann", 4, cast.now)
    Multiplier.objects.filter(currency="SEK").delete()
    later = cast.now + HOUR
    resolve_raffles(now=later)
    row = instance.rounds.get(number=1)
    approval = request_credits_settlement(
        row.pk, reference="batch-1", reason="Paid.", requested_by=cast.admin, scope=cast.house.scope, actor=SYSTEM,
        now=later,
    )  # fmt: skip
    set_multipliers(RATES, operator_id=cast.operator.pk, brand_id=None, scope=cast.house.scope, actor=SYSTEM, now=later)
    assert retry_credits(now=later) == 1
    with pytest.raises(Refusal, match="has changed since it was asked for"):
        cast.house.approve(approval)
    assert not Credit.objects.filter(state=CreditState.SETTLED).exists()
    assert_invariants()
