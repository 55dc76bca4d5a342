"""One contribution, all of its postings: shares, draws, the win, the next cycle."""

import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackpots.randomness import draw_prefix, recompute
from jackpots.rules.settlement import PotState, Settled, settle_one
from jackpots.rules.terms import PPM, TemplateTerms
from tests.jackpots.rules.kit import (
    EURO,
    ONE,
    always_hit,
    contribution,
    never_hit,
    numbers,
    opened,
    probability_pot,
    settle,
    template,
    value_pot,
)

TWO_POTS = template(
    value_pot(share_ppm=400_000, seed_share_ppm=250_000), probability_pot(share_ppm=250_000, seed_share_ppm=850_000)
)


@pytest.mark.req("B-02", "B-11", "POT-19", "POT-20")
def test_a_contribution_that_wins_nothing() -> None:
    pots = opened(TWO_POTS)
    settled = settle(TWO_POTS, pots, contribution(TWO_POTS), never_hit)
    assert settled.win is None
    assert settled.household_micros == 35_000
    mega, minor = settled.lines
    assert (mega.to_pot_micros, mega.to_reserve_micros, mega.excess_micros) == (30_000, 10_000, 0)
    assert (minor.to_pot_micros, minor.to_reserve_micros, minor.excess_micros) == (3_750, 21_250, 0)
    assert (mega.numerator, mega.denominator, mega.number, mega.hit) == (0, 1, 0, False)
    assert (minor.numerator, minor.denominator, minor.number, minor.hit) == (100_000, 10**8, 10**8 - 1, False)
    assert [(pot.value_micros, pot.reserve_micros, pot.cycle) for pot in pots] == [
        (100_030_000, 10_000, 1),
        (10_003_750, 21_250, 1),
    ]


@pytest.mark.req("WIN-03", "WIN-04", "B-11")
def test_a_win_pays_the_pot_and_reseeds_it() -> None:
    terms = template(probability_pot(seed_share_ppm=850_000))
    pots = opened(terms)
    pots[0].value_micros, pots[0].reserve_micros = 100_213_750, 6_228_750
    settled = settle(terms, pots, contribution(terms, currency="GBP", multiplier=Decimal("0.8592")), always_hit)
    win = settled.win
    assert win is not None
    assert (win.pot_id, win.code, win.cycle, win.player_currency) == ("id-minor", "minor", 1, "GBP")
    # F1: 100.2175 EUR are 86.10 GBP, and 0.008003 EUR are over; they stand in the reserve when the pot starts again.
    assert win.value_micros == 100_217_500
    assert (win.payout.pay_micros, win.payout.cost_micros, win.payout.residual_micros) == (
        86_100_000,
        100_209_497,
        8_003,
    )
    assert win.reseed.seed_micros == 10 * EURO
    assert win.reseed.from_reserve_micros == 6_250_000 + 8_003
    assert win.reseed.deficit_micros == 3_750_000 - 8_003
    assert (pots[0].cycle, pots[0].value_micros, pots[0].reserve_micros) == (2, 10 * EURO, 0)
    assert pots[0].secret == bytes([1]) * 32
    assert pots[0].draw_prefix == draw_prefix("inst-1", "minor", 2)


@pytest.mark.req("POT-12")
def test_a_fixed_pot_pays_its_value_whatever_was_collected() -> None:
    terms = template(probability_pot(is_progressive=False))
    pots = opened(terms)
    for number in range(600):
        settle(terms, pots, contribution(terms, number), never_hit)
    assert (pots[0].value_micros, pots[0].reserve_micros) == (10 * EURO, 15 * EURO)
    win = settle(terms, pots, contribution(terms), always_hit).win
    assert win is not None
    assert (win.value_micros, win.reseed.seed_micros, win.reseed.deficit_micros) == (10 * EURO, 10 * EURO, 0)
    assert (pots[0].value_micros, pots[0].reserve_micros) == (10 * EURO, 5 * EURO + 25_000)


