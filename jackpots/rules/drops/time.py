"""Pots that drop by time: once a window, to the first after a hidden instant or to one of all by stake.

A window is half-open and as long as the pot's period; instants are milliseconds since 1970. Nothing here knows the
time: it is told.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from jackpots.rules.drops.chances import Chance

TAU: Final = "tau"
DEADLINE: Final = "deadline"
DrawBelow = Callable[[str, int], int]
"""(the last part of the message, n) -> a number below n, from the secret of the cycle."""


class Window(NamedTuple):
    """From `starts_ms` up to, but without, `ends_ms`."""

    starts_ms: int
    ends_ms: int

    def after(self) -> "Window":
        """The window that begins where this one ends."""
        return Window(self.ends_ms, 2 * self.ends_ms - self.starts_ms)

    def moved_on(self, now_ms: int) -> "Window":
        """This window, or the first after it, by whole periods, that has not ended at `now`."""
        period = self.ends_ms - self.starts_ms
        periods = max(0, (now_ms - self.starts_ms) // period)
        return Window(self.starts_ms + periods * period, self.ends_ms + periods * period)


def first_after(at_ms: int, window: Window) -> Chance:
    """The chance that the hidden instant of the window has come by `at_ms`: the milliseconds that have passed, the
    current one among them, of all. Before the window there is none; from its end on it is certain."""
    period = window.ends_ms - window.starts_ms
    return Chance(min(max(0, at_ms - window.starts_ms + 1), period), period)


def hidden_offset(draw_below: DrawBelow, window: Window) -> int:
    """Where in the window the hidden instant is, in milliseconds from its start: a hit is what it is below the
    numerator of `first_after`. It is the cycle's, whatever is contributed, and told to nobody while the cycle runs."""
    return draw_below(TAU, window.ends_ms - window.starts_ms)


def chosen_by_stake(amounts_micros: Sequence[int], draw_below: DrawBelow) -> int | None:
    """Which of a window's contributions wins at its deadline, each as likely as its amount; of those without value
    each counts as one. `amounts_micros` are in the order of time, then of ids. None where there are none."""
    weights = amounts_micros if any(amounts_micros) else [1] * len(amounts_micros)
    total = sum(weights)
    if not total:
        return None
    number = draw_below(DEADLINE, total)
    return next(place for place, upto in enumerate(accumulate(weights)) if number < upto)


def chosen_last(count: int) -> int | None:
    """Which of a window's contributions wins where the hidden instant met none: the last. None where there are none."""
    return count - 1 if count else None
