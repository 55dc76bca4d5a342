"""What a settlement works on and what it comes to: a pot's state, a contribution, its lines, the win."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import msgspec

from backoffice.core.money import Payout
from jackpots.rules.drops.time import Window
from jackpots.rules.seeding import Reseed

Draw = Callable[[bytes, bytes, str, int], int]
"""(secret, prefix of the message, contribution id, n) -> a number below n; jackpots.randomness.draw is one."""


@dataclass(slots=True)
class PotState:
    """A pot as it stands now; settle_one changes it. Amounts are micro-units of the jackpot's currency.

    `slot` is the pot's number within the instance. A closed pot has dropped as often as it may. `window` is a time
    pot's, and `hidden` where in it the instant is, once that was asked for.
    """

    pot_id: str
    instance_id: str
    code: str
    cycle: int
    value_micros: int
    reserve_micros: int
    boost_micros: int
    armed: bool
    secret: bytes
    slot: int = 0
    drops: int = 0
    closed: bool = False
    window: Window | None = None
    hidden: int | None = None
    draw_prefix: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.draw_prefix = self._prefix()

    def start_cycle(self, value_micros: int, secret: bytes) -> None:
        """Begin the next cycle with this value and this secret."""
        self.cycle += 1
        self.value_micros = value_micros
        self.armed = False
        self.secret = secret
        self.hidden = None
        self.draw_prefix = self._prefix()

    def _prefix(self) -> bytes:
        return f"{self.instance_id}|{self.code}|{self.cycle}|".encode()


NextSecret = Callable[[PotState], bytes]
"""The secret of the cycle after the one the pot is in."""


class Contribution(msgspec.Struct, frozen=True, gc=False):
    """A contribution that has been accepted. The amount is in the jackpot's currency; `at_ms` is when it was accepted,
    in milliseconds since 1970, which matters to time pots only."""

    contribution_id: str
    amount_micros: int
    player_currency: str
    jackpot_multiplier: Decimal
    player_multiplier: Decimal
    at_ms: int = 0


class PotLine(msgspec.Struct, frozen=True, gc=False):
    """What the contribution did to one pot, and its draw.

    `excess_micros` was first part of `to_pot_micros` and went on to the reserve, because the pot is at its ceiling.
    `value_before_micros` and `value_after_micros` are the two values of the hazard: before the contribution, and with
    all of `to_pot_micros`. Of a closed pot nothing is drawn: its denominator is 0. Of a time pot that was not hit the
    number is the denominator, since the hidden instant is still to be kept.
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


class Community(msgspec.Struct, frozen=True):
    """How a won pot was shared: winner + community + unspent = its value.

    `residual_micros` is the part of the community's that is smaller than its players' coins, and goes to the reserve;
    `credits` is whatever the one who shared it wants to find again.
    """

    winner_micros: int
    community_micros: int
    residual_micros: int
    unspent_micros: int
    credits: tuple[object, ...] = ()


ShareOut = Callable[[PotState, Contribution, int], Community]
"""(the pot as it was won, who won it, its value) -> how the template's community strategies share it."""


class Win(msgspec.Struct, frozen=True):
    """The pot that was won. `value_micros` = cost + residual + community; the residual, with what of the community's
    nobody was found for, stands in the reserve before the reseed. `closed`: it was the pot's last drop."""

    pot_id: str
    code: str
    cycle: int
    value_micros: int
    player_currency: str
    payout: Payout
    reseed: Reseed
    residual_micros: int
    community: Community | None = None
    closed: bool = False


class Settled(msgspec.Struct, frozen=True):
    """All postings of one contribution: the house's part, a line for each pot as the terms order them, the win.

    `ended`: every pot has dropped for the last time, and the jackpot with it.
    """

    household_micros: int
    lines: tuple[PotLine, ...]
    win: Win | None
    ended: bool = False