@pytest.mark.req("B-11", "POT-19")
def test_t3_the_excess_over_the_ceiling_goes_to_the_reserve() -> None:
    terms = template(value_pot(min_reseed_micros=100 * EURO), contribution_micros=10 * EURO)
    pots = opened(terms)
    pots[0].value_micros = 1_498 * EURO
    settled = settle(terms, pots, contribution(terms), never_hit)
    (line,) = settled.lines
    assert (line.numerator, line.denominator, line.hit) == (1, 1, True)
    assert (line.to_pot_micros, line.excess_micros, line.value_after_micros) == (6 * EURO, 4 * EURO, 1_504 * EURO)
    assert settled.win is not None
    assert settled.win.value_micros == 1_500 * EURO
    assert settled.win.reseed.from_reserve_micros == 4 * EURO


@pytest.mark.req("B-09")
def test_the_most_valuable_hit_wins_and_the_others_stay_armed() -> None:
    terms = template(value_pot(share_ppm=400_000), probability_pot())
    pots = opened(terms)
    pots[0].value_micros = 600 * EURO
    first = settle(terms, pots, contribution(terms, 1), always_hit)
    assert first.win is not None
    assert first.win.code == "mega"
    assert [line.hit for line in first.lines] == [True, True]
    assert [line.armed_before for line in first.lines] == [False, False]
    assert [pot.armed for pot in pots] == [False, True]
    assert pots[1].cycle == 1

    second = settle(terms, pots, contribution(terms, 2), never_hit)
    assert second.win is not None
    assert second.win.code == "minor"
    line = second.lines[1]
    assert (line.numerator, line.denominator, line.number, line.hit, line.armed_before) == (1, 1, 0, True, True)
    assert second.win.value_micros == 10 * EURO + 2 * 25_000
    assert [pot.armed for pot in pots] == [False, False]


@pytest.mark.req("B-09")
def test_an_armed_value_pot_that_loses_again_waits_without_growing_past_its_ceiling() -> None:
    terms = template(
        value_pot(share_ppm=400_000, value_to_micros=510 * EURO),
        probability_pot(min_reseed_micros=700 * EURO, initial_seed_micros=700 * EURO),
        contribution_micros=10 * EURO,
    )
    pots = opened(terms)
    pots[0].value_micros, pots[0].armed = 509 * EURO, True
    settled = settle(terms, pots, contribution(terms), always_hit)
    assert settled.win is not None
    assert settled.win.code == "minor"
    assert (pots[0].armed, pots[0].value_micros, pots[0].reserve_micros) == (True, 510 * EURO, 3 * EURO)
    again = settle(terms, pots, contribution(terms, 2), never_hit)
    assert again.win is not None
    assert (again.win.code, again.win.value_micros) == ("mega", 510 * EURO)


@pytest.mark.req("B-09")
def test_of_two_hits_of_equal_value_the_earlier_pot_wins() -> None:
    terms = template(
        probability_pot(code="left", position=0, share_ppm=100_000),
        probability_pot(code="right", position=1, share_ppm=100_000),
    )
    settled = settle(terms, opened(terms), contribution(terms), always_hit)
    assert settled.win is not None
    assert settled.win.code == "left"


@pytest.mark.req("B-09")
def test_a_hit_too_small_for_the_players_smallest_coin_stays_armed() -> None:
    terms = template(probability_pot(initial_seed_micros=10_000, min_reseed_micros=10_000, share_ppm=100_000))
    pots = opened(terms)
    yen = contribution(terms, currency="JPY", multiplier=Decimal("0.5"))
    assert settle(terms, pots, yen, always_hit).win is None
    assert pots[0].armed
    paid = settle(terms, pots, contribution(terms, 2), never_hit).win
    assert paid is not None
    assert paid.payout.pay_micros == 30_000


@pytest.mark.req("B-08", "POT-23", "POT-24", "POT-26")
def test_a_contribution_of_zero_moves_nothing_and_may_win() -> None:
    terms = template(
        probability_pot(is_progressive=False, share_ppm=PPM, cost_per_attempt_micros=None), contribution_micros=0
    )
    pots = opened(terms)
    settled = settle(terms, pots, contribution(terms), never_hit)
    assert (settled.household_micros, settled.lines[0].to_pot_micros, settled.lines[0].to_reserve_micros) == (0, 0, 0)
    assert (settled.lines[0].numerator, settled.lines[0].denominator) == (1, 1_000)
    win = settle(terms, pots, contribution(terms, 2), always_hit).win
    assert win is not None
    assert (win.value_micros, win.reseed.deficit_micros) == (10 * EURO, 10 * EURO)


