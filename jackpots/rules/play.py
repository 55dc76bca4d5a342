"""Plays a template by the very rules that real contributions meet, a part at a time.

A run is plain values: whoever keeps it can stop anywhere, and go on from there with the same numbers.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

import msgspec

from jackpots.rules.drops.time import Window
from jackpots.rules.raffle import awards, funding_needed
from jackpots.rules.rounds import Duration, DurationUnit
from jackpots.rules.seeding import reseed
from jackpots.rules.settled import Contribution, PotState, Win
from jackpots.rules.settlement import award, settle_one
from jackpots.rules.simulation import alone
from jackpots.rules.terms import PotTerms, TemplateTerms

Below = Callable[[int], int]
TOGETHER: Final = "together"
DAY_MS: Final = 86_400_000
USUAL_A_DAY: Final = 10_000
SAMPLES: Final = 2_000
BATCHES: Final = 50
_ONE: Final = Decimal(1)
_BY_TIME: Final = ("time", "raffle")


class PotRun(msgspec.Struct, kw_only=True):
    """One pot as it stands in a run, and what it did. `waits` counts drops by the contributions of their cycle."""

    code: str
    value_micros: int
    reserve_micros: int = 0
    cycle: int = 1
    armed: bool = False
    closed: bool = False
    hidden: int | None = None
    window_starts_ms: int | None = None
    began: int = 0
    in_window: int = 0
    drops: int = 0
    paid_micros: int = 0
    deficit_micros: int = 0
    waits: dict[int, int] = {}


class Phase(msgspec.Struct, kw_only=True):
    """What was played while the same pots were closed: none at first, then one limited pot more in each phase."""

    closed: list[str]
    contributions: int = 0
    paid_micros: int = 0
    deficit_micros: int = 0


class Run(msgspec.Struct, kw_only=True):
    """A template being played: all pots together, or one alone. `liabilities` are samples of what pots and reserves
    hold; `batches` what was paid in equal parts of the run."""

    name: str
    total: int
    played: int = 0
    household_micros: int = 0
    opened_micros: int = 0
    is_over: bool = False
    pots: list[PotRun]
    phases: list[Phase]
    liabilities: list[int] = []
    batches: list[int] = []

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to play."""
        return self.is_over or self.played >= self.total


def runs_of(terms: TemplateTerms, contributions: int) -> list[Run]:
    """What is to be played: all pots together, and where there are several each alone."""
    names = [TOGETHER] + ([pot.code for pot in terms.pots] if len(terms.pots) > 1 else [])
    return [_begin(name, terms_of_run(terms, name), contributions) for name in names]


def terms_of_run(terms: TemplateTerms, name: str) -> TemplateTerms:
    """The terms that a run is played by."""
    if name == TOGETHER:
        return terms
    return alone(terms, next(pot for pot in terms.pots if pot.code == name))


def play(terms: TemplateTerms, run: Run, *, below: Below, a_day: int | None, most: int) -> None:
    """Play at most so many contributions more; `terms` are those of the run, `a_day` spaces them in time."""
    _Table(terms_of_run(terms, run.name), run, below, a_day or USUAL_A_DAY).play(most)


def round_seconds(terms: TemplateTerms) -> int:
    """How long a raffle's round is. ValueError where the template does not say."""
    if not terms.duration_count or not terms.duration_unit:
        raise ValueError("the raffle has no duration")
    return int(Duration(terms.duration_count, DurationUnit(terms.duration_unit)).length.total_seconds())


def _begin(name: str, terms: TemplateTerms, contributions: int) -> Run:
    pots = [
        PotRun(
            code=pot.code, value_micros=pot.initial_seed_micros, window_starts_ms=0 if pot.kind in _BY_TIME else None
        )
        for pot in terms.pots
    ]
    opened = sum(pot.initial_seed_micros for pot in terms.pots)
    return Run(name=name, total=contributions, opened_micros=opened, pots=pots, phases=[Phase(closed=[])])


