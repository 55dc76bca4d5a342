"""What a batch adds to the players' rows: counts and sums, when and in what they played last, and what they contributed
to each pot since it was last won.

The last is kept by the pots' slots beside the cycle it belongs to: with another cycle it counts from nothing, so that a
win resets every player's without touching a row.
"""

from collections.abc import Sequence

from jackpots.operations.contributing.batch import Accepted, Batch, LockedPot
from jackpots.queries.arrays import array, text_array

_NONE = "{}"


class _Sum:
    """One player's part of the batch."""

    __slots__ = ("amount", "count", "country", "currency", "since")

    def __init__(self, country: str, slots: int) -> None:
        self.country = country
        self.currency = ""
        self.count = self.amount = 0
        self.since = [0] * slots


def accumulators(batch: Batch) -> dict[str, str]:
    """The parameters of the statement, a column each."""
    turned = {awarded.accepted.instance.key for awarded in batch.wins}
    slots = {key: _slots(pots) for key, pots in batch.pots.items()}
    sums: dict[tuple[str, str, str], _Sum] = {}
    for accepted in batch.accepted:
        request, instance = accepted.claim.request, accepted.instance
        key = (instance.key, request.brand_id, request.player_id)
        row = sums.get(key)
        if row is None:
            width = slots[instance.key] if instance.counts_per_win and instance.key in turned else 0
            row = sums[key] = _Sum(request.player_country, width)
        row.count += 1
        row.amount += accepted.terms.amount_micros
        row.currency = request.currency
        if row.since:
            _add(row.since, accepted, batch.pots[instance.key])
    # In order, so that two batches that share players never wait for each other in a circle.
    keys = sorted(sums)
    rows = [sums[key] for key in keys]
    cycles = {
        accepted.instance.key: _cycles(batch.pots[accepted.instance.key], slots[accepted.instance.key])
        for accepted in batch.accepted
        if accepted.instance.counts_per_win
    }
    return {
        "instances": array([key[0] for key in keys]),
        "brands": text_array([key[1] for key in keys]),
        "players": text_array([key[2] for key in keys]),
        "countries": text_array([row.country for row in rows]),
        "counts": array([row.count for row in rows]),
        "amounts": array([row.amount for row in rows]),
        "currencies": text_array([row.currency for row in rows]),
        "slot_cycles": text_array([cycles.get(key[0], _NONE) for key in keys]),
        "slot_sums": text_array(
            [_by_slot(row, slots[key[0]]) if key[0] in cycles else _NONE for key, row in zip(keys, rows, strict=True)]
        ),
    }


def _slots(pots: Sequence[LockedPot]) -> int:
    return 1 + max(pot.state.slot for pot in pots)


def _cycles(pots: Sequence[LockedPot], width: int) -> str:
    cycles = [0] * width
    for pot in pots:
        cycles[pot.state.slot] = pot.state.cycle
    return array(cycles)


def _add(since: list[int], accepted: Accepted, pots: Sequence[LockedPot]) -> None:
    """Where a pot was won in this batch, only what came after it counts."""
    for pot, line in zip(pots, accepted.settled.lines, strict=True):
        if line.cycle == pot.state.cycle:
            since[pot.state.slot] += accepted.terms.amount_micros or 1


def _by_slot(row: _Sum, width: int) -> str:
    """Contributions without value count one each."""
    return array(row.since or [row.amount or row.count] * width)
