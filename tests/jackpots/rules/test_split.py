"""The division of a contribution between pots and house."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackpots.rules.split import divide
from jackpots.rules.terms import PPM


@pytest.mark.req("B-02")
def test_shares_of_ten_cents() -> None:
    assert divide(100_000, 300_000, (250_000, 250_000, 200_000)) == (30_000, (25_000, 25_000, 20_000))


@pytest.mark.req("B-02")
def test_the_last_micro_goes_to_the_largest_claim_and_of_equals_to_the_earlier_pot() -> None:
    assert divide(1, 500_000, (500_000,)) == (0, (1,))
    assert divide(1, 600_000, (200_000, 200_000)) == (1, (0, 0))
    assert divide(100, 333_334, (333_333, 333_333)) == (34, (33, 33))


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, tuple[int, ...]]:
    cuts = sorted(draw(st.lists(st.integers(0, PPM), min_size=1, max_size=8)))
    parts = [high - low for low, high in zip([0, *cuts], [*cuts, PPM], strict=True)]
    return parts[0], tuple(parts[1:])


@pytest.mark.req("B-02", "CUR-07")
@given(st.integers(min_value=0, max_value=10**15 - 1), shares())
def test_the_parts_are_the_contribution(amount: int, given_shares: tuple[int, tuple[int, ...]]) -> None:
    household_ppm, pots_ppm = given_shares
    household, pots = divide(amount, household_ppm, pots_ppm)
    assert household + sum(pots) == amount
    for part, share in zip((household, *pots), (household_ppm, *pots_ppm), strict=True):
        assert abs(part * PPM - amount * share) < PPM