class _Table:
    """The states of a run as the rules take them, for as long as it is played."""

    def __init__(self, terms: TemplateTerms, run: Run, below: Below, a_day: int) -> None:
        self.terms, self.run, self.below, self.a_day = terms, run, below, a_day
        self.by_code = {pot.code: pot for pot in run.pots}
        self.states = [self._state(place) for place in range(len(terms.pots))]
        self.timed = [place for place, pot in enumerate(terms.pots) if pot.kind in _BY_TIME]

    def play(self, most: int) -> None:
        run = self.run
        left = min(most, run.total - run.played)
        sample, batch = max(1, run.total // SAMPLES), max(1, -(-run.total // BATCHES))
        steady = Contribution("", self.terms.contribution_micros, self.terms.currency, _ONE, _ONE)
        while left and not run.is_over:
            left -= 1
            if run.played // batch >= len(run.batches):
                run.batches.append(0)
            attempt = self._timed(steady) if self.timed else steady
            if self.run.is_over:
                break
            settled = settle_one(self.terms, self.states, attempt, draw=self._draw, next_secret=_no_secret)
            run.played += 1
            run.household_micros += settled.household_micros
            run.phases[-1].contributions += 1
            if settled.win is not None:
                self._note(settled.win)
            if run.played % sample == 0:
                run.liabilities.append(sum(state.value_micros + state.reserve_micros for state in self.states))
        self._keep()

    def _draw(self, _secret: bytes, _prefix: bytes, _message: str, n: int) -> int:
        return self.below(n) if n > 1 else 0

    def _timed(self, steady: Contribution) -> Contribution:
        at_ms = self.run.played * DAY_MS // self.a_day
        for place in self.timed:
            state = self.states[place]
            if state.window is None or state.closed:
                continue
            if at_ms >= state.window.ends_ms:
                self._end_window(place, msgspec.structs.replace(steady, at_ms=state.window.ends_ms - 1))
                state.window = state.window.moved_on(at_ms)
            if at_ms >= state.window.starts_ms:
                self.run.pots[place].in_window += 1
        return msgspec.structs.replace(steady, at_ms=at_ms)

    def _end_window(self, place: int, last: Contribution) -> None:
        """A window that nobody won goes to one of those who contributed in it: all contribute the same, so that it does
        not matter to whom. A round of a raffle is paid to its tickets."""
        state, terms, pot = self.states[place], self.terms.pots[place], self.run.pots[place]
        if not pot.in_window:
            return
        pot.in_window = 0
        if terms.kind == "raffle":
            self._resolve_round(state, terms)
        elif (win := award(terms, state, last, next_secret=_no_secret)) is not None:
            self._note(win)

    def _resolve_round(self, state: PotState, pot: PotTerms) -> None:
        given = awards(self.terms.prizes, pot_micros=state.value_micros, currency=self.terms.currency)
        paid = sum(one.value_micros for one in given)
        funded = funding_needed(given, pot_micros=state.value_micros)
        left = state.value_micros + funded - paid
        if not self.terms.rolls_over:
            self.run.household_micros += left
            left = 0
        started = reseed(pot, state.reserve_micros, state.boost_micros)
        state.reserve_micros = started.reserve_left_micros
        state.start_cycle(left + started.seed_micros, b"")
        self._count(state.code, paid, funded + started.deficit_micros)

    def _note(self, win: Win) -> None:
        community = win.community.community_micros if win.community else 0
        self._count(win.code, win.payout.cost_micros + community, win.reseed.deficit_micros)
        if win.closed:
            self.run.phases.append(Phase(closed=[*self.run.phases[-1].closed, win.code]))
            self.run.is_over = all(state.closed for state in self.states)

    def _count(self, code: str, paid_micros: int, deficit_micros: int) -> None:
        run, pot = self.run, self.by_code[code]
        wait = run.played - pot.began
        pot.waits[wait] = pot.waits.get(wait, 0) + 1
        pot.began, pot.in_window = run.played, 0
        pot.drops += 1
        run.batches[-1] += paid_micros
        for tally in (pot, run.phases[-1]):
            tally.paid_micros += paid_micros
            tally.deficit_micros += deficit_micros

    def _state(self, place: int) -> PotState:
        terms, pot = self.terms.pots[place], self.run.pots[place]
        state = PotState(
            pot_id=pot.code,
            instance_id="",
            code=pot.code,
            cycle=pot.cycle,
            value_micros=pot.value_micros,
            reserve_micros=pot.reserve_micros,
            boost_micros=0,
            armed=pot.armed,
            secret=b"",
            drops=pot.drops,
            closed=pot.closed,
        )
        if pot.window_starts_ms is not None:
            period_ms = terms.period_ms if terms.kind == "time" else round_seconds(self.terms) * 1_000
            state.window = Window(pot.window_starts_ms, pot.window_starts_ms + period_ms)
            state.hidden = pot.hidden
        return state

    def _keep(self) -> None:
        for pot, state in zip(self.run.pots, self.states, strict=True):
            pot.value_micros, pot.reserve_micros = state.value_micros, state.reserve_micros
            pot.cycle, pot.armed, pot.closed, pot.hidden = state.cycle, state.armed, state.closed, state.hidden
            pot.window_starts_ms = state.window.starts_ms if state.window is not None else None


def _no_secret(_pot: PotState) -> bytes:
    return b""
