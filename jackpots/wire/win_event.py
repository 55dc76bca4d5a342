"""JackpotWinEvent's data (EVT-09, EDG-20): what every subscriber and every list of winners says of a win."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from backoffice.core import json
from backoffice.core.clock import epoch_ms
from jackpots.wire.payout import PayoutRecord, payout_records

MASKED: Final = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class WinFacts:
    """A win; amounts in micro-units of the jackpot's currency, multipliers as they stood when it was won."""

    brand_id: str
    player_id: str
    source_id: str | None
    instance_id: str
    jackpot_name: str
    jackpot_currency: str
    won_at: datetime
    pot_id: str
    value_micros: int
    seed_micros: int
    seed_deficit_micros: int
    is_withheld: bool
    base_currency: str
    multipliers: Mapping[str, Decimal]
    games: tuple[str, ...] = ()
    metadata: object = None
    community_winners: tuple[PayoutRecord, ...] | None = None


def win_event(win: WinFacts) -> dict[str, object]:
    """The union of the shapes that partners were shown (I-04); the pot's value in the jackpot's currency."""
    return {
        "brand_id": win.brand_id,
        "player_id": win.player_id,
        "source_id": win.source_id,
        "instance_id": win.instance_id,
        "jackpot_name": win.jackpot_name,
        "jackpot_currency": win.jackpot_currency,
        "timestamp": epoch_ms(win.won_at),
        "win_pot_id": win.pot_id,
        "win_amount": json.json_number(win.value_micros),
        "currency_multipliers": currency_multipliers(win.brand_id, win.base_currency, win.multipliers),
        "games_in_jackpot": win.games,
        "seed": json.json_number(win.seed_micros),
        "seed_deficit": json.json_number(win.seed_deficit_micros),
        "win_withheld": win.is_withheld,
        "community_winners": None if win.community_winners is None else payout_records(win.community_winners),
        "metadata": win.metadata,
    }


def without_player(event: dict[str, object]) -> dict[str, object]:
    """The same for viewers who may not all see the player, or the player's brand."""
    winners = event.get("community_winners")
    if isinstance(winners, list):
        winners = [winner | {"player_id": MASKED} for winner in winners]
    return event | {"player_id": MASKED, "metadata": None, "community_winners": winners}


def currency_multipliers(brand_id: str, base_currency: str, multipliers: Mapping[str, Decimal]) -> dict[str, object]:
    """Units of each currency for one of the base currency, by code (CUR-05)."""
    return {
        "brand_id": brand_id,
        "base_currency": base_currency,
        "multipliers": {code: json.json_decimal(multipliers[code]) for code in sorted(multipliers)},
    }
