"""The laws, played out: what the rules do over many cycles is what the formulas say.

The seeds are fixed and the limits are those that chance passes once in 10,000, so that a failure is a fault. A small
count runs each time, the full one where POTLUCK_LONG=1.
"""

from bisect import bisect_right
from itertools import pairwise
from math import sqrt
from statistics import fmean, stdev

import pytest

from jackpots.randomness import draw
from jackpots.rules.settlement import PotState, settle_one
from jackpots.rules.simulation import PotFigures, Simulation, alone, simulate
from jackpots.rules.terms import TemplateTerms
from jackpots.rules.theory import pot_theory
from tests.jackpots.rules.kit import (
    CHI_SQUARE_LIMIT,
    EURO,
    Z_LIMIT,
    cells,
    chi_square,
    chi_square_of_drops,
    contribution,
    count,
    numbers,
    opened,
    probability_pot,
    template,
    value_pot,
)

# V1 in steps a hundred times as large, so that a cycle has some 150 contributions.
COARSE = template(value_pot(), contribution_micros=10 * EURO)
P1 = template(probability_pot())


def z_of_rtp(found: Simulation, figure: PotFigures, rtp: float) -> float:
    """By how many standard errors the ratio of payouts to turnover is off, by the delta method."""
    turnovers = [number * found.contribution_micros for number in figure.counts]
    residuals = [paid - rtp * turnover for paid, turnover in zip(figure.payouts, turnovers, strict=True)]
    return fmean(residuals) / (stdev(residuals) / sqrt(len(residuals)))


def z_of_mean(values: list[int], mean: float) -> float:
    return (fmean(values) - mean) / (stdev(values) / sqrt(len(values)))


@pytest.mark.req("POT-19")
def test_t1_t2_t3_a_value_pot_by_hazard() -> None:
    found = simulate(COARSE, below=numbers(1), drops=count(600, 20_000))
    (figure,) = found.pots
    theory = pot_theory(COARSE, COARSE.pots[0])
    assert theory is not None
    assert abs(z_of_mean(figure.counts, float(theory.contributions))) < Z_LIMIT
    assert abs(z_of_rtp(found, figure, float(theory.rtp))) < Z_LIMIT
    assert chi_square_of_drops(figure.payouts, COARSE.pots[0], 6 * EURO, 20) < CHI_SQUARE_LIMIT[19]
    assert max(figure.payouts) <= 1_500 * EURO
    assert min(figure.payouts) > 500 * EURO


@pytest.mark.req("POT-19")
def test_t2_successive_tips_are_independent() -> None:
    found = simulate(COARSE, below=numbers(2), drops=count(400, 10_000))
    above = [paid > 1_000 * EURO for paid in found.pots[0].payouts]
    highs, lows = above.count(True), above.count(False)
    runs = 1 + sum(one is not other for one, other in pairwise(above))
    expected = 1 + 2 * highs * lows / (highs + lows)
    variance = (expected - 1) * (expected - 2) / (highs + lows - 1)
    assert abs(runs - expected) / sqrt(variance) < Z_LIMIT


@pytest.mark.req("POT-20")
def test_t1_a_probability_pot() -> None:
    terms = template(probability_pot(max_magic_number=50))
    found = simulate(terms, below=numbers(3), drops=count(2_000, 40_000))
    (figure,) = found.pots
    theory = pot_theory(terms, terms.pots[0])
    assert theory is not None
    assert abs(z_of_mean(figure.counts, float(theory.contributions))) < Z_LIMIT
    assert abs(z_of_rtp(found, figure, float(theory.rtp))) < Z_LIMIT
    # Binomial: every contribution hits one time in 50.
    played, chance = sum(figure.counts), 1 / 50
    assert abs(figure.drops - played * chance) / sqrt(played * chance * (1 - chance)) < Z_LIMIT
    # Kolmogorov and Smirnov: sqrt(-ln(0.00005) / 2) = 2.2252; for a law of whole numbers the limit is on the safe side.
    ordered = sorted(figure.counts)
    furthest = max(
        abs(bisect_right(ordered, number) / len(ordered) - (1 - (1 - chance) ** number))
        for number in range(1, ordered[-1] + 1)
    )
    assert furthest < 2.2252 / sqrt(len(ordered))


