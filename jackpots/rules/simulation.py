"""Plays a template's pots many times over with the very rules that real contributions meet.

Where the numbers come from is the caller's: the same numbers give the same figures.
"""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import msgspec

from jackpots.rules.drops.time import Window
from jackpots.rules.settlement import Contribution, PotState, Win, award, settle_one
from jackpots.rules.terms import PPM, PotTerms, TemplateTerms

Below = Callable[[int], int]
"""A number from 0 to below n."""

_ONE = Decimal(1)


class PotFigures(msgspec.Struct, kw_only=True):
    """What one pot did. `counts` and `payouts` have an entry for each drop, both without the pot's first cycle's
    difference: every cycle begins with a seed that was paid for."""

    code: str
    counts: list[int] = msgspec.field(default_factory=list)
    payouts: list[int] = msgspec.field(default_factory=list)
    deficits: list[int] = msgspec.field(default_factory=list)

    @property
    def drops(self) -> int:
        """How often it was won."""
        return len(self.counts)


class Simulation(msgspec.Struct, kw_only=True):
    """What was played, and what came of it; amounts in micro-units."""

    contributions: int
    contribution_micros: int
    household_micros: int
    opened_micros: int
    held_micros: int
    pots: list[PotFigures]
    has_ended: bool = False

    @property
    def turnover_micros(self) -> int:
        """All that was contributed."""
        return self.contributions * self.contribution_micros


def simulate(
    terms: TemplateTerms,
    *,
    below: Below,
    contributions: int | None = None,
    drops: int | None = None,
    rate: Fraction | None = None,
) -> Simulation:
    """Play until so many contributions, or until the first pot has dropped so often, or until the jackpot ends with its
    last limited pot. Contributions come evenly, `rate` a second (one, unless told), which matters to time pots."""
    if (contributions is None) == (drops is None):
        raise ValueError("either contributions or drops end a simulation")
    game = _Game(terms, below, rate or Fraction(1))
    while not game.has_ended and game.played != contributions and (drops is None or game.figures[0].drops < drops):
        game.play()
    return Simulation(
        contributions=game.played,
        contribution_micros=terms.contribution_micros,
        household_micros=game.household,
        opened_micros=sum(pot.initial_seed_micros for pot in terms.pots),
        held_micros=sum(pot.value_micros + pot.reserve_micros + pot.boost_micros for pot in game.pots),
        pots=game.figures,
        has_ended=game.has_ended,
    )


class _Game:
    """The pots, the clock and the score."""

    def __init__(self, terms: TemplateTerms, below: Below, rate: Fraction) -> None:
        self.terms = terms
        self.pots = [_open(pot) for pot in terms.pots]
        self.figures = [PotFigures(code=pot.code) for pot in terms.pots]
        self.played = self.household = 0
        self.has_ended = False
        self._by_code = {figure.code: figure for figure in self.figures}
        self._began = dict.fromkeys(self._by_code, 0)
        self._below = below
        self._step_ms = 1_000 / rate
        self._timed = [(pot, state) for pot, state in zip(terms.pots, self.pots, strict=True) if state.window]
        self._in_window = dict.fromkeys(self._by_code, 0)
        self._attempt = Contribution("", terms.contribution_micros, terms.currency, _ONE, _ONE)

    def play(self) -> None:
        """One contribution, after the deadlines that have passed before it."""
        if self._timed:
            at_ms = int(self.played * self._step_ms)
            self._attempt = msgspec.structs.replace(self._attempt, at_ms=at_ms)
            self._pass_deadlines(at_ms)
            if self.has_ended:
                return
        settled = settle_one(self.terms, self.pots, self._attempt, draw=self._draw, next_secret=_no_secret)
        self.played += 1
        self.household += settled.household_micros
        self.has_ended = settled.ended
        if settled.win is not None:
            self._note(settled.win)
        for pot, state in self._timed:
            if state.window is not None and self._attempt.at_ms >= state.window.starts_ms:
                self._in_window[pot.code] += 1

    def _pass_deadlines(self, at_ms: int) -> None:
        """All contributions are alike, so that it does not matter which of a window's wins."""
        for pot, state in self._timed:
            window = state.window
            if window is None or at_ms < window.ends_ms or state.closed:
                continue
            if self._in_window[pot.code]:
                win = award(pot, state, self._attempt, next_secret=_no_secret)
                if win is not None:
                    self._note(win)
                    self.has_ended = all(one.closed for one in self.pots)
            state.window = window.moved_on(at_ms)
            self._in_window[pot.code] = 0

    def _draw(self, _secret: bytes, _prefix: bytes, _contribution_id: str, n: int) -> int:
        return self._below(n) if n > 1 else 0

    def _note(self, win: Win) -> None:
        figure = self._by_code[win.code]
        figure.counts.append(self.played - self._began[win.code])
        figure.payouts.append(win.payout.cost_micros)
        figure.deficits.append(win.reseed.deficit_micros)
        self._began[win.code] = self.played
        self._in_window[win.code] = 0


def alone(terms: TemplateTerms, pot: PotTerms) -> TemplateTerms:
    """The same template with this pot only; what the others had goes to the house."""
    rest = PPM - pot.share_ppm
    return msgspec.structs.replace(terms, pots=(pot,), household_ppm=rest)


def _open(pot: PotTerms) -> PotState:
    return PotState(
        pot_id=pot.code,
        instance_id="",
        code=pot.code,
        cycle=1,
        value_micros=pot.initial_seed_micros,
        reserve_micros=0,
        boost_micros=0,
        armed=False,
        secret=b"",
        window=Window(0, pot.period_ms) if pot.kind == "time" else None,
    )


def _no_secret(_pot: PotState) -> bytes:
    return b""
