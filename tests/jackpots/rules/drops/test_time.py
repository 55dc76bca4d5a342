"""Pots by time: windows, the hidden instant, and who is chosen at the deadline."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackpots.randomness import draw, draw_prefix
from jackpots.rules.drops.time import (
    DEADLINE,
    TAU,
    DrawBelow,
    Window,
    chosen_by_stake,
    chosen_last,
    first_after,
    hidden_offset,
)
from tests.jackpots.rules.kit import CHI_SQUARE_LIMIT, chi_square, count, numbers

HOUR = Window(3_600_000, 7_200_000)


def drawing(secret: bytes, cycle: int = 1) -> DrawBelow:
    prefix = draw_prefix("inst-1", "hourly", cycle)
    return lambda message, n: draw(secret, prefix, message, n)


@pytest.mark.parametrize(
    ("at_ms", "numerator"),
    [
        pytest.param(0, 0, id="before the window"),
        pytest.param(3_599_999, 0, id="the last millisecond before"),
        pytest.param(3_600_000, 1, id="the first of the window"),
        pytest.param(7_199_999, 3_600_000, id="the last: certain"),
        pytest.param(9_000_000, 3_600_000, id="after the end"),
    ],
)
@pytest.mark.req("POT-21")
def test_the_chance_is_the_part_of_the_window_that_has_passed(at_ms: int, numerator: int) -> None:
    assert first_after(at_ms, HOUR) == (numerator, 3_600_000)


@pytest.mark.req("POT-21", "B-10")
def test_the_hidden_instant_comes_from_the_committed_secret_alone() -> None:
    secret = bytes(range(32))
    offset = hidden_offset(drawing(secret), HOUR)
    assert offset == draw(secret, b"inst-1|hourly|1|", "tau", 3_600_000)
    assert (TAU, DEADLINE) == ("tau", "deadline")
    # Exactly the contributions at or after it meet a chance above the number.
    for at_ms in (HOUR.starts_ms + offset - 1, HOUR.starts_ms + offset):
        assert (offset < first_after(at_ms, HOUR).numerator) == (at_ms >= HOUR.starts_ms + offset)


@pytest.mark.parametrize(
    ("now_ms", "starts_ms"),
    [(0, 3_600_000), (7_199_999, 3_600_000), (7_200_000, 7_200_000), (20_000_000, 18_000_000)],
)
@pytest.mark.req("G-17", "POT-21")
def test_a_window_without_a_contribution_moves_on_by_whole_periods(now_ms: int, starts_ms: int) -> None:
    assert HOUR.moved_on(now_ms) == Window(starts_ms, starts_ms + 3_600_000)
    assert HOUR.after() == Window(7_200_000, 10_800_000)


@given(st.lists(st.integers(min_value=0, max_value=10**9), max_size=30), st.binary(min_size=32, max_size=32))
@pytest.mark.req("POT-21")
def test_who_is_drawn_at_the_deadline_has_a_stake(amounts: list[int], secret: bytes) -> None:
    chosen = chosen_by_stake(amounts, drawing(secret))
    if not amounts:
        assert chosen is None
    elif any(amounts):
        assert chosen is not None
        assert amounts[chosen] > 0
        number = drawing(secret)(DEADLINE, sum(amounts))
        assert sum(amounts[:chosen]) <= number < sum(amounts[: chosen + 1])
    else:
        assert chosen == drawing(secret)(DEADLINE, len(amounts))


@pytest.mark.req("POT-21")
def test_the_draw_at_the_deadline_is_as_likely_as_the_stake() -> None:
    below, times = numbers(31), count(4_000, 100_000)
    stakes = [50, 75, 120, 755, 0]
    seen = Counter(chosen_by_stake(stakes, lambda _message, n: below(n)) for _ in range(times))
    assert 4 not in seen
    observed = [seen[place] for place in range(4)]
    # Three degrees of freedom; the limit of four is on the safe side by less than a factor of two.
    assert chi_square(observed, [times * stake / 1_000 for stake in stakes[:4]]) < CHI_SQUARE_LIMIT[4]


@pytest.mark.req("G-17")
def test_without_a_hit_the_last_of_the_window_wins() -> None:
    assert chosen_last(3) == 2
    assert chosen_last(0) is None