@pytest.mark.req("POT-20", "B-11")
def test_t1_p1_in_full() -> None:
    found = simulate(P1, below=numbers(4), drops=count(60, 2_000))
    (figure,) = found.pots
    assert abs(z_of_mean(figure.counts, 1_000)) < Z_LIMIT
    assert abs(z_of_rtp(found, figure, 0.35)) < Z_LIMIT


@pytest.mark.req("B-11", "WIN-04")
@pytest.mark.parametrize("seed_share", [300_000, 850_000])
def test_a_reserve_lowers_what_the_house_adds_as_the_formula_says(seed_share: int) -> None:
    terms = template(probability_pot(max_magic_number=100, seed_share_ppm=seed_share, min_reseed_micros=2 * EURO))
    found = simulate(terms, below=numbers(5), drops=count(800, 20_000))
    (figure,) = found.pots
    theory = pot_theory(terms, terms.pots[0])
    assert theory is not None
    assert abs(z_of_mean(figure.deficits, float(theory.deficit_micros))) < Z_LIMIT
    steady = PotFigures(code="minor", counts=figure.counts[1:], payouts=figure.payouts[1:])
    assert abs(z_of_rtp(found, steady, float(theory.rtp))) < Z_LIMIT


@pytest.mark.req("B-11")
def test_t7_what_went_in_is_paid_or_held() -> None:
    terms = template(
        value_pot(share_ppm=350_000, seed_share_ppm=200_000, value_from_micros=110 * EURO, value_to_micros=190 * EURO),
        probability_pot(seed_share_ppm=850_000, max_magic_number=25),
        probability_pot(code="fixed", position=2, share_ppm=100_000, is_progressive=False, max_magic_number=40),
    )
    found = simulate(terms, below=numbers(6), contributions=count(10_000, 200_000))
    assert min(figure.drops for figure in found.pots) > 0
    paid = sum(sum(figure.payouts) for figure in found.pots)
    added = sum(sum(figure.deficits) for figure in found.pots)
    assert found.opened_micros + found.turnover_micros + added == found.household_micros + paid + found.held_micros


# A small value pot beside one that is always worth more and is hit by every third contribution.
CROWDED = template(
    value_pot(
        code="small",
        share_ppm=100_000,
        min_reseed_micros=EURO,
        initial_seed_micros=EURO,
        value_from_micros=EURO,
        value_to_micros=2 * EURO,
    ),
    probability_pot(
        code="large",
        share_ppm=100_000,
        min_reseed_micros=50 * EURO,
        initial_seed_micros=50 * EURO,
        max_magic_number=3,
    ),
)


def _fifths_of_first_hits(terms: TemplateTerms, drops: int, *, arms: bool) -> list[int]:
    """Where in its range the small pot was when its cycle ended, with lost hits kept or (a mutant) forgotten."""
    below = numbers(7)
    pots = opened(terms)
    tips: list[int] = []

    def number_below(_secret: bytes, _prefix: bytes, _contribution_id: str, n: int) -> int:
        return below(n)

    hit_at: int | None = None
    while len(tips) < drops:
        settled = settle_one(terms, pots, contribution(terms), draw=number_below, next_secret=lambda _pot: b"")
        line = settled.lines[0]
        if line.hit and not line.armed_before:
            hit_at = line.value_after_micros
        if settled.win is not None and settled.win.code == "small":
            assert hit_at is not None
            tips.append(min(hit_at, 2 * EURO) - 5_000)
        if not arms:
            for pot in pots:
                pot.armed = False
    return cells(tips, EURO, 2 * EURO, 5)


