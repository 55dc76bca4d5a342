"""Rounds of a raffle from the first bet to the prizes: tickets, the draw, the money, the next round."""

from datetime import timedelta

import pytest

from backoffice.events.models import OutboxEvent
from jackpots.models import Credit, CreditState, RoundState, TicketRange
from jackpots.operations.contribute import contribute
from jackpots.operations.resolve_raffles import resolve_raffles
from jackpots.rules.contribution import ContributionResult
from jackpots.rules.terms import PrizeTerms
from tests.cast import EUR, Cast
from tests.invariants import assert_invariants
from tests.raffles import HOUR, bet, open_raffle, raffle_draft, refused, resolved

pytestmark = pytest.mark.django_db


@pytest.mark.req("RAF-01", "RAF-02", "RAF-04", "RAF-05", "RAF-06", "CON-16")
def test_twenty_bets_of_ten_cents_earn_one_ticket_of_two_euros(cast: Cast) -> None:
    instance = open_raffle(cast.house)
    earned = [bet(cast.house, instance, "ann", 0, cast.now, base_wager_micros=EUR // 10) for _ in range(20)]
    assert earned == [0] * 19 + [1]
    assert bet(cast.house, instance, "ann", 9, cast.now) == 4
    assert bet(cast.house, instance, "bob", 1, cast.now) == 0
    row = instance.rounds.get()
    assert (row.state, row.ticket_count) == (RoundState.ACTIVE, 5)
    entries = row.entries.order_by("player_id").values_list("player_id", "ticket_count", "carry_micros")
    assert list(entries) == [("ann", 5, EUR), ("bob", 0, EUR)]
    ranges = row.ranges.values_list("first_number", "count", "player_id")
    assert list(ranges) == [(1, 1, "ann"), (2, 4, "ann")]
    assert_invariants()


@pytest.mark.req("RAF-06", "CON-16", "B-01")
def test_a_batch_counts_in_its_order_and_a_replay_says_the_same(cast: Cast) -> None:
    instance = open_raffle(cast.house)
    jackpot = cast.instance
    requests = [cast.house.request(instance, "ann", base_wager_micros=3 * EUR) for _ in range(3)]
    requests.insert(1, cast.house.request(jackpot, "ann"))
    for is_replay in (False, True):
        answers = contribute(requests, now=cast.now)
        assert [answer.tickets_awarded for answer in answers if isinstance(answer, ContributionResult)] == [
            1,
            None,
            2,
            1,
        ]
        assert all(isinstance(answer, ContributionResult) and answer.is_replay is is_replay for answer in answers)
    assert TicketRange.objects.count() == 3
    assert_invariants()


@pytest.mark.req("RAF-13", "RAF-14", "RAF-15", "B-16", "B-17")
def test_a_round_is_drawn_when_it_has_ended_and_the_next_begins(cast: Cast) -> None:
    instance = open_raffle(cast.house)
    for player in ("ann", "bob", "cid"):
        bet(cast.house, instance, player, 10, cast.now)
    assert resolve_raffles(now=cast.now + HOUR - timedelta(microseconds=1)) == 0
    row = resolved(instance, cast.now + HOUR + timedelta(seconds=2))
    assert (row.ticket_count, row.late_by_ms) == (15, 2_000)
    credit = Credit.objects.get()
    # 100 of the seed and three times 70 % of ten cents, whole cents of which are the prize.
    assert (credit.state, credit.value_micros, credit.prize_rank) == (CreditState.OWED, 100_210_000, 1)
    winner = row.ranges.get(first_number__lte=credit.ticket_number or 0, player_id=credit.player_id)
    assert winner.first_number + winner.count > (credit.ticket_number or 0)
    pot = instance.pots.get()
    assert (pot.value_micros, pot.cycle) == (100 * EUR, 2)
    following = instance.rounds.get(number=2)
    assert (following.state, following.starts_at) == (RoundState.PENDING, row.ends_at)
    assert bet(cast.house, instance, "ann", 10, cast.now + HOUR + timedelta(seconds=3)) == 5
    (event,) = OutboxEvent.objects.filter(kind="RaffleWinEvent")
    assert event.object_id == str(row.pk)
    assert_invariants()


@pytest.mark.req("CON-26", "ERR-01")
def test_between_the_end_of_a_round_and_its_draw_nothing_is_taken(cast: Cast) -> None:
    instance = open_raffle(cast.house)
    bet(cast.house, instance, "ann", 10, cast.now)
    assert "CONTRIBUTION_REJECTED" in refused(cast.house, instance, cast.now + HOUR)
    resolved(instance, cast.now + HOUR)
    assert bet(cast.house, instance, "ann", 10, cast.now + HOUR) == 5
    assert_invariants()


@pytest.mark.req("G-16", "RAF-13")
@pytest.mark.parametrize(("players", "won"), [(0, 0), (1, 1), (2, 2)])
def test_prizes_for_which_there_is_no_ticket_stay_in_the_pot(cast: Cast, players: int, won: int) -> None:
    prizes = (
        PrizeTerms(rank=1, kind="amount", amount_micros=10 * EUR),
        PrizeTerms(rank=2, kind="share", share_ppm=100_000, count=4),
    )
    instance = open_raffle(cast.house, raffle_draft(prizes=prizes))
    for number in range(players):
        bet(cast.house, instance, f"p{number}", 20, cast.now)
    row = resolved(instance, cast.now + HOUR)
    assert Credit.objects.count() == won == row.outcome["winners"]
    assert instance.pots.get().value_micros >= 100 * EUR
    assert OutboxEvent.objects.filter(kind="RaffleWinEvent").count() == 1
    assert_invariants()
