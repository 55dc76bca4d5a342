"""The chances of a hit, as fractions of integers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackpots.rules.drop import Chance, by_probability, by_value, chance
from jackpots.rules.terms import PotTerms
from tests.jackpots.rules.kit import EURO, probability_pot, value_pot

LOW, HIGH = 500, 1_500


@pytest.mark.parametrize(
    ("before", "after", "numerator", "denominator"),
    [
        (100, 500, 0, 1),
        (499, 501, 1, 1_000),
        (500, 510, 10, 1_000),
        (1_000, 1_001, 1, 500),
        (1_499, 1_500, 1, 1),
        (1_499, 1_600, 1, 1),
        (1_500, 1_500, 1, 1),
        (600, 600, 0, 1),
    ],
)
@pytest.mark.req("POT-19")
def test_hazard(before: int, after: int, numerator: int, denominator: int) -> None:
    assert by_value(before, after, LOW, HIGH) == (numerator, denominator)


@pytest.mark.req("POT-19")
@given(st.lists(st.integers(min_value=0, max_value=60), min_size=1, max_size=60))
def test_the_chances_of_a_cycle_telescope_to_the_uniform_law(steps: list[int]) -> None:
    value, missed = 400, Fraction(1)
    for step in steps:
        missed *= 1 - Fraction(*by_value(value, value + step, LOW, HIGH))
        value += step
        assert missed == Fraction(max(0, HIGH - max(value, LOW)), HIGH - LOW)


@pytest.mark.parametrize(
    ("micros", "numerator"),
    [
        pytest.param(117_647, 117_647, id="F3-GBP"),
        pytest.param(92_920, 92_920, id="F3-USD"),
        pytest.param(85_645, 85_645, id="F3-SEK"),
    ],
)
@pytest.mark.req("POT-20", "B-02")
def test_f3_the_same_chance_for_each_micro_euro(micros: int, numerator: int) -> None:
    assert by_probability(micros, EURO // 10, 1_000) == (numerator, 100_000_000)


@pytest.mark.req("POT-20")
def test_a_contribution_that_pays_for_every_attempt_hits() -> None:
    assert by_probability(100 * EURO, EURO // 10, 1_000) == (1, 1)
    assert by_probability(10**14, EURO // 10, 1_000) == (1, 1)


@pytest.mark.req("B-08", "POT-20", "POT-23")
def test_a_contribution_of_zero_is_one_attempt() -> None:
    assert by_probability(0, None, 1_000) == (1, 1_000)
    assert by_probability(0, 0, 1_000) == (1, 1_000)


@pytest.mark.req("B-08")
@pytest.mark.parametrize("cost", [None, 0])
def test_a_contribution_with_a_value_needs_the_cost_of_an_attempt(cost: int | None) -> None:
    with pytest.raises(ValueError, match="cost"):
        by_probability(1, cost, 1_000)


@pytest.mark.req("B-09")
@pytest.mark.parametrize("pot", [value_pot(), probability_pot()])
def test_an_armed_pot_is_hit_for_certain(pot: PotTerms) -> None:
    def of(*, armed: bool) -> Chance:
        value = 200 * EURO
        return chance(pot, contribution_micros=EURO // 10, before_micros=value, after_micros=value + 1, armed=armed)

    assert of(armed=True) == (1, 1)
    assert Fraction(*of(armed=False)) < 1


def test_terms_without_a_law_are_refused() -> None:
    with pytest.raises(ValueError, match="magic number"):
        chance(
            probability_pot(max_magic_number=None),
            contribution_micros=1,
            before_micros=0,
            after_micros=1,
            armed=False,
        )
