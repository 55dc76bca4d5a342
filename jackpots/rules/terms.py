"""The terms of a published template, as plain values. Amounts are micro-units of the template's currency."""

from typing import Literal

import msgspec

PPM = 1_000_000
PotKind = Literal["value", "probability"]


class PotTerms(msgspec.Struct, frozen=True, kw_only=True):
    """One pot. `share_ppm` is its part of a contribution; `seed_share_ppm` the part of that share which is put by
    for the next seed until `min_reseed_micros` is collected. A pot that is not progressive pays the same each time."""

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
    max_magic_number: int | None = None
    cost_per_attempt_micros: int | None = None

    @property
    def ceiling_micros(self) -> int | None:
        """What the pot never exceeds: the upper end of a value pot."""
        return self.value_to_micros if self.kind == "value" else None


class TemplateTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of a jackpot. The pots stand in the order of their position."""

    template_id: str
    currency: str
    contribution_micros: int
    operator_contribution_ppm: int
    household_ppm: int
    opt_in_required: bool
    minimum_base_wager_micros: int | None = None
    maximum_base_wager_micros: int | None = None
    pots: tuple[PotTerms, ...]

    @property
    def is_operator_funded(self) -> bool:
        """Whether no part of a contribution is the player's."""
        return self.operator_contribution_ppm == PPM

    @property
    def is_zero_value(self) -> bool:
        """Whether a contribution is an attempt without money."""
        return self.contribution_micros == 0
