"""From parts of the journal to rows of the rollups."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from reporting.rules.rates import RateHistory
from reporting.rules.wagers import upper_end

UNCONVERTED = 0
"""The bucket of wagers that had no rate."""
_FIRST_SLOT = datetime.min.replace(tzinfo=UTC)


class PlayerKey(NamedTuple):
    """Whose day it is."""

    operator_id: str
    brand_id: str
    instance_id: UUID
    player_id: str
    day: date


class BucketKey(NamedTuple):
    """Which bar of which day it is."""

    operator_id: str
    brand_id: str
    instance_id: UUID
    day: date
    upper_micros: int


@dataclass(slots=True)
class PlayerTotals:
    """What a player's day adds up to; see reporting.models.PlayerDay."""

    contribution_count: int = 0
    contribution_micros: int = 0
    base_wager_micros: int = 0
    win_count: int = 0
    win_micros: int = 0
    contribution_base_micros: int = 0
    win_base_micros: int = 0
    unconverted_count: int = 0


class Contributed(NamedTuple):
    """Equal contributions: `amount_micros` each in `currency`, and `cost_micros` that each won (None: nothing)."""

    key: PlayerKey
    currency: str
    slot: int
    amount_micros: int
    cost_micros: int | None
    times: int
    base_wager_micros: int


class Wagered(NamedTuple):
    """Equal wagers of `wager_micros` in `currency`; the key's `upper_micros` is not known yet."""

    key: BucketKey
    currency: str
    slot: int
    wager_micros: int
    times: int


class Converter:
    """To each operator's base currency, by slots between cuts."""

    def __init__(self, cuts: Sequence[datetime], histories: Mapping[str, RateHistory]) -> None:
        self._cuts = cuts
        self._histories = histories

    def in_base(self, operator_id: str, brand_id: str, currency: str, slot: int, micros: int) -> int | None:
        """One amount at the rate of its slot; None where no rate is known."""
        at = self._cuts[slot - 1] if slot else _FIRST_SLOT
        return self._histories[operator_id].in_base(micros, brand_id, currency, at)


def players(contributed: Iterable[Contributed], rates: Converter) -> dict[PlayerKey, PlayerTotals]:
    """The days of the players. Every contribution is converted by itself, so that the order of folding is no matter."""
    totals: dict[PlayerKey, PlayerTotals] = {}
    for part in contributed:
        day = totals.setdefault(part.key, PlayerTotals())
        _contributed(day, part, rates)
        if part.cost_micros is not None:
            _won(day, part, part.cost_micros, rates)
    return totals


def _contributed(day: PlayerTotals, part: Contributed, rates: Converter) -> None:
    base = rates.in_base(part.key.operator_id, part.key.brand_id, part.currency, part.slot, part.amount_micros)
    day.contribution_count += part.times
    day.contribution_micros += part.amount_micros * part.times
    day.base_wager_micros += part.base_wager_micros
    day.contribution_base_micros += (base or 0) * part.times
    day.unconverted_count += part.times if base is None else 0


def _won(day: PlayerTotals, part: Contributed, cost_micros: int, rates: Converter) -> None:
    base = rates.in_base(part.key.operator_id, part.key.brand_id, part.currency, part.slot, cost_micros)
    day.win_count += part.times
    day.win_micros += cost_micros * part.times
    day.win_base_micros += (base or 0) * part.times
    day.unconverted_count += part.times if base is None else 0


def buckets(wagered: Iterable[Wagered], rates: Converter) -> dict[BucketKey, int]:
    """How many wagers fell into which bucket."""
    counts: dict[BucketKey, int] = {}
    for part in wagered:
        base = rates.in_base(part.key.operator_id, part.key.brand_id, part.currency, part.slot, part.wager_micros)
        key = part.key._replace(upper_micros=UNCONVERTED if base is None else upper_end(base))
        counts[key] = counts.get(key, 0) + part.times
    return counts
