"""What one contribution does to its jackpot, computed in memory on the pots that the caller holds locked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import msgspec

from backoffice.core.money import Payout, payout
from jackpots.rules.drop import chance
from jackpots.rules.seeding import Reseed, place, reseed
from jackpots.rules.split import divide
from jackpots.rules.terms import PotTerms, TemplateTerms

Draw = Callable[[bytes, bytes, str, int], int]
"""(secret, prefix of the message, contribution id, n) -> a number below n; jackpots.randomness.draw is one."""


@dataclass(slots=True)
class PotState:
    """A pot as it stands now; settle_one changes it. Amounts are micro-units of the jackpot's currency."""

    pot_id: str
    instance_id: str
    code: str
    cycle: int
    value_micros: int
    reserve_micros: int
    boost_micros: int
    armed: bool
    secret: bytes
    draw_prefix: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.draw_prefix = self._prefix()

    def start_cycle(self, value_micros: int, secret: bytes) -> None:
        """Begin the next cycle with this value and this secret."""
        self.cycle += 1
        self.value_micros = value_micros
        self.armed = False
        self.secret = secret
        self.draw_prefix = self._prefix()

    def _prefix(self) -> bytes:
        return f"{self.instance_id}|{self.code}|{self.cycle}|".encode()


NextSecret = Callable[[PotState], bytes]
"""The secret of the cycle after the one the pot is in."""


class Contribution(msgspec.Struct, frozen=True, gc=False):
    """A contribution that has been accepted. The amount is in the jackpot's currency."""

    contribution_id: str
    amount_micros: int
    player_currency: str
    jackpot_multiplier: Decimal
    player_multiplier: Decimal


class PotLine(msgspec.Struct, frozen=True, gc=False):
    """What the contribution did to one pot, and its draw.

    `excess_micros` was first part of `to_pot_micros` and went on to the reserve, because the pot is at its ceiling.
    `value_before_micros` and `value_after_micros` are the two values of the hazard: before the contribution, and with
    all of `to_pot_micros`.
    """

    pot_id: str
    code: str
    to_pot_micros: int
    to_reserve_micros: int
    excess_micros: int
    value_before_micros: int
    value_after_micros: int
    cycle: int
    numerator: int
    denominator: int
    number: int
    hit: bool
    armed_before: bool


class Win(msgspec.Struct, frozen=True):
    """The pot that was won. `value_micros` = cost + residual; the residual stands in the reserve before the reseed."""

    pot_id: str
    code: str
    cycle: int
    value_micros: int
    player_currency: str
    payout: Payout
    reseed: Reseed


class Settled(msgspec.Struct, frozen=True):
    """All postings of one contribution: the house's part, a line for each pot as the terms order them, the win."""

    household_micros: int
    lines: tuple[PotLine, ...]
    win: Win | None


class _Hit(msgspec.Struct, frozen=True):
    pot: PotTerms
    state: PotState
    paid: Payout


def settle_one(
    terms: TemplateTerms,
    pots: Sequence[PotState],
    contribution: Contribution,
    *,
    draw: Draw,
    next_secret: NextSecret,
) -> Settled:
    """Divide the contribution, draw for every pot, and let the most valuable hit win.

    `pots` stand in the order of `terms.pots` and are changed in place. The other hits stay armed: the next
    contribution hits them for certain. So does a hit whose payout would be less than the player's smallest coin.
    ValueError if the pots are not those of the terms.
    """
    household, shares = divide(contribution.amount_micros, terms.household_ppm, _shares(terms))
    lines: list[PotLine] = []
    hits: list[_Hit] | None = None
    for pot, state, share in zip(terms.pots, pots, shares, strict=True):
        line = _contribute(pot, state, share, contribution, draw)
        lines.append(line)
        if line.hit:
            hits = hits or []
            hits.append(_Hit(pot, state, _payout(state, contribution)))
    win = _win(hits, contribution, next_secret) if hits else None
    return Settled(household, tuple(lines), win)


def _shares(terms: TemplateTerms) -> tuple[int, ...]:
    return tuple([pot.share_ppm for pot in terms.pots])


def _contribute(pot: PotTerms, state: PotState, share: int, contribution: Contribution, draw: Draw) -> PotLine:
    if pot.code != state.code:
        raise ValueError(f"pot {state.code!r} stands where the terms have {pot.code!r}")
    to_pot, to_reserve = place(pot, share, state.reserve_micros)
    before, armed = state.value_micros, state.armed
    after = before + to_pot
    numerator, denominator = chance(
        pot, contribution_micros=contribution.amount_micros, before_micros=before, after_micros=after, armed=armed
    )
    number = draw(state.secret, state.draw_prefix, contribution.contribution_id, denominator)
    ceiling = pot.ceiling_micros
    excess = after - ceiling if ceiling is not None and after > ceiling else 0
    state.value_micros = after - excess
    state.reserve_micros += to_reserve + excess
    hit = number < numerator
    if hit:
        state.armed = True
    return PotLine(
        state.pot_id,
        state.code,
        to_pot,
        to_reserve,
        excess,
        before,
        after,
        state.cycle,
        numerator,
        denominator,
        number,
        hit,
        armed,
    )


def _payout(state: PotState, contribution: Contribution) -> Payout:
    return payout(
        state.value_micros,
        jackpot_multiplier=contribution.jackpot_multiplier,
        player_multiplier=contribution.player_multiplier,
        player_currency=contribution.player_currency,
    )


def _win(hits: list[_Hit], contribution: Contribution, next_secret: NextSecret) -> Win | None:
    payable = [hit for hit in hits if hit.paid.pay_micros > 0]
    if not payable:
        return None
    # Of equal values the earlier pot wins: max() keeps the first, and the hits stand in the order of position.
    best = max(payable, key=lambda hit: hit.state.value_micros)
    state, cycle, value = best.state, best.state.cycle, best.state.value_micros
    started = reseed(best.pot, state.reserve_micros + best.paid.residual_micros, state.boost_micros)
    state.reserve_micros = started.reserve_left_micros
    state.boost_micros = started.boost_left_micros
    state.start_cycle(started.seed_micros, next_secret(state))
    return Win(state.pot_id, state.code, cycle, value, contribution.player_currency, best.paid, started)
