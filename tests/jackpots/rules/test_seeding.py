"""Seeds: what is put by for them, and how a pot starts again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackpots.rules.seeding import place, reseed
from jackpots.rules.terms import PPM
from tests.jackpots.rules.kit import EURO, probability_pot, value_pot

POT = probability_pot(seed_share_ppm=850_000)
MICROS = st.integers(min_value=0, max_value=10**14)


@pytest.mark.req("B-11")
def test_s2_shares_of_the_public_sample() -> None:
    assert place(POT, 25_000, 0) == (3_750, 21_250)


@pytest.mark.req("B-11")
def test_what_would_overshoot_the_seed_goes_to_the_pot() -> None:
    assert place(POT, 25_000, 10 * EURO - 100) == (24_900, 100)
    assert place(POT, 25_000, 10 * EURO) == (25_000, 0)
    assert place(POT, 25_000, 12 * EURO) == (25_000, 0)


@pytest.mark.req("POT-12", "B-11")
def test_all_of_a_fixed_pots_share_is_put_by() -> None:
    fixed = probability_pot(is_progressive=False)
    assert place(fixed, 25_000, 0) == (0, 25_000)
    assert place(fixed, 25_000, 50 * EURO) == (0, 25_000)


@given(st.integers(0, 10**12), MICROS, st.integers(0, PPM), st.booleans())
def test_a_share_is_placed_to_the_last_micro(share: int, reserve: int, part: int, is_progressive: bool) -> None:
    pot = probability_pot(seed_share_ppm=part, is_progressive=is_progressive)
    to_pot, to_reserve = place(pot, share, reserve)
    assert to_pot + to_reserve == share
    assert to_pot >= 0
    assert to_reserve >= 0
    if is_progressive:
        assert reserve + to_reserve <= max(reserve, pot.min_reseed_micros)
        assert abs(to_reserve * PPM - share * part) <= PPM // 2 or reserve + to_reserve >= pot.min_reseed_micros


@pytest.mark.parametrize(
    ("reserve", "boost", "seed", "deficit"),
    [
        pytest.param(6_250_000, 0, 10 * EURO, 3_750_000, id="S1-deficit"),
        pytest.param(6_250_000, 5 * EURO, 11_250_000, 0, id="S1-boost"),
        pytest.param(12 * EURO, 0, 12 * EURO, 0, id="S1-more-than-needed"),
    ],
)
@pytest.mark.req("WIN-03", "WIN-04", "B-11")
def test_t4_s1(reserve: int, boost: int, seed: int, deficit: int) -> None:
    started = reseed(POT, reserve, boost)
    assert (started.seed_micros, started.deficit_micros) == (seed, deficit)
    assert (started.reserve_left_micros, started.boost_left_micros) == (0, 0)


@pytest.mark.req("B-11", "WIN-03")
def test_a_value_pot_starts_at_most_where_it_may_drop() -> None:
    started = reseed(value_pot(), 600 * EURO, 50 * EURO)
    assert started.seed_micros == 500 * EURO
    assert (started.from_boost_micros, started.from_reserve_micros) == (50 * EURO, 450 * EURO)
    assert started.reserve_left_micros == 150 * EURO


@pytest.mark.req("POT-12", "WIN-03")
def test_a_fixed_pot_starts_at_the_same_value_each_time() -> None:
    fixed = probability_pot(is_progressive=False)
    started = reseed(fixed, 35 * EURO, 0)
    assert started.seed_micros == 10 * EURO
    assert started.reserve_left_micros == 25 * EURO
    assert reseed(fixed, 4 * EURO, 0).deficit_micros == 6 * EURO


@pytest.mark.req("B-11", "WIN-04")
@given(MICROS, MICROS, st.sampled_from([POT, value_pot(), probability_pot(is_progressive=False)]))
def test_a_reseed_conserves_money(reserve: int, boost: int, pot: object) -> None:
    assert isinstance(pot, type(POT))
    started = reseed(pot, reserve, boost)
    assert started.seed_micros == started.from_reserve_micros + started.from_boost_micros + started.deficit_micros
    assert started.reserve_left_micros + started.from_reserve_micros == reserve
    assert started.boost_left_micros + started.from_boost_micros == boost
    assert min(started) >= 0
    assert started.seed_micros >= pot.min_reseed_micros
    assert started.deficit_micros == max(0, pot.min_reseed_micros - reserve - boost)