@pytest.mark.req("B-10")
def test_every_draw_can_be_recomputed_from_the_record() -> None:
    pots = opened(TWO_POTS)
    pots[0].value_micros = 600 * EURO
    for number in range(200):
        secrets = {pot.code: pot.secret for pot in pots}
        given_contribution = contribution(TWO_POTS, number)
        for line in settle(TWO_POTS, pots, given_contribution).lines:
            message = f"inst-1|{line.code}|{line.cycle}|{given_contribution.contribution_id}"
            assert line.number == recompute(secrets[line.code], message, line.denominator)
            assert line.hit == (line.number < line.numerator)


def test_the_pots_must_be_those_of_the_terms() -> None:
    pots = opened(TWO_POTS)
    with pytest.raises(ValueError, match="mega"):
        settle(TWO_POTS, pots[::-1], contribution(TWO_POTS))
    with pytest.raises(ValueError, match="shorter"):
        settle(TWO_POTS, pots[:1], contribution(TWO_POTS))


def _held(pots: list[PotState]) -> int:
    return sum(pot.value_micros + pot.reserve_micros + pot.boost_micros for pot in pots)


def _conserves(terms: TemplateTerms, pots: list[PotState], before: int, settled: Settled) -> None:
    put_in = terms.contribution_micros - settled.household_micros
    assert put_in == sum(line.to_pot_micros + line.to_reserve_micros for line in settled.lines)
    if settled.win is not None:
        put_in += settled.win.reseed.deficit_micros - settled.win.payout.cost_micros
    assert _held(pots) == before + put_in
    for pot, terms_of_pot in zip(pots, terms.pots, strict=True):
        assert min(pot.value_micros, pot.reserve_micros, pot.boost_micros) >= 0
        assert terms_of_pot.highest_micros is None or pot.value_micros <= terms_of_pot.highest_micros


@pytest.mark.req("B-11", "CUR-07", "WIN-04")
@given(
    st.integers(0, 2**32),
    st.integers(0, 100 * EURO),
    st.integers(0, PPM),
    st.sampled_from(
        [("EUR", ONE), ("GBP", Decimal("0.8592")), ("JPY", Decimal("163.4471")), ("BHD", Decimal("0.4089"))]
    ),
    st.integers(0, 20 * EURO),
)
def test_t7_no_micro_is_made_or_lost(
    seed: int, amount: int, seed_share: int, player: tuple[str, Decimal], boost: int
) -> None:
    terms = template(
        value_pot(
            share_ppm=333_333, seed_share_ppm=seed_share, value_from_micros=110 * EURO, value_to_micros=150 * EURO
        ),
        probability_pot(share_ppm=333_333, seed_share_ppm=seed_share, max_magic_number=20),
        probability_pot(code="fixed", position=2, share_ppm=200_001, is_progressive=False, max_magic_number=5),
        contribution_micros=amount,
    )
    pots = opened(terms)
    pots[1].boost_micros = boost
    below = numbers(seed)
    for number in range(40):
        before = _held(pots)
        _conserves(terms, pots, before, settle(terms, pots, contribution(terms, number, *player), below))


def test_the_secret_is_asked_for_once_a_win_and_before_the_cycle_turns() -> None:
    terms = template(probability_pot())
    pots = opened(terms)
    asked: list[tuple[str, int]] = []

    def next_secret(pot: PotState) -> bytes:
        asked.append((pot.code, pot.cycle))
        return uuid.UUID(int=pot.cycle).bytes

    for number, below in enumerate((never_hit, always_hit, never_hit, always_hit)):
        settle_one(
            terms,
            pots,
            contribution(terms, number),
            draw=lambda _secret, _prefix, _id, n, below=below: below(n),  # type: ignore[misc]
            next_secret=next_secret,
        )
    assert asked == [("minor", 1), ("minor", 2)]
    assert pots[0].secret == uuid.UUID(int=2).bytes
