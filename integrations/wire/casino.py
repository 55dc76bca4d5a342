"""A bet or a win of a casino, whichever feed it came from."""

from datetime import datetime
from typing import Any, Literal

import msgspec

OWN_JACKPOT = "OWN_JACKPOT"


class CasinoActivity(msgspec.Struct, frozen=True, kw_only=True):
    """One bet or win, or its rollback. Amounts are micro-units of `currency`; `base_micros` is the amount at its rate.

    `source_id` is None where no line of the mapping fits; then the bet contributes to nothing.
    """

    activity_id: str
    kind: Literal["bet", "win"]
    is_rollback: bool
    brand_id: str
    player_id: str
    player_country: str
    round_id: str
    game_id: str
    game_name: str
    game_type: str
    vendor_id: str
    vendor_name: str
    currency: str
    amount_micros: int
    bonus_micros: int
    base_micros: int
    balance_before_micros: int | None
    balance_after_micros: int | None
    is_round_end: bool
    happened_at: datetime
    is_timestamp_repaired: bool
    meta: dict[str, Any]
    source_id: str | None
