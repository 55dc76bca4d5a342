"""Weighted segments: the hazard of a step is an exact fraction, and over a cycle it gives the law it comes from."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackpots.rules.drops.value import by_value, chance_below, mean_tip, quantile

LOW, HIGH = 500, 1_500
WEIGHTS = (10, 20, 50)


@pytest.mark.parametrize(
    ("before", "after", "numerator", "denominator"),
    [
        pytest.param(100, 500, 0, 1, id="below the range"),
        # The first third has 10 of 80 parts: a step of 100 is 0.3 of it.
        pytest.param(500, 600, 3_000, 80_000, id="within the first"),
        # From 833 1/3 on 70 of 80 are left; the step crosses into the last third.
        pytest.param(1_000, 1_300, 30_000, 60_000, id="across a boundary"),
        pytest.param(1_400, 1_500, 1, 1, id="to the end"),
    ],
)
@pytest.mark.req("POT-19")
def test_the_hazard_with_segments(before: int, after: int, numerator: int, denominator: int) -> None:
    assert by_value(before, after, LOW, HIGH, WEIGHTS) == (numerator, denominator)


@pytest.mark.req("POT-19")
def test_v1_the_average_of_weighted_tips() -> None:
    assert mean_tip(LOW, HIGH, WEIGHTS) == Fraction(3_500, 3)
    assert [chance_below(Fraction(value), LOW, HIGH, WEIGHTS) for value in (500, 1_500)] == [0, 1]
    thirds = [Fraction(2_500, 3), Fraction(3_500, 3)]
    assert [chance_below(value, LOW, HIGH, WEIGHTS) for value in thirds] == [Fraction("0.125"), Fraction("0.375")]


@given(
    st.lists(st.integers(min_value=0, max_value=120), min_size=1, max_size=60),
    st.lists(st.integers(min_value=1, max_value=1_000), min_size=0, max_size=7).map(tuple),
)
@pytest.mark.req("POT-19")
def test_the_chances_of_a_cycle_telescope_to_the_law(steps: list[int], weights: tuple[int, ...]) -> None:
    value, missed = 400, Fraction(1)
    for step in steps:
        missed *= 1 - Fraction(*by_value(value, value + step, LOW, HIGH, weights))
        value += step
    assert missed == 1 - chance_below(Fraction(value), LOW, HIGH, weights)


@given(
    st.fractions(min_value=0, max_value=1, max_denominator=1_000),
    st.lists(st.integers(min_value=1, max_value=50), min_size=0, max_size=6).map(tuple),
)
def test_a_quantile_is_where_the_law_reaches_it(part: Fraction, weights: tuple[int, ...]) -> None:
    assert chance_below(quantile(part, LOW, HIGH, weights), LOW, HIGH, weights) == part


@pytest.mark.req("POT-19")
def test_the_denominator_falls_by_the_numerator_until_the_end() -> None:
    steps = [by_value(value, value + 7, LOW, HIGH, WEIGHTS) for value in range(500, 1_493, 7)]
    for one, following in pairwise(steps):
        assert following.denominator == one.denominator - one.numerator
