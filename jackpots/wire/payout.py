"""PayoutRecord: what one of several players gets of a pot (WIN-07, WIN-23, RAF-15)."""

from collections.abc import Iterable
from dataclasses import dataclass

from backoffice.core import json


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRecord:
    """What a player gets, in micro-units of the currency."""

    player_id: str
    brand_id: str
    currency: str
    pay_micros: int


def payout_records(records: Iterable[PayoutRecord]) -> list[dict[str, object]]:
    """A list of objects, one a player."""
    return [
        {
            "player_id": record.player_id,
            "brand_id": record.brand_id,
            "currency": record.currency,
            "win_amount": json.json_number(record.pay_micros),
        }
        for record in records
    ]
