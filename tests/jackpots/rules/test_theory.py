"""The averages: every figure that was published, and the formulas against an exact summation."""

from decimal import Decimal
from fractions import Fraction

import pytest

from jackpots.rules.drops.value import chance_below
from jackpots.rules.terms import PotTerms
from jackpots.rules.theory import (
    PotTheory,
    break_even_seed_share,
    chance_of_fallback,
    chance_within,
    median_contributions,
    pot_theory,
    template_theory,
    variance_of_contributions,
)
from tests.jackpots.rules.kit import EURO, probability_pot, template, time_pot, value_pot


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


@pytest.mark.req("POT-19")
def test_v1_with_weighted_tips() -> None:
    pot = value_pot(segments=(10, 20, 50))
    found = theory(pot)
    # The average tip is 1,166.67, so that a cycle takes (1,166.67 - 100) / 0.06 contributions and a half.
    assert found.contributions == (Fraction(3_500, 3) - 100) / Fraction("0.06") + Fraction(1, 2)
    assert places(found.payout_micros / EURO, 2) == Decimal("1166.70")
    variance = variance_of_contributions(template(pot), pot)
    # 1/8, 1/4, 5/8 at the distances -500, -166.67, 166.67 from the average, each a third of 1,000 wide.
    between = Fraction(1, 8) * 500**2 + Fraction(7, 8) * Fraction(500, 3) ** 2
    assert variance == (between + Fraction(1_000, 3) ** 2 / 12) / Fraction("0.06") ** 2


@pytest.mark.req("POT-19", "B-11")
@pytest.mark.parametrize("seed_share", [0, 120_000, 500_000])
def test_weighted_tips_agree_with_their_exact_sum(seed_share: int) -> None:
    pot = value_pot(seed_share_ppm=seed_share, segments=(10, 20, 50))
    low, high = 500 * EURO, 1_500 * EURO
    value, reserve, seed, count, deficit = 100 * EURO, 0, 100 * EURO, Fraction(0), Fraction(0)
    survived = Fraction(1)
    while value < high:
        count += survived
        put_by = min(60_000 * seed_share // 1_000_000, seed - reserve)
        value, reserve = value + 60_000 - put_by, reserve + put_by
        left = 1 - chance_below(Fraction(value), low, high, pot.segments)
        deficit += (survived - left) * (seed - reserve)
        survived = left
    found = theory(pot)
    assert abs(found.contributions - count) < Fraction(1, 100)
    assert abs(found.deficit_micros - deficit) < 60_000


@pytest.mark.req("B-11", "POT-20")
@pytest.mark.parametrize("seed_share", [0, 300_000, 1_000_000])
def test_the_deficit_under_a_ceiling_is_its_exact_sum(seed_share: int) -> None:
    pot = probability_pot(
        seed_share_ppm=seed_share, max_magic_number=90, min_reseed_micros=EURO, ceiling_micros=2 * EURO
    )
    value, reserve, expected, survived = EURO, 0, Decimal(0), Decimal(1)
    for _ in range(4_000):
        put_by = min(25_000 * seed_share // 1_000_000, max(0, EURO - reserve))
        value += 25_000 - put_by
        excess = max(0, value - 2 * EURO)
        value, reserve = value - excess, reserve + put_by + excess
        expected += survived / 90 * max(0, EURO - reserve)
        survived *= 1 - Decimal(1) / 90
    found = theory(pot)
    assert places(found.deficit_micros, 3) == expected.quantize(Decimal("0.001"))
    assert not found.is_exact


@pytest.mark.req("POT-21", "G-17")
@pytest.mark.parametrize(("arrivals", "percent"), [(6, "16.6254"), (60, "1.6667"), (3_600, "0.0278")])
def test_how_often_nobody_meets_the_hidden_instant(arrivals: int, percent: str) -> None:
    assert places(chance_of_fallback(Fraction(arrivals)) * 100, 4) == Decimal(percent)


@pytest.mark.req("POT-21")
def test_a_pot_by_time_has_figures_for_an_assumed_rate_only() -> None:
    pot = time_pot()
    assert pot_theory(template(pot), pot) is None
    found = pot_theory(template(pot), pot, Fraction(1, 60))
    assert found is not None
    assert places(found.contributions, 6) == Decimal(60)
    assert found.deficit_micros == 10 * EURO
    assert places(found.payout_micros, 0) == Decimal(10_600_000)
    assert found.is_exact
    with_reserve = pot_theory(template(time_pot(seed_share_ppm=500_000)), time_pot(seed_share_ppm=500_000), Fraction(1))
    assert with_reserve is not None
    assert with_reserve.deficit_micros == 0
    assert not with_reserve.is_exact


@pytest.mark.req("B-11", "POT-25")
def test_t4_s2_in_total() -> None:
    sample = {"seed_share_ppm": 850_000}
    minor = probability_pot(position=0, max_magic_number=5, **sample)
    major = probability_pot(
        code="major", position=1, max_magic_number=25, min_reseed_micros=100 * EURO, initial_seed_micros=100 * EURO,
        **sample,
    )  # fmt: skip
    found = template_theory(template(minor, major))
    assert found.rtp == Fraction("60.075")
    assert found.seed_cost == Fraction("9.89375") / Fraction("0.5") + Fraction("99.46875") / Fraction("2.5")
    assert template_theory(template(minor, contribution_micros=0)).rtp is None
    assert template_theory(template(minor, time_pot())).rtp is None
    assert template_theory(template(minor, time_pot()), Fraction(1)).rtp is not None


def test_a_certain_hit_has_its_median_at_once() -> None:
    assert median_contributions(Fraction(1)) == 1
