"""The terms of a published template, as plain values. Amounts are micro-units of the template's currency."""

from typing import Literal

import msgspec

PPM = 1_000_000
JackpotType = Literal["Jackpot", "Raffle"]
PotKind = Literal["value", "probability", "time", "raffle"]
TimeRule = Literal["", "first_after", "stake_weighted"]
ContributionKind = Literal["fixed", "variable"]
LimitedShareTo = Literal["pots", "house", "seed"]


class PotTerms(msgspec.Struct, frozen=True, kw_only=True):
    """One pot. `share_ppm` is its part of a contribution; `seed_share_ppm` the part of that share which is put by
    for the next seed until `min_reseed_micros` is collected. A pot that is not progressive pays the same each time.

    `segments` are whole weights of equal parts of the values between which a value pot drops; none = one part.
    `ceiling_micros` is the most that a pot of another kind holds. With `max_drops` the pot is closed after so many.
    """

    code: str
    position: int
    share_ppm: int
    seed_share_ppm: int
    min_reseed_micros: int
    initial_seed_micros: int
    is_progressive: bool
    kind: PotKind
    value_from_micros: int | None = None
    value_to_micros: int | None = None
    segments: tuple[int, ...] = ()
    max_magic_number: int | None = None
    cost_per_attempt_micros: int | None = None
    time_rule: TimeRule = ""
    period_seconds: int | None = None
    ceiling_micros: int | None = None
    max_drops: int | None = None
    allows_external_trigger: bool = False

    @property
    def highest_micros(self) -> int | None:
        """What the pot never exceeds: the upper end of a value pot, the ceiling of any other."""
        return self.value_to_micros if self.kind == "value" else self.ceiling_micros

    @property
    def highest_seed_micros(self) -> int | None:
        """What the pot never starts above: the lower end of a value pot, the ceiling of any other."""
        return self.value_from_micros if self.kind == "value" else self.ceiling_micros

    @property
    def period_ms(self) -> int:
        """The length of a time pot's window in milliseconds; ValueError for a pot without one."""
        if not self.period_seconds:
            raise ValueError(f"pot {self.code!r} has no period")
        return self.period_seconds * 1_000


class AmountTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What a contribution is in one currency of the players, in micro-units of it; `allowed_micros` empty allows every
    amount from the minimum to the maximum."""

    currency: str
    default_micros: int
    minimum_micros: int
    maximum_micros: int
    allowed_micros: tuple[int, ...] = ()


class StrategyTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A part of every pot that is won, and whom it goes to instead of the winner.

    active: `count` players at random of those who contributed in the last `hours`; lifetime: the `count` who
    contributed the most to the jackpot; per_win: the `count` who contributed the most to the pot since its last win.
    """

    position: int
    kind: Literal["active", "lifetime", "per_win"]
    share_ppm: int
    count: int
    hours: int | None = None
    split: Literal["equal", "proportional"] = "equal"


class PrizeTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A rank of a raffle's prizes: `count` winners, each of whom gets the amount or the share of the pot."""

    rank: int
    kind: Literal["amount", "share"]
    amount_micros: int = 0
    share_ppm: int = 0
    count: int = 1


class TemplateTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of a jackpot. The pots stand in the order of their position, everything else as its table orders it.

    The fields from `ticket_price_micros` on are of raffles alone.
    """

    template_id: str
    jackpot_type: JackpotType = "Jackpot"
    currency: str
    contribution_kind: ContributionKind = "fixed"
    contribution_micros: int
    operator_contribution_ppm: int
    household_ppm: int
    opt_in_required: bool
    minimum_base_wager_micros: int | None = None
    maximum_base_wager_micros: int | None = None
    limited_share_to: LimitedShareTo = "pots"
    withhold_above_micros: int | None = None
    withhold_countries: tuple[str, ...] = ()
    community_unspent_to: Literal["seed", "winner"] = "seed"
    community_includes_winner: bool = False
    ticket_price_micros: int | None = None
    ticket_metric: Literal["", "contribution", "base_wager"] = ""
    duration_count: int | None = None
    duration_unit: Literal["", "seconds", "minutes", "hours", "days", "weeks"] = ""
    prizes_per_player: int | None = 1
    rolls_over: bool = True
    pots: tuple[PotTerms, ...]
    amounts: tuple[AmountTerms, ...] = ()
    strategies: tuple[StrategyTerms, ...] = ()
    prizes: tuple[PrizeTerms, ...] = ()

    @property
    def is_operator_funded(self) -> bool:
        """Whether no part of a contribution is the player's."""
        return self.operator_contribution_ppm == PPM

    @property
    def is_zero_value(self) -> bool:
        """Whether a contribution is an attempt without money."""
        return self.contribution_micros == 0

    @property
    def is_raffle(self) -> bool:
        """Whether its pot is paid out by rounds, to tickets."""
        return self.jackpot_type == "Raffle"

    @property
    def is_variable(self) -> bool:
        """Whether the player chooses what to contribute."""
        return self.contribution_kind == "variable"

    def amount_in(self, currency: str) -> AmountTerms | None:
        """What a contribution is in this currency of a player; None where it is converted."""
        return next((amount for amount in self.amounts if amount.currency == currency), None)
