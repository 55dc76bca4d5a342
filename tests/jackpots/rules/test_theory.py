"""The averages: every figure that was published, and the formulas against an exact summation."""

from decimal import Decimal
from fractions import Fraction

import pytest

from jackpots.rules.terms import PotTerms
from jackpots.rules.theory import (
    PotTheory,
    break_even_seed_share,
    chance_within,
    median_contributions,
    pot_theory,
    variance_of_contributions,
)
from tests.jackpots.rules.kit import EURO, probability_pot, template, value_pot


def theory(pot: PotTerms, **changes: int) -> PotTheory:
    found = pot_theory(template(pot, **changes), pot)
    assert found is not None
    return found


def places(value: Fraction | Decimal | None, digits: int) -> Decimal:
    assert value is not None
    fraction = Fraction(value)
    return (Decimal(fraction.numerator) / Decimal(fraction.denominator)).quantize(Decimal(1).scaleb(-digits))


@pytest.mark.req("POT-19")
def test_v1() -> None:
    pot = value_pot()
    found = theory(pot)
    assert found.contributions == Fraction("15000.5")
    assert found.turnover_micros == Fraction("1500.05") * EURO
    assert found.payout_micros == Fraction("1000.03") * EURO
    assert places(found.rtp * 100, 5) == Decimal("66.66644")
    variance = variance_of_contributions(template(pot), pot)
    assert variance is not None
    assert round(Decimal(int(variance * 10_000)).sqrt() / 100, 2) == Decimal("4811.25")
    share = break_even_seed_share(template(pot), pot)
    assert share is not None
    assert places(share * 100, 5) == Decimal("6.66644")


@pytest.mark.req("POT-20")
def test_p1() -> None:
    pot = probability_pot()
    found = theory(pot)
    assert found.contributions == 1_000
    assert found.payout_micros == 35 * EURO
    assert found.rtp == Fraction("0.35")
    variance = variance_of_contributions(template(pot), pot)
    assert variance == 999_000
    chance = Fraction(1, 1_000)
    assert median_contributions(chance) == 693
    assert places(chance_within(chance, 100), 6) == Decimal("0.095208")
    assert places(chance_within(chance, 1_000), 6) == Decimal("0.632305")
    assert places(chance_within(chance, 3_000), 6) == Decimal("0.950288")


@pytest.mark.parametrize(
    ("odds", "seed", "turnover", "deficit", "payout", "rtp"),
    [
        pytest.param(5, 10, "0.5", "9.89375", "10.01875", "20.0375", id="S2-minor"),
        pytest.param(25, 100, "2.5", "99.46875", "100.09375", "40.0375", id="S2-major"),
    ],
)
@pytest.mark.req("B-11", "POT-20")
def test_t4_s2(odds: int, seed: int, turnover: str, deficit: str, payout: str, rtp: str) -> None:
    found = theory(
        probability_pot(
            seed_share_ppm=850_000,
            max_magic_number=odds,
            min_reseed_micros=seed * EURO,
            initial_seed_micros=seed * EURO,
        )
    )
    assert found.turnover_micros == Fraction(turnover) * EURO
    assert found.deficit_micros == Fraction(deficit) * EURO
    assert found.payout_micros == Fraction(payout) * EURO
    assert found.rtp == Fraction(rtp)


@pytest.mark.req("B-11")
@pytest.mark.parametrize(("odds", "seed_share"), [(40, 500_000), (400, 850_000), (3_000, 100_000)])
def test_the_deficit_of_a_probability_pot_is_its_exact_sum(odds: int, seed_share: int) -> None:
    pot = probability_pot(seed_share_ppm=seed_share, max_magic_number=odds, min_reseed_micros=EURO)
    put_by = 25_000 * seed_share // 1_000_000
    expected, missed = Decimal(0), Decimal(1)
    for number in range(1, EURO // put_by + 2):
        expected += missed / odds * max(0, EURO - put_by * number)
        missed *= 1 - Decimal(1) / odds
    assert places(theory(pot).deficit_micros, 6) == expected.quantize(Decimal("0.000001"))


@pytest.mark.req("B-11", "POT-19")
@pytest.mark.parametrize("seed_share", [0, 50_000, 120_000, 500_000, 1_000_000])
def test_the_averages_of_a_value_pot_agree_with_its_exact_sum(seed_share: int) -> None:
    pot = value_pot(seed_share_ppm=seed_share)
    increment, seed = 60_000, 100 * EURO
    low, high = 500 * EURO, 1_500 * EURO
    value, reserve, number = seed, 0, 0
    contributions = deficit = missed_micros = 0
    while value < high:
        put_by = min(increment * seed_share // 1_000_000, seed - reserve)
        before, value, reserve = value, value + increment - put_by, reserve + put_by
        contributions += high - max(before, low)
        number += 1
        missed_micros += max(0, min(value, high) - max(before, low))
        deficit += max(0, min(value, high) - max(before, low)) * (seed - reserve)
    assert missed_micros == high - low
    found = theory(pot)
    assert abs(found.contributions - Fraction(contributions, high - low)) < Fraction(1, 1_000)
    assert abs(found.deficit_micros - Fraction(deficit, high - low)) < increment


@pytest.mark.req("POT-12")
def test_what_a_fixed_pot_collects_is_all_it_needs() -> None:
    rich = theory(probability_pot(is_progressive=False, min_reseed_micros=10 * EURO))
    assert (rich.deficit_micros, rich.payout_micros, rich.rtp) == (Fraction(0), Fraction(10 * EURO), Fraction("0.1"))
    poor = theory(probability_pot(is_progressive=False, min_reseed_micros=30 * EURO))
    assert (poor.deficit_micros, poor.payout_micros, poor.rtp) == (
        Fraction(5 * EURO),
        Fraction(30 * EURO),
        Fraction("0.3"),
    )


@pytest.mark.req("POT-25")
def test_no_averages_where_nothing_is_contributed_or_nothing_can_drop() -> None:
    chances = template(probability_pot(), contribution_micros=0)
    assert pot_theory(chances, chances.pots[0]) is None
    assert break_even_seed_share(chances, chances.pots[0]) is None
    assert variance_of_contributions(chances, chances.pots[0]) == 999_000
    for pot in (
        value_pot(share_ppm=0),
        value_pot(value_to_micros=None),
        value_pot(value_to_micros=EURO),
        probability_pot(max_magic_number=None),
        probability_pot(cost_per_attempt_micros=0),
    ):
        assert pot_theory(template(pot), pot) is None
    assert variance_of_contributions(template(value_pot(share_ppm=0)), value_pot(share_ppm=0)) is None


def test_a_certain_hit_has_its_median_at_once() -> None:
    assert median_contributions(Fraction(1)) == 1
