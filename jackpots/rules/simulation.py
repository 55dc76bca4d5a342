"""Plays a template's pots many times over with the very rules that real contributions meet.

Where the numbers come from is the caller's: the same numbers give the same figures.
"""

from collections.abc import Callable
from decimal import Decimal

import msgspec

from jackpots.rules.settlement import Contribution, PotState, Settled, settle_one
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

    @property
    def turnover_micros(self) -> int:
        """All that was contributed."""
        return self.contributions * self.contribution_micros


def simulate(
    terms: TemplateTerms, *, below: Below, contributions: int | None = None, drops: int | None = None
) -> Simulation:
    """Play until so many contributions, or until the first pot has dropped so often. One of the two is given."""
    if (contributions is None) == (drops is None):
        raise ValueError("either contributions or drops end a simulation")
    pots = [_open(pot) for pot in terms.pots]
    figures = [PotFigures(code=pot.code) for pot in terms.pots]
    by_code = {figure.code: figure for figure in figures}
    began = dict.fromkeys(by_code, 0)
    played = household = 0
    attempt = Contribution("", terms.contribution_micros, terms.currency, _ONE, _ONE)

    def draw(_secret: bytes, _prefix: bytes, _contribution_id: str, n: int) -> int:
        return below(n) if n > 1 else 0

    while played != contributions and (drops is None or figures[0].drops < drops):
        settled = settle_one(terms, pots, attempt, draw=draw, next_secret=_no_secret)
        played += 1
        household += settled.household_micros
        if settled.win is not None:
            _note(settled, by_code, began, played)
    return Simulation(
        contributions=played,
        contribution_micros=terms.contribution_micros,
        household_micros=household,
        opened_micros=sum(pot.initial_seed_micros for pot in terms.pots),
        held_micros=sum(pot.value_micros + pot.reserve_micros + pot.boost_micros for pot in pots),
        pots=figures,
    )


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
    )


def _no_secret(_pot: PotState) -> bytes:
    return b""


def _note(settled: Settled, by_code: dict[str, PotFigures], began: dict[str, int], played: int) -> None:
    win = settled.win
    if win is None:
        return
    figure = by_code[win.code]
    figure.counts.append(played - began[win.code])
    figure.payouts.append(win.payout.cost_micros)
    figure.deficits.append(win.reseed.deficit_micros)
    began[win.code] = played
