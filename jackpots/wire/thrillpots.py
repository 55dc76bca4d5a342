"""The events of ThrillPots that campaigns live on (DRP-10…12): wins, prizes and opt-ins, one for each player."""

from dataclasses import dataclass
from typing import Final, Literal

from backoffice.core import json
from jackpots.wire.payout import PayoutRecord

POT_WIN: Final = "ThrillPotsWinEvent"
RAFFLE_WIN: Final = "ThrillPotsRaffleWinEvent"
OPT_IN: Final = "ThrillPotsOptInEvent"
MAX_GAME_ID: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class PotWinFacts:
    """What one player gets of a pot. `jackpot_id` is the same in all versions of a template (I-48); the contribution
    is the one that won, in micro-units of its currency, and none for who got a part of the community's."""

    jackpot_id: str
    instance_id: str
    pot_id: str
    winner: PayoutRecord
    payout_type: Literal["Main", "Community"]
    game_id: str | None = None
    contribution_micros: int | None = None
    contribution_currency: str | None = None


def pot_win_event(facts: PotWinFacts) -> dict[str, object]:
    """ThrillPotsWinEvent's data; amounts are numbers of units."""
    return {
        "jackpot_id": facts.jackpot_id,
        "instance_id": facts.instance_id,
        "pot_id": facts.pot_id,
        "player_brand_id": facts.winner.brand_id,
        "player_id": facts.winner.player_id,
        "currency": facts.winner.currency,
        "amount": json.json_number(facts.winner.pay_micros),
        "game_id": facts.game_id,
        "contribution": None if facts.contribution_micros is None else json.json_number(facts.contribution_micros),
        "contribution_currency": facts.contribution_currency,
        "payout_type": facts.payout_type,
    }


def raffle_win_event(raffle_id: str, instance_id: str, prize_id: str, winner: PayoutRecord) -> dict[str, object]:
    """ThrillPotsRaffleWinEvent's data."""
    return {
        "raffle_id": raffle_id,
        "instance_id": instance_id,
        "prize_id": prize_id,
        "player_brand_id": winner.brand_id,
        "player_id": winner.player_id,
        "currency": winner.currency,
        "amount": json.json_number(winner.pay_micros),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedFacts:
    """A player who went in, and what that player prefers to contribute, in micro-units of the currency."""

    jackpot_id: str
    brand_id: str
    player_id: str
    currency: str
    preferred_micros: int | None


def opted_in_event(facts: JoinedFacts) -> dict[str, object]:
    """ThrillPotsOptInEvent's data."""
    preferred = facts.preferred_micros
    return {
        "player_brand_id": facts.brand_id,
        "player_id": facts.player_id,
        "jackpot_id": facts.jackpot_id,
        "currency": facts.currency,
        "contribution": None if preferred is None else json.json_number(preferred),
    }


def game_of(metadata: object) -> str | None:
    """The game that a contribution's metadata names, where it names one."""
    told = metadata.get("game_id") if isinstance(metadata, dict) else None
    return told if isinstance(told, str) and 0 < len(told) <= MAX_GAME_ID else None
