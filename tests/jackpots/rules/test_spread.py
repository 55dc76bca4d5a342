"""Time to a hit, liability, and the end of limited pots: closed forms against exact sums."""

from fractions import Fraction
from math import isqrt

import pytest

from jackpots.rules.drops.value import chance_below
from jackpots.rules.spread import Liability, TimeToHit, closing_time, liability, time_to_hit
from jackpots.rules.terms import PotTerms
from tests.jackpots.rules.kit import EURO, probability_pot, template, time_pot, value_pot

PARTS = (Fraction(1, 20), Fraction(1, 2), Fraction(19, 20), Fraction(99, 100))
# V1 with steps a hundred times as large, so that a cycle can be summed step by step.
STEP = {"contribution_micros": 10 * EURO}


def exact(pot: PotTerms) -> tuple[list[int], list[int]]:
    """The counts at the four parts, at a drop and at any time, by walking through a cycle."""
    low, high = pot.value_from_micros or 0, pot.value_to_micros or 0
    increment, seed = 10 * EURO * pot.share_ppm // 1_000_000, pot.min_reseed_micros
    value, reserve, survival = seed, 0, [Fraction(1)]
    ages: list[int] = []
    while value < high:
        put_by = min(increment * pot.seed_share_ppm // 1_000_000, seed - reserve)
        value, reserve = value + increment - put_by, reserve + put_by
        survival.append(1 - chance_below(Fraction(value), low, high, pot.segments))
    at_drop = [next(n for n, left in enumerate(survival) if 1 - left >= part) for part in PARTS]
    whole, passed = sum(survival, Fraction(0)), Fraction(0)
    for age, left in enumerate(survival):
        passed += left
        ages += [age] * sum(1 for part in PARTS[len(ages) :] if passed >= part * whole)
    return at_drop, ages


@pytest.mark.parametrize("segments", [(), (10, 20, 50)])
@pytest.mark.parametrize("seed_share", [0, 300_000])
@pytest.mark.req("POT-19")
def test_a_value_pot_strays_as_its_cycle_says(segments: tuple[int, ...], seed_share: int) -> None:
    pot = value_pot(segments=segments, seed_share_ppm=seed_share)
    terms = template(pot, **STEP)
    at_drop, at_any_time = exact(pot)
    found, stands = time_to_hit(terms, pot), liability(terms, pot)
    assert found == TimeToHit(*at_drop[:3])
    assert stands is not None
    share = 6 * EURO
    for quantiles, counts in ((stands.at_drop, at_drop[1:]), (stands.at_any_time, at_any_time[1:])):
        for micros, number in zip((quantiles.p50, quantiles.p95, quantiles.p99), counts, strict=True):
            assert abs(micros - (100 * EURO + share * number)) <= 2 * share


@pytest.mark.req("POT-20")
def test_p1_time_to_hit() -> None:
    pot = probability_pot()
    terms = template(pot)
    found = time_to_hit(terms, pot)
    assert found == TimeToHit(52, 693, 2_995)
    assert found.seconds(Fraction(1, 60)) == (3_120, 41_580, 179_700)
    stands = liability(terms, pot)
    assert stands is not None
    assert stands.at_drop.p50 == 10 * EURO + 693 * 25_000
    assert stands.at_any_time.p50 == 10 * EURO + 692 * 25_000


@pytest.mark.req("POT-27")
def test_t8_when_a_limited_pot_closes() -> None:
    pot = probability_pot(max_drops=3)
    found = closing_time(template(pot), pot)
    assert found is not None
    assert found.mean == 3_000
    assert found.variance == 3 * 999_000
    assert isqrt(3 * 999_000 * 100) / 10 == 1731.1
    assert closing_time(template(value_pot()), value_pot()) is None


@pytest.mark.req("POT-21")
def test_a_pot_by_time_strays_by_its_window() -> None:
    rate = Fraction(1, 60)
    staked = time_pot(time_rule="stake_weighted")
    assert time_to_hit(template(staked), staked, rate) == TimeToHit(60, 60, 60)
    pot = time_pot()
    found = time_to_hit(template(pot), pot, rate)
    # From drop to drop a triangle from 0 to 120: 60 * sqrt(0.1) and 120 - 60 * sqrt(0.1).
    assert found == TimeToHit(19, 60, 102)
    stands = liability(template(pot), pot, rate)
    assert isinstance(stands, Liability)
    assert stands.at_drop.p50 == 10 * EURO + 60 * 10_000
    assert 10 * EURO < stands.at_any_time.p50 < stands.at_any_time.p95 < stands.at_any_time.p99
    assert time_to_hit(template(pot), pot) is None
    assert liability(template(pot, contribution_micros=0), pot, rate) is None
