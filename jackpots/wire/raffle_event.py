"""RaffleWinEvent and the events of payouts that failed (RAF-14…16, WIN-22, WIN-23), and a player's tickets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from backoffice.core import json
from backoffice.core.clock import epoch_ms
from jackpots.wire.payout import PayoutRecord, payout_records
from jackpots.wire.win_event import currency_multipliers


@dataclass(frozen=True, slots=True, kw_only=True)
class RaffleWinFacts:
    """A round that was drawn. `owner_id` is the brand that owns the raffle, else the operator."""

    owner_id: str
    instance_id: str
    jackpot_name: str
    jackpot_currency: str
    base_currency: str
    multipliers: Mapping[str, Decimal]
    drawn_at: datetime
    winners: tuple[PayoutRecord, ...]
    is_withheld: bool
    round_number: int
    ticket_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketsOfPlayer:
    """How many tickets a player has in a round of a raffle."""

    instance_id: str
    brand_id: str
    player_id: str
    ticket_count: int
    accumulated_micros: int
    round_number: int
    starts_at: datetime
    ends_at: datetime


def raffle_win_event(facts: RaffleWinFacts) -> dict[str, object]:
    """RaffleWinEvent's data, with the round's number and how many tickets it had beside what partners know."""
    return {
        "brand_id": facts.owner_id,
        "instance_id": facts.instance_id,
        "jackpot_name": facts.jackpot_name,
        "jackpot_currency": facts.jackpot_currency,
        "currency_multipliers": currency_multipliers(facts.owner_id, facts.base_currency, facts.multipliers),
        "timestamp": epoch_ms(facts.drawn_at),
        "winners": payout_records(facts.winners),
        "win_withheld": facts.is_withheld,
        "round": facts.round_number,
        "ticket_count": facts.ticket_count,
    }


def raffle_payout_error_event(instance_id: str, failed: Iterable[PayoutRecord]) -> dict[str, object]:
    """RafflePayoutErrorEvent's data."""
    return {"instance_id": instance_id, "failed_payouts": payout_records(failed)}


def community_payout_error_event(
    instance_id: str, gameround_id: str, tx_credit_id: str, failed: Iterable[PayoutRecord]
) -> dict[str, object]:
    """CommunityPayoutErrorEvent's data."""
    return {
        "instance_id": instance_id,
        "gameround_id": gameround_id,
        "tx_credit_id": tx_credit_id,
        "failed_payouts": payout_records(failed),
    }


def tickets_body(tickets: TicketsOfPlayer) -> dict[str, object]:
    """A player's tickets in one raffle, with all that partners were shown of it (I-09)."""
    return {
        "instance_id": tickets.instance_id,
        "brand_id": tickets.brand_id,
        "player_id": tickets.player_id,
        "ticket_count": tickets.ticket_count,
        "accumulated_cost": json.json_number(tickets.accumulated_micros),
        "round": tickets.round_number,
        "timestamp_start": epoch_ms(tickets.starts_at),
        "timestamp_end": epoch_ms(tickets.ends_at),
    }
