"""Rounds over time: once and again, late, missed, paused, terminated; and what becomes of the money that is left."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from backoffice.core.errors import Refusal
from jackpots.models import Credit, Instance, InstanceState, PotCycle, RoundState
from jackpots.operations.activate_due import activate_due
from jackpots.operations.pause_instance import pause_instance
from jackpots.operations.request_termination import request_termination
from jackpots.operations.resolve_raffles import resolve_raffles
from jackpots.queries.ledger import TransferKind, transfers
from jackpots.rules.recurrence import Daily, Hours
from jackpots.rules.terms import PrizeTerms
from tests.cast import EUR, SYSTEM, Cast
from tests.invariants import assert_invariants
from tests.raffles import HOUR, bet, open_raffle, raffle_draft, raffle_pot, refused, resolved

pytestmark = pytest.mark.django_db
TEN = (PrizeTerms(rank=1, kind="amount", amount_micros=10 * EUR),)


def moved(cast: Cast, instance: Instance, kind: str) -> int:
    """How many transfers of this kind there are."""
    return transfers(cast.house.scope).filter(instance=instance, kind=kind).count()


@pytest.mark.req("RAF-10", "RAF-11", "G-16")
def test_t13_a_raffle_that_is_held_once_ends_with_its_round_and_returns_what_is_left(cast: Cast) -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    end = start + timedelta(days=24, hours=9)
    draft = raffle_draft(duration_count=24 * 24 + 9, prizes=TEN)
    instance = open_raffle(cast.house, draft, starts_at=start, ends_at=end)
    activate_due(now=start)
    bet(cast.house, instance, "ann", 4, start)
    activate_due(now=end)
    instance.refresh_from_db()
    assert instance.state == InstanceState.ACTIVE, "a raffle ends with its draw, not before it"
    row = resolved(instance, end + timedelta(seconds=3))
    instance.refresh_from_db()
    assert (instance.state, row.ends_at, row.late_by_ms) == (InstanceState.ENDED, end, 3_000)
    pot = instance.pots.get()
    assert (pot.value_micros, pot.cycle, instance.rounds.count()) == (0, 1, 1)
    assert moved(cast, instance, TransferKind.RETURN) == 1
    assert PotCycle.objects.get(pot=pot).ended_at == row.drawn_at
    assert "CONTRIBUTION_REJECTED" in refused(cast.house, instance, end)
    assert_invariants()


@pytest.mark.req("RAF-09", "RAF-12", "CON-26", "B-16")
def test_t13_a_daily_raffle_is_drawn_at_ten_and_goes_on_at_midnight(cast: Cast) -> None:
    start = datetime(2026, 8, 1, tzinfo=UTC)
    daily = (Daily((Hours(0, 22 * 3_600),)),)
    cast.house.now = start
    draft = raffle_draft(duration_count=22, prizes=TEN)
    instance = open_raffle(cast.house, draft, starts_at=start, recurrence_rules=daily)
    for day in range(3):
        midnight = start + timedelta(days=day)
        bet(cast.house, instance, "ann", 4, midnight)
        closing = midnight + timedelta(hours=22)
        bet(cast.house, instance, "ann", 4, closing - timedelta(microseconds=1))
        assert "schedule" in refused(cast.house, instance, closing)
        row = resolved(instance, closing, day + 1)
        assert (row.starts_at, row.ends_at, row.ticket_count) == (midnight, closing, 4)
    assert instance.rounds.count() == 4
    assert Credit.objects.count() == 3
    assert_invariants()


@pytest.mark.req("RAF-08")
def test_without_a_schedule_there_is_no_raffle(cast: Cast) -> None:
    with pytest.raises(Refusal, match="schedule"):
        open_raffle(cast.house, starts_at=None)
    with pytest.raises(Refusal, match="shorter"):
        open_raffle(cast.house, ends_at=cast.now + timedelta(minutes=59))


@pytest.mark.req("B-16", "RAF-13")
def test_what_nobody_resolved_is_resolved_late_and_rounds_that_nobody_could_play_are_left_out(cast: Cast) -> None:
    instance = open_raffle(cast.house, raffle_draft(prizes=TEN))
    bet(cast.house, instance, "ann", 4, cast.now)
    late = cast.now + 5 * HOUR + timedelta(minutes=1)
    row = resolved(instance, late)
    assert row.late_by_ms == (4 * HOUR + timedelta(minutes=1)) // timedelta(milliseconds=1)
    following = instance.rounds.get(number=2)
    assert following.starts_at == cast.now + 5 * HOUR
    assert bet(cast.house, instance, "ann", 4, late) == 2
    assert_invariants()


@pytest.mark.req("RAF-13", "B-14")
def test_a_terminated_raffle_honours_its_tickets_and_begins_no_further_round(cast: Cast) -> None:
    instance = open_raffle(cast.house, raffle_draft(prizes=TEN))
    bet(cast.house, instance, "ann", 4, cast.now)
    request = request_termination(
        instance.pk, reason="Over", requested_by=cast.admin, scope=cast.house.scope, actor=SYSTEM, now=cast.now
    )
    cast.house.approve(request)
    assert "CONTRIBUTION_REJECTED" in refused(cast.house, instance, cast.now)
    row = resolved(instance, cast.now + HOUR)
    assert (row.outcome["winners"], instance.rounds.count()) == (1, 1)
    instance.refresh_from_db()
    assert instance.state == InstanceState.TERMINATED
    assert_invariants()


@pytest.mark.req("RAF-13", "B-14")
def test_a_round_that_has_not_begun_ends_with_its_raffle(cast: Cast) -> None:
    instance = open_raffle(cast.house, starts_at=cast.now + HOUR)
    request = request_termination(
        instance.pk, reason="Over", requested_by=cast.admin, scope=cast.house.scope, actor=SYSTEM, now=cast.now
    )
    cast.house.approve(request)
    resolve_raffles(now=cast.now)
    row = instance.rounds.get()
    assert (row.state, row.drawn_at) == (RoundState.COMPLETE, None)
    assert_invariants()


@pytest.mark.req("POT-05", "RAF-13")
def test_a_paused_raffle_takes_nothing_and_is_drawn_on_time(cast: Cast) -> None:
    instance = open_raffle(cast.house, raffle_draft(prizes=TEN))
    bet(cast.house, instance, "ann", 4, cast.now)
    pause_instance(instance.pk, reason="Test", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert "CONTRIBUTION_REJECTED" in refused(cast.house, instance, cast.now)
    assert resolved(instance, cast.now + HOUR).outcome["winners"] == 1
    assert instance.rounds.get(number=2).starts_at == cast.now + HOUR
    assert_invariants()


@pytest.mark.req("G-16", "SED-01")
@pytest.mark.parametrize(("rolls_over", "left"), [(True, 100_140_000), (False, 100 * EUR)])
def test_what_no_prize_takes_rolls_over_or_returns_and_the_pot_is_filled_up(
    cast: Cast, *, rolls_over: bool, left: int
) -> None:
    instance = open_raffle(cast.house, raffle_draft(prizes=TEN, rolls_over=rolls_over))
    bet(cast.house, instance, "ann", 1, cast.now)
    bet(cast.house, instance, "ann", 0, cast.now)
    resolved(instance, cast.now + HOUR)
    # Without a ticket nobody wins, and the pot keeps its 100 and the 0.14 that it grew by.
    assert instance.pots.get().value_micros == left
    assert moved(cast, instance, TransferKind.RETURN) == (0 if rolls_over else 1)
    bet(cast.house, instance, "ann", 20, cast.now + HOUR)
    resolved(instance, cast.now + 2 * HOUR, 2)
    assert instance.pots.get().value_micros == 100 * EUR
    assert_invariants()


@pytest.mark.req("SED-01", "G-15")
def test_the_next_round_is_seeded_from_what_was_put_by_before_the_house_pays(cast: Cast) -> None:
    pot = raffle_pot(seed_share_ppm=1_000_000, initial_seed_micros=0, min_reseed_micros=EUR // 5)
    whole = (PrizeTerms(rank=1, kind="share", share_ppm=1_000_000),)
    instance = open_raffle(cast.house, raffle_draft(pots=(pot,), prizes=whole))
    for _ in range(4):
        bet(cast.house, instance, "ann", 4, cast.now)
    before = instance.pots.get()
    # 0.28 came in: 0.20 were put by, the rest is in the pot.
    assert (before.value_micros, before.seed_micros) == (80_000, 200_000)
    resolved(instance, cast.now + HOUR)
    after = instance.pots.get()
    assert (after.value_micros, after.seed_micros) == (200_000, 0)
    assert_invariants()


@pytest.mark.req("RAF-13", "B-16")
def test_the_database_takes_no_ticket_once_a_round_is_closed(cast: Cast) -> None:
    instance = open_raffle(cast.house)
    bet(cast.house, instance, "ann", 4, cast.now)
    row = resolved(instance, cast.now + HOUR)
    again = (
        "INSERT INTO jackpots_ticketrange (operator_id, round_id, first_number, count, brand_id, player_id, currency, "
        "contribution_id, awarded_at) SELECT operator_id, round_id, 99, 1, brand_id, player_id, currency, "
        f"contribution_id, awarded_at FROM jackpots_ticketrange WHERE round_id = '{row.pk}'"
    )
    for statement in (
        again,
        f"UPDATE jackpots_raffleround SET ticket_count = 99 WHERE id = '{row.pk}'",
        f"UPDATE jackpots_raffleround SET root = decode(repeat('00', 32), 'hex') WHERE id = '{row.pk}'",
        f"UPDATE jackpots_raffleround SET state = 'frozen' WHERE id = '{row.pk}'",
        f"UPDATE jackpots_ticketrange SET player_id = 'eve' WHERE round_id = '{row.pk}'",
        f"DELETE FROM jackpots_ticketrange WHERE round_id = '{row.pk}'",
    ):
        refusal = pytest.raises(DatabaseError, match=r"takes no tickets|pgtrigger|transition")
        with refusal, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert_invariants()