@pytest.mark.req("B-09")
def test_the_law_stays_uniform_because_hits_that_lose_are_kept() -> None:
    drops = count(4_000, 40_000)
    assert chi_square(_fifths_of_first_hits(CROWDED, drops, arms=True)) < CHI_SQUARE_LIMIT[4]
    # The same test sees the fault that arming prevents.
    assert chi_square(_fifths_of_first_hits(CROWDED, drops, arms=False)) > CHI_SQUARE_LIMIT[4]


@pytest.mark.req("B-09")
def test_a_probability_pot_keeps_its_rate_among_others() -> None:
    terms = template(
        probability_pot(code="small", position=0, share_ppm=100_000, max_magic_number=4),
        probability_pot(
            code="large",
            position=1,
            share_ppm=100_000,
            max_magic_number=3,
            min_reseed_micros=500 * EURO,
            initial_seed_micros=500 * EURO,
        ),
    )
    together = simulate(terms, below=numbers(8), drops=count(1_500, 20_000)).pots[0]
    single = simulate(alone(terms, terms.pots[0]), below=numbers(8), drops=count(1_500, 20_000)).pots[0]
    assert abs(z_of_mean(single.counts, 4)) < Z_LIMIT
    # A hit waits while the larger pot wins, a third of the time at each step: half a contribution more on average.
    assert abs(z_of_mean(together.counts, 4.5)) < Z_LIMIT


@pytest.mark.req("B-09", "B-11")
def test_t4_s2_alone_and_together() -> None:
    sample = {"seed_share_ppm": 850_000, "share_ppm": 250_000}
    terms = template(
        probability_pot(code="minor", position=0, max_magic_number=5, **sample),
        probability_pot(
            code="major",
            position=1,
            max_magic_number=25,
            min_reseed_micros=100 * EURO,
            initial_seed_micros=100 * EURO,
            **sample,
        ),
        household_ppm=500_000,
    )
    drops = count(2_000, 20_000)
    for pot, rtp in zip(terms.pots, (20.0375, 40.0375), strict=True):
        found = simulate(alone(terms, pot), below=numbers(10), drops=drops)
        (figure,) = found.pots
        assert (
            abs(z_of_rtp(found, PotFigures(code="", counts=figure.counts[1:], payouts=figure.payouts[1:]), rtp))
            < Z_LIMIT
        )
    minor, major = simulate(terms, below=numbers(10), drops=drops).pots
    # The major is always worth more and never waits; the minor waits for it now and then.
    assert abs(z_of_mean(major.counts, 25)) < Z_LIMIT
    assert abs(z_of_mean(minor.counts, 5 + 1 / 24)) < Z_LIMIT
    assert fmean(minor.counts) > 5


@pytest.mark.req("B-10", "POT-19")
def test_the_committed_draw_obeys_the_same_law() -> None:
    terms = template(value_pot(value_from_micros=110 * EURO, value_to_micros=130 * EURO), contribution_micros=EURO)
    pots = opened(terms)
    payouts: list[int] = []

    def next_secret(pot: PotState) -> bytes:
        return pot.cycle.to_bytes(32, "big")

    number = 0
    while len(payouts) < count(600, 10_000):
        number += 1
        win = settle_one(terms, pots, contribution(terms, number), draw=draw, next_secret=next_secret).win
        if win is not None:
            payouts.append(win.value_micros)
    assert chi_square_of_drops(payouts, terms.pots[0], 600_000, 10) < CHI_SQUARE_LIMIT[9]


def test_a_simulation_says_the_same_each_time_and_ends_as_asked() -> None:
    terms = template(probability_pot(max_magic_number=10))
    one = simulate(terms, below=numbers(9), contributions=500)
    assert one == simulate(terms, below=numbers(9), contributions=500)
    assert one.contributions == 500
    assert simulate(terms, below=numbers(9), drops=7).pots[0].drops == 7
    with pytest.raises(ValueError, match="either"):
        simulate(terms, below=numbers(9))
    with pytest.raises(ValueError, match="either"):
        simulate(terms, below=numbers(9), drops=1, contributions=1)
