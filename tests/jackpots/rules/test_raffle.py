"""Raffles: what prizes are worth, who wins them, and the outcomes that have to be defined."""

import time
from collections import Counter
from functools import partial
from itertools import pairwise

import pytest

from jackpots.randomness import draw, draw_prefix
from jackpots.rules.raffle import (
    Award,
    RoundState,
    Winner,
    awards,
    draw_winners,
    funding_needed,
    next_state,
)
from jackpots.rules.sampling import shuffled
from jackpots.rules.terms import PrizeTerms
from jackpots.rules.tickets import TicketList
from tests.jackpots.rules.kit import CHI_SQUARE_LIMIT, EURO, LONG, chi_square, count, numbers
from tests.jackpots.rules.test_tickets import ticket_list

SECRET = bytes(range(32))


def below(part: str, n: int, *, secret: bytes = SECRET) -> int:
    return draw(secret, draw_prefix("inst-1", "raffle", 1), part, n)


def winners(tickets: TicketList, number: int, per_player: int | None = None) -> list[Winner]:
    return draw_winners([Award(rank, EURO) for rank in range(1, number + 1)], tickets, per_player=per_player,
                        draw_below=below)  # fmt: skip


def test_a_round_has_one_way_to_go() -> None:
    assert [next_state(state) for state in RoundState] == [*list(RoundState)[1:], None]
    assert all(next_state(one) == other for one, other in pairwise(RoundState))


@pytest.mark.req("RAF-17", "G-15")
def test_prizes_are_amounts_or_shares_of_what_the_pot_holds() -> None:
    prizes = [
        PrizeTerms(rank=2, kind="share", share_ppm=100_000, count=2),
        PrizeTerms(rank=1, kind="share", share_ppm=500_000),
        PrizeTerms(rank=3, kind="amount", amount_micros=5 * EURO, count=2),
    ]
    given = awards(prizes, pot_micros=1_003_370_000 + 7, currency="EUR")
    assert [(award.rank, award.value_micros) for award in given] == [
        (1, 501_680_000), (2, 100_340_000), (2, 100_340_000), (3, 5 * EURO), (3, 5 * EURO),
    ]  # fmt: skip
    assert funding_needed(given, pot_micros=1_003_370_007) == 0
    assert funding_needed(given, pot_micros=700 * EURO) == 12_360_000
    with pytest.raises(ValueError, match="exceed"):
        awards([PrizeTerms(rank=1, kind="share", share_ppm=400_000, count=3)], pot_micros=EURO, currency="EUR")


@pytest.mark.req("G-15")
def test_shares_of_the_whole_give_away_the_whole() -> None:
    prizes = [PrizeTerms(rank=1, kind="share", share_ppm=250_000, count=4)]
    given = awards(prizes, pot_micros=100_030_000, currency="EUR")
    assert [award.value_micros for award in given] == [25_010_000, 25_010_000, 25_010_000, 25_000_000]
    assert [award.value_micros for award in awards(prizes, pot_micros=9_999, currency="EUR")] == [0, 0, 0, 0]


@pytest.mark.req("B-10", "B-17", "RAF-13")
def test_the_draw_is_a_function_of_the_secret_and_of_the_tickets() -> None:
    tickets = ticket_list((5, "ann"), (1, "bob"), (4, "cid"), (90, "dan"))
    first = winners(tickets, 3)
    assert first == winners(tickets, 3)
    offset = draw(SECRET, b"inst-1|raffle|1|", f"{tickets.root}:1", 100)
    assert first[0].ticket_number == offset + 1
    others = [ticket_list((5, "ann"), (1, "bob"), (4, "cid"), (89, "dan"), (1, "eve")),
              ticket_list((5, "ann"), (1, "bob"), (5, "cid"), (89, "dan"))]  # fmt: skip
    assert all([one.ticket_number for one in winners(other, 3)] != [one.ticket_number for one in first]
               for other in others)  # fmt: skip


@pytest.mark.req("G-15")
def test_no_ticket_wins_twice_and_nobody_wins_more_than_the_rule_allows() -> None:
    tickets = ticket_list(*[(7, f"p{number % 40}") for number in range(80)])
    every = winners(tickets, 560)
    assert sorted(winner.ticket_number for winner in every) == list(range(1, 561))
    for limit in (1, 3):
        taken = Counter(winner.holder for winner in winners(tickets, 100, limit))
        assert max(taken.values()) <= limit
        assert sum(taken.values()) == min(100, 40 * limit)
    limited = winners(tickets, 30, 1)
    assert [winner.rank for winner in limited] == list(range(1, 31))
    numbers_of_draws = [winner.draw for winner in limited]
    assert numbers_of_draws == sorted(numbers_of_draws)
    assert numbers_of_draws[-1] > 30, "no ticket was set aside, so that this has proved too little"


@pytest.mark.req("G-16")
@pytest.mark.parametrize(
    ("tickets", "prizes", "limit", "won"),
    [
        ((), 3, 1, 0),
        ((), 3, None, 0),
        (((1, "ann"),), 3, None, 1),
        (((1, "ann"),), 0, None, 0),
        (((9, "ann"),), 3, 1, 1),
        (((9, "ann"),), 3, 2, 2),
        (((9, "ann"),), 3, None, 3),
        (((1, "ann"), (1, "bob")), 5, 1, 2),
        (((1, "ann"), (1, "bob")), 5, None, 2),
    ],
)
def test_few_tickets(tickets: tuple[tuple[int, str], ...], prizes: int, limit: int | None, won: int) -> None:
    found = winners(ticket_list(*tickets), prizes, limit)
    assert [winner.rank for winner in found] == list(range(1, won + 1))


@pytest.mark.req("G-15")
def test_each_order_of_a_few_is_as_likely_as_any_other() -> None:
    random = numbers(20_261_120)
    seen = Counter(tuple(shuffled(4, lambda _, n: random(n)))[:2] for _ in range(count(6_000, 60_000)))
    assert len(seen) == 12
    # 11 degrees of freedom: exceeded once in 10,000.
    assert chi_square(list(seen.values())) < 37.37


@pytest.mark.req("G-15", "RAF-13")
def test_players_win_in_proportion_to_their_tickets() -> None:
    tickets = ticket_list(*[(held, f"p{held}") for held in range(1, 11)])
    rounds = count(2_000, 20_000)
    seen: Counter[int] = Counter()
    for number in range(rounds):
        secret = number.to_bytes(32)
        found = draw_winners([Award(1, EURO)], tickets, per_player=1, draw_below=partial(below, secret=secret))
        seen[found[0].holder] += 1
    expected = [rounds * held / 55 for held in range(1, 11)]
    assert chi_square([seen[holder] for holder in range(1, 11)], expected) < CHI_SQUARE_LIMIT[9]


@pytest.mark.req("B-17")
def test_a_million_tickets_and_ten_thousand_winners() -> None:
    size, prizes = (1_000_000, 10_000) if LONG else (100_000, 1_000)
    tickets = TicketList()
    before = time.perf_counter()
    for start in range(0, size, 10_000):
        tickets.extend((number + 1, 1, "op:brand", f"p{number % 60_000}", number) for number in
                       range(start, start + 10_000))  # fmt: skip
    found = winners(tickets, prizes, 1)
    assert time.perf_counter() - before < 20
    assert len({winner.ticket_number for winner in found}) == len({winner.holder for winner in found}) == prizes
