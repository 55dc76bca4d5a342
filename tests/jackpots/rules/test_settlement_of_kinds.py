"""Limited pots, ceilings, pots by time, and community payouts in a settlement."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackpots.randomness import draw
from jackpots.rules.drops.time import Window
from jackpots.rules.settlement import Community, Contribution, PotState, award, settle_one
from jackpots.rules.split import divide_open
from jackpots.rules.terms import PPM, LimitedShareTo
from tests.jackpots.rules.kit import (
    EURO,
    always_hit,
    contribution,
    never_hit,
    numbers,
    opened,
    probability_pot,
    settle,
    template,
    time_pot,
    value_pot,
)

LIMITED = template(
    probability_pot(code="minor", position=0, share_ppm=200_000, max_drops=3, max_magic_number=1),
    probability_pot(
        code="major", position=1, share_ppm=100_000, max_drops=1, max_magic_number=1, initial_seed_micros=5 * EURO
    ),
)


@pytest.mark.req("POT-07", "POT-27", "G-14")
def test_t8_the_third_drop_closes_the_tier_and_the_last_tier_ends_the_jackpot() -> None:
    pots = opened(LIMITED)
    seen = [settle(LIMITED, pots, contribution(LIMITED, number), always_hit) for number in range(1, 5)]
    wins = [settled.win for settled in seen]
    # The minor is worth more at each contribution until its third drop, and the armed major drops with the fourth.
    assert [win.code for win in wins if win] == ["minor", "minor", "minor", "major"]
    assert [win.closed for win in wins if win] == [False, False, True, True]
    assert [settled.ended for settled in seen] == [False, False, False, True]
    assert all(pot.closed for pot in pots)
    # Neither starts again: nobody funds a seed that nobody can win, and what was put by stays.
    assert [(pot.value_micros, pot.cycle, pot.drops) for pot in pots] == [(0, 4, 3), (0, 2, 1)]


@pytest.mark.req("POT-27", "G-14")
@pytest.mark.parametrize(
    ("to", "household", "lines"),
    [
        ("pots", 70_000, [(0, 0), (30_000, 0)]),
        ("house", 90_000, [(0, 0), (10_000, 0)]),
        ("seed", 70_000, [(0, 0), (10_000, 20_000)]),
    ],
)
def test_t8_a_closed_tier_takes_no_part(to: str, household: int, lines: list[tuple[int, int]]) -> None:
    terms = msgspec.structs.replace(LIMITED, limited_share_to=to)
    pots = opened(terms)
    pots[0].closed = True
    settled = settle(terms, pots, contribution(terms), never_hit)
    assert settled.household_micros == household
    assert [(line.to_pot_micros, line.to_reserve_micros) for line in settled.lines] == lines
    assert settled.lines[0].denominator == 0
    assert pots[0].value_micros == 10 * EURO


@given(
    st.integers(min_value=0, max_value=10**12),
    st.lists(st.tuples(st.integers(min_value=0, max_value=200_000), st.booleans()), min_size=1, max_size=5),
    st.sampled_from(["pots", "house", "seed"]),
)
@pytest.mark.req("G-14", "CUR-07")
def test_what_closed_tiers_had_is_divided_to_the_last_micro(
    amount: int, given_pots: list[tuple[int, bool]], to: LimitedShareTo
) -> None:
    shares, closed = (tuple(part) for part in zip(*given_pots, strict=True))
    found = divide_open(amount, PPM - sum(shares), shares, closed, to)
    assert found.household_micros + sum(found.pots) + sum(found.reserves) == amount
    for shut, part, reserve in zip(closed, found.pots, found.reserves, strict=True):
        assert not (shut and (part or reserve))


@pytest.mark.req("B-11", "POT-20")
def test_what_a_pot_by_odds_holds_over_its_ceiling_goes_to_the_reserve() -> None:
    terms = template(probability_pot(share_ppm=500_000, ceiling_micros=10_080_000))
    pots = opened(terms)
    first, second = (settle(terms, pots, contribution(terms, number), never_hit) for number in (1, 2))
    assert (first.lines[0].excess_micros, second.lines[0].excess_micros) == (0, 20_000)
    assert (pots[0].value_micros, pots[0].reserve_micros) == (10_080_000, 20_000)
    # A reserve beyond the ceiling does not seed above it.
    pots[0].reserve_micros = 50 * EURO
    win = settle(terms, pots, contribution(terms, 3), always_hit).win
    assert win is not None
    assert win.reseed.seed_micros == 10_080_000
    assert pots[0].reserve_micros == 50 * EURO + 50_000 - 10_080_000


HOURLY = template(time_pot())


@pytest.mark.req("POT-21", "B-09", "B-10")
def test_the_first_at_or_after_the_hidden_instant_wins_and_the_next_window_follows() -> None:
    pots = opened(HOURLY)
    hidden = draw(pots[0].secret, b"inst-1|hourly|1|", "tau", 3_600_000)
    before = settle(HOURLY, pots, contribution(HOURLY, 1, at_ms=hidden - 1))
    assert before.win is None
    # The record of a miss does not tell where the instant is.
    line = before.lines[0]
    assert (line.numerator, line.denominator, line.number) == (hidden, 3_600_000, 3_600_000)
    hit = settle(HOURLY, pots, contribution(HOURLY, 2, at_ms=hidden))
    assert hit.win is not None
    assert (hit.lines[0].numerator, hit.lines[0].number) == (hidden + 1, hidden)
    assert pots[0].window == Window(3_600_000, 7_200_000)
    # Until the next window begins the pot grows and nobody hits it.
    after = settle(HOURLY, pots, contribution(HOURLY, 3, at_ms=hidden + 1))
    assert (after.lines[0].numerator, after.win) == (0, None)
    assert pots[0].value_micros == 10 * EURO + 10_000


@pytest.mark.req("POT-21", "B-09")
def test_an_armed_pot_by_time_is_hit_for_certain() -> None:
    pots = opened(HOURLY)
    pots[0].armed = True
    settled = settle(HOURLY, pots, contribution(HOURLY, 1, at_ms=0))
    assert settled.win is not None
    assert settled.lines[0].armed_before
    assert (settled.lines[0].numerator, settled.lines[0].denominator) == (1, 1)


@pytest.mark.req("POT-21")
def test_a_pot_that_is_drawn_at_its_deadline_is_hit_by_no_contribution() -> None:
    terms = template(time_pot(time_rule="stake_weighted"))
    pots = opened(terms)
    settled = settle(terms, pots, contribution(terms, 1, at_ms=3_599_999), always_hit)
    assert settled.win is None
    line = settled.lines[0]
    assert (line.numerator, line.denominator, line.number) == (0, 1, 0)
    win = award(terms.pots[0], pots[0], contribution(terms, 1, at_ms=3_600_000), next_secret=_secret)
    assert win is not None
    assert (win.value_micros, win.reseed.deficit_micros) == (10 * EURO + 10_000, 10 * EURO)
    assert pots[0].window == Window(3_600_000, 7_200_000)


@pytest.mark.req("POT-21")
def test_a_deadline_that_would_pay_less_than_a_coin_awards_nothing() -> None:
    pot = time_pot()
    state = opened(template(pot))[0]
    state.value_micros = 9_999
    kept = replace(state)
    assert award(pot, state, contribution(HOURLY), next_secret=_secret) is None
    assert state == kept


def _secret(_pot: PotState) -> bytes:
    return bytes(32)


@pytest.mark.req("WIN-08", "G-10")
@pytest.mark.parametrize("unspent", [0, 2 * EURO])
def test_a_win_that_is_shared_accounts_for_every_micro(unspent: int) -> None:
    terms = template(probability_pot(share_ppm=100_000))
    pots = opened(terms)
    pots[0].value_micros = 100 * EURO

    def shared(_pot: PotState, _winner: Contribution, value: int) -> Community:
        community = value // 10 * 3 - unspent
        return Community(value - community - unspent, community, 4_321, unspent, ("rows",))

    settled = settle_one(
        terms,
        pots,
        contribution(terms),
        draw=lambda *_: 0,
        next_secret=_secret,
        share_out=shared,
    )
    win = settled.win
    assert win is not None
    assert win.community is not None
    assert win.value_micros == win.payout.cost_micros + win.residual_micros + win.community.community_micros
    # What is unspent and what is smaller than a coin funds the next seed.
    assert win.reseed.from_reserve_micros == win.residual_micros + 4_321
    assert win.community.credits == ("rows",)


@pytest.mark.req("B-11", "CUR-07")
@given(st.integers(min_value=0, max_value=2**32), st.integers(min_value=1, max_value=200))
def test_t7_no_micro_is_made_or_lost_with_every_kind_of_pot(seed: int, length: int) -> None:
    terms = template(
        value_pot(share_ppm=150_000, seed_share_ppm=400_000, value_from_micros=101 * EURO, value_to_micros=102 * EURO,
                  segments=(1, 2, 3)),
        probability_pot(share_ppm=150_000, max_magic_number=5, max_drops=4, ceiling_micros=11 * EURO),
        time_pot(share_ppm=100_000, period_seconds=60, seed_share_ppm=200_000),
        limited_share_to="seed",
        contribution_micros=1_234_567,
    )  # fmt: skip
    pots = opened(terms)
    below = numbers(seed)
    put_in = sum(pot.value_micros for pot in pots)
    taken = 0
    for number in range(length):
        settled = settle(terms, pots, contribution(terms, number, at_ms=number * 7_000), below)
        put_in += terms.contribution_micros
        taken += settled.household_micros
        if settled.win is not None:
            put_in += settled.win.reseed.deficit_micros
            taken += settled.win.payout.cost_micros
    assert put_in == taken + sum(pot.value_micros + pot.reserve_micros for pot in pots)
