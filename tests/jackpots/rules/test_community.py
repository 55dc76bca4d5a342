"""Community payouts: parts that sum to the pot, whom each strategy finds, and what nobody is there for."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from backoffice.core.money import split
from jackpots.randomness import draw, draw_prefix
from jackpots.rules.community import Candidate, Shared, share_out
from jackpots.rules.terms import StrategyTerms
from tests.jackpots.rules.kit import CHI_SQUARE_LIMIT, EURO, chi_square, count

CENT = EURO // 100
SECRET = bytes(range(32))


def below(part: str, n: int, secret: bytes = SECRET) -> int:
    return draw(secret, draw_prefix("inst-1", "mega", 7), part, n)


def strategy(position: int, kind: Any, share: int, number: int, **values: Any) -> StrategyTerms:
    hours = 24 if kind == "active" else None
    return StrategyTerms(position=position, kind=kind, share_ppm=share * 10_000, count=number, hours=hours, **values)


def players(*weights: int) -> list[Candidate]:
    return [Candidate(("op:brand", f"p{place:02}"), weight) for place, weight in enumerate(weights)]


def divide(value: int, candidates: dict[int, list[Candidate]], *strategies: StrategyTerms, **values: Any) -> Shared:
    rest: dict[str, Any] = {"excluded": frozenset(), "draw_below": below, "currency": "EUR"}
    return share_out(strategies, candidates, value_micros=value, **(rest | values))


@pytest.mark.req("WIN-09", "WIN-13")
def test_f5_t14_half_to_the_community_by_three_strategies() -> None:
    both = {place: players(3, 2, 1) for place in range(3)}
    shared = divide(
        1_003_370_000, both, strategy(0, "active", 20, 3), strategy(1, "per_win", 20, 3), strategy(2, "lifetime", 10, 1)
    )
    assert shared.winner_micros == 501_690_000
    by_strategy = Counter(dict.fromkeys(range(3), 0))
    for one in shared.chosen:
        by_strategy[one.position] += one.value_micros
    assert [by_strategy[place] for place in range(3)] == [200_670_000, 200_670_000, 100_340_000]
    assert [one.value_micros for one in shared.chosen if one.position == 1] == [66_890_000] * 3
    assert shared.winner_micros + shared.community_micros == 1_003_370_000
    assert shared.unspent_micros == 0
    assert len(shared.credits) == 3, "whoever is chosen twice has one credit"


@pytest.mark.req("WIN-08")
def test_f5_two_players_have_the_odd_cent_between_them() -> None:
    shared = divide(200_670_000, {0: players(5, 5)}, strategy(0, "lifetime", 100, 2))
    assert [value for _, value in shared.credits] == [100_340_000, 100_330_000]
    assert shared.winner_micros == 0


@pytest.mark.req("WIN-08")
def test_f6_equal_and_proportional() -> None:
    value = 20_000 * EURO
    assert split(value, [70, 15, 15], unit_micros=CENT) == [14_000 * EURO, 3_000 * EURO, 3_000 * EURO]
    seven = divide(value, {0: players(*[1] * 7)}, strategy(0, "lifetime", 15, 7))
    assert [given for _, given in seven.credits] == [428_580_000] + [428_570_000] * 6
    stakes = players(50 * EURO, 75_500_000, 120_250_000, 999 * EURO)
    four = divide(value, {0: stakes}, strategy(0, "lifetime", 15, 4, split="proportional"))
    assert [given for _, given in four.credits] == [120_510_000, 181_960_000, 289_820_000, 2_407_710_000]
    assert seven.winner_micros == four.winner_micros == 17_000 * EURO


@pytest.mark.req("WIN-11", "WIN-12")
@pytest.mark.parametrize("kind", ["lifetime", "per_win"])
def test_the_highest_are_chosen_and_ties_go_by_player(kind: str) -> None:
    shared = divide(100 * EURO, {0: players(5, 9, 7, 7, 0)}, strategy(0, kind, 30, 2))
    assert [key[1] for key, _ in shared.credits] == ["p01", "p02"]


@pytest.mark.req("G-10")
def test_the_winner_is_left_out_and_places_without_a_player_stay_unspent() -> None:
    winner = frozenset({("op:brand", "p01")})
    shared = divide(100 * EURO, {0: players(5, 9, 7)}, strategy(0, "lifetime", 30, 4), excluded=winner)
    assert shared.credits == ((("op:brand", "p00"), 7_500_000), (("op:brand", "p02"), 7_500_000))
    assert (shared.winner_micros, shared.unspent_micros) == (70 * EURO, 15 * EURO)
    alone = divide(100 * EURO, {0: players(0, 9)}, strategy(0, "lifetime", 30, 4), excluded=winner)
    assert (alone.credits, alone.unspent_micros) == ((), 30 * EURO)
    nobody = divide(100 * EURO, {}, strategy(0, "active", 30, 4, split="proportional"))
    assert nobody.unspent_micros == 30 * EURO


@pytest.mark.req("G-10")
def test_what_is_smaller_than_a_coin_is_the_winners() -> None:
    shared = divide(100_217_500, {0: players(1)}, strategy(0, "lifetime", 90, 1))
    assert [value for _, value in shared.credits] == [90_190_000]
    assert shared.winner_micros == 10_027_500


@pytest.mark.req("WIN-10", "B-10")
def test_the_random_choice_follows_from_the_secret_whatever_order_the_players_come_in() -> None:
    ones = players(*[1] * 50)
    active = strategy(3, "active", 50, 10)
    shared = divide(100 * EURO, {3: ones}, active)
    assert shared == divide(100 * EURO, {3: ones[::-1]}, active)
    first = ones[draw(SECRET, b"inst-1|mega|7|", "community:3:1", 50)].key
    assert first in dict(shared.credits)
    other = divide(100 * EURO, {3: ones}, active, draw_below=lambda part, n: below(part, n, bytes(32)))
    assert other.credits != shared.credits


@pytest.mark.req("WIN-10")
def test_everybody_is_chosen_as_often() -> None:
    seen: Counter[str] = Counter()
    for number in range(count(1_000, 10_000)):
        shared = divide(
            100 * EURO, {0: players(*[1] * 20)}, strategy(0, "active", 50, 5),
            draw_below=lambda part, n, number=number: below(part, n, number.to_bytes(32)),
        )  # fmt: skip
        seen.update(key[1] for key, _ in shared.credits)
    # Five of twenty at a time vary less than one at a time, so that the limit is a safe one.
    assert chi_square(list(seen.values())) < CHI_SQUARE_LIMIT[19]


@settings(max_examples=200, deadline=None)
@given(
    some.integers(0, 10**13),
    some.lists(
        some.tuples(
            some.sampled_from(["active", "lifetime", "per_win"]),
            some.integers(0, 33),
            some.integers(1, 12),
            some.sampled_from(["equal", "proportional"]),
        ),
        max_size=3,
    ),
    some.lists(some.integers(0, 10**12), max_size=20),
)
def test_the_parts_always_sum_to_the_pot(
    value: int, drawn: list[tuple[str, int, int, str]], weights: list[int]
) -> None:
    strategies = [
        strategy(place, kind, share, number, split=how) for place, (kind, share, number, how) in enumerate(drawn)
    ]
    shared = divide(value, {place: players(*weights) for place in range(3)}, *strategies)
    assert shared.winner_micros + shared.community_micros + shared.unspent_micros == value
    assert all(given > 0 and given % CENT == 0 for _, given in shared.credits)
