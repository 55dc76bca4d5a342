"""The shapes that every door hands to contribute() and gets back."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec

from backoffice.core.ids import derived_text, id_of


class ContributionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A contribution as a door decoded it. `brand_id` is `operator:brand`; `base_wager_micros` is in `currency`."""

    operator_id: str
    brand_id: str
    player_id: str
    player_country: str
    target_type: Literal["source", "instance"]
    target_id: str
    gameround_id: str
    currency: str
    base_wager_micros: int
    metadata: Any = None
    token: str | None = None

    @property
    def target(self) -> str:
        """The target as it was sent: `source:<id>` or `instance:<id>` (rule B-01)."""
        return f"{self.target_type}:{self.target_id}"

    @property
    def contribution_id(self) -> UUID:
        """The id derived from the request key (rule B-01)."""
        return id_of(self.contribution_key)

    @property
    def contribution_key(self) -> str:
        """The same as a text."""
        return derived_text(
            "contribution", self.operator_id, self.brand_id, self.player_id, self.target, self.gameround_id
        )


class ContributionResult(msgspec.Struct, frozen=True, kw_only=True):
    """An accepted contribution; amounts in the player's currency (rule B-02). `is_replay`: answered before."""

    contribution_id: UUID
    contribution_micros: int
    contribution_currency: str
    gameround_id: str
    instance_id: UUID
    metadata: Any
    accepted_at: datetime
    win_micros: int
    win_pot_id: str | None
    win_withheld: bool = False
    tickets_awarded: int | None = None
    rate: Decimal
    is_replay: bool = False
