"""The laws of weighted segments, of pots by time and of limited pots, played out; limits as chance passes them once in
10,000."""

from fractions import Fraction
from itertools import pairwise
from math import sqrt
from statistics import fmean, stdev

import pytest

from jackpots.randomness import draw, draw_prefix
from jackpots.rules.drops.time import TAU
from jackpots.rules.drops.value import chance_below
from jackpots.rules.simulation import simulate
from jackpots.rules.spread import closing_time, time_to_hit
from jackpots.rules.theory import pot_theory
from tests.jackpots.rules.kit import (
    CHI_SQUARE_LIMIT,
    EURO,
    Z_LIMIT,
    cells,
    chi_square,
    count,
    numbers,
    probability_pot,
    template,
    time_pot,
    value_pot,
)


def z_of_mean(values: list[int], mean: float) -> float:
    return (fmean(values) - mean) / (stdev(values) / sqrt(len(values)))


@pytest.mark.req("POT-19")
def test_t2_weighted_tips_obey_their_segments() -> None:
    pot = value_pot(segments=(10, 20, 50))
    terms = template(pot, contribution_micros=10 * EURO)
    found = simulate(terms, below=numbers(21), drops=count(800, 20_000))
    (figure,) = found.pots
    theory = pot_theory(terms, pot)
    assert theory is not None
    assert abs(z_of_mean(figure.counts, float(theory.contributions))) < Z_LIMIT
    # The pot steps by six: each fifth of the range with the exact chance of the steps that end in it.
    step, edges = 6 * EURO, [500 * EURO + number * 200 * EURO for number in range(6)]
    ends = [100 * EURO + step * number for number in range(1, 235)]
    observed, expected = cells([value - 1 for value in figure.payouts], edges[0], edges[-1], 5), [0.0] * 5
    for before, after in pairwise([100 * EURO, *ends]):
        low, high = (chance_below(Fraction(value), edges[0], edges[-1], pot.segments) for value in (before, after))
        place = min(4, max(0, min(after, edges[-1]) - 1 - edges[0]) // (200 * EURO))
        expected[place] += float(high - low) * len(figure.payouts)
    assert chi_square(observed, expected) < CHI_SQUARE_LIMIT[4]


@pytest.mark.req("POT-21")
def test_the_hidden_instants_of_many_cycles_are_even_and_independent() -> None:
    offsets = []
    for cycle in range(count(4_000, 40_000)):
        prefix = draw_prefix("inst-1", "hourly", cycle)
        secret = cycle.to_bytes(32, "big")
        offsets.append(draw(secret, prefix, TAU, 3_600_000))
    assert chi_square(cells(offsets, 0, 3_600_000, 20)) < CHI_SQUARE_LIMIT[19]
    above = [offset >= 1_800_000 for offset in offsets]
    highs, lows = above.count(True), above.count(False)
    runs = 1 + sum(one is not other for one, other in pairwise(above))
    expected = 1 + 2 * highs * lows / (highs + lows)
    variance = (expected - 1) * (expected - 2) / (highs + lows - 1)
    assert abs(runs - expected) / sqrt(variance) < Z_LIMIT


@pytest.mark.req("POT-21", "G-17")
def test_t1_a_pot_by_time_drops_once_a_window_and_returns_what_the_formula_says() -> None:
    pot, rate = time_pot(), Fraction(1, 60)
    terms = template(pot)
    found = simulate(terms, below=numbers(22), drops=count(1_500, 30_000), rate=rate)
    (figure,) = found.pots
    theory, hits = pot_theory(terms, pot, rate), time_to_hit(terms, pot, rate)
    assert theory is not None
    assert hits is not None
    # From drop to drop are 60 contributions on average, spread over a triangle from 0 to 120.
    assert abs(fmean(figure.counts) - 60) < 4 * 60 / sqrt(figure.drops)
    parts = [
        sum(number <= limit for number in figure.counts) / figure.drops for limit in (hits.p5, hits.median, hits.p95)
    ]
    for part, expected in zip(parts, (0.05, 0.5, 0.95), strict=True):
        assert abs(part - expected) < Z_LIMIT * sqrt(expected * (1 - expected) / figure.drops) + 0.02
    assert abs(sum(figure.payouts) / (sum(figure.counts) * 100_000) - float(theory.rtp)) < 0.02 * float(theory.rtp)


@pytest.mark.req("POT-21", "G-17")
def test_a_window_with_one_early_bet_falls_back_to_it() -> None:
    # One bet at the start of each window: the hidden instant comes after it but for one time in 3,600,000.
    found = simulate(template(time_pot()), below=lambda n: n - 1, contributions=50, rate=Fraction(1, 3_600))
    assert found.pots[0].drops == 49
    quiet = simulate(template(time_pot()), below=lambda n: n - 1, contributions=20, rate=Fraction(1, 36_000))
    assert quiet.pots[0].drops == 19


@pytest.mark.req("POT-27", "POT-07")
def test_t8_a_limited_pot_takes_a_sum_of_geometric_cycles() -> None:
    pot = probability_pot(max_magic_number=50, max_drops=3)
    terms = template(pot)
    below = numbers(23)
    found = [simulate(terms, below=below, contributions=10**6) for _ in range(count(600, 10_000))]
    assert all(game.has_ended and game.pots[0].drops == 3 for game in found)
    closing = closing_time(terms, pot)
    assert closing is not None
    assert closing.mean == 150
    assert closing.variance is not None
    z = (fmean(game.contributions for game in found) - 150) / sqrt(float(closing.variance) / len(found))
    assert abs(z) < Z_LIMIT


@pytest.mark.req("POT-20", "B-11")
def test_what_the_house_adds_to_a_pot_with_a_ceiling_is_at_most_the_formula() -> None:
    pot = probability_pot(max_magic_number=100, min_reseed_micros=2 * EURO, initial_seed_micros=2 * EURO,
                          seed_share_ppm=100_000, ceiling_micros=4 * EURO)  # fmt: skip
    terms = template(pot)
    found = simulate(terms, below=numbers(24), drops=count(1_500, 30_000))
    (figure,) = found.pots
    theory = pot_theory(terms, pot)
    assert theory is not None
    assert not theory.is_exact
    assert z_of_mean(figure.deficits, float(theory.deficit_micros)) < Z_LIMIT
    assert max(figure.payouts) <= 4 * EURO
