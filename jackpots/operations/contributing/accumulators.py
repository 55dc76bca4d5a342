"""What a batch adds to the players' rows: counts and sums, when and in what they played last, and what they contributed
to each pot since it was last won.

The last is kept by the pots' slots beside the cycle it belongs to: with another cycle it counts from nothing, so that a
win resets every player's without touching a row.
"""

from collections.abc import Sequence

from jackpots.operations.contributing.batch import Accepted, Batch, LockedPot
from jackpots.queries.arrays import array, text_array

_NONE = "{}"
Key = tuple[str, str, str]


class _Sum:
    """One player's part of the batch; `since` is by slot, where a pot was won in it."""

    __slots__ = ("amount", "count", "country", "currency", "since")

    def __init__(self, country: str) -> None:
        self.country = country
        self.currency = ""
        self.count = self.amount = 0
        self.since: list[int] | None = None


def accumulators(batch: Batch) -> dict[str, str]:
    """The parameters of the statement, a column each."""
    sums = _sums(batch)
    # In order, so that two batches that share players never wait for each other in a circle.
    keys = sorted(sums)
    rows = [sums[key] for key in keys]
    cycles = _cycles(batch)
    texts = {key: array(of_instance) for key, of_instance in cycles.items()}
    return {
        "instances": array([key[0] for key in keys]),
        "brands": text_array([key[1] for key in keys]),
        "players": text_array([key[2] for key in keys]),
        "countries": text_array([row.country for row in rows]),
        "counts": array([row.count for row in rows]),
        "amounts": array([row.amount for row in rows]),
        "currencies": text_array([row.currency for row in rows]),
        "slot_cycles": text_array([texts.get(key[0], _NONE) for key in keys]),
        "slot_sums": text_array(
            [_by_slot(row, len(cycles.get(key[0], ()))) for key, row in zip(keys, rows, strict=True)]
        ),
    }


def _by_slot(row: _Sum, width: int) -> str:
    """Where nothing was won all of it counts for each pot. Contributions without value count one each."""
    return array([row.amount or row.count] * width if row.since is None else row.since)


def _sums(batch: Batch) -> dict[Key, _Sum]:
    turned = {awarded.accepted.instance.key for awarded in batch.wins}
    sums: dict[Key, _Sum] = {}
    for accepted in batch.accepted:
        request, instance, amount = accepted.claim.request, accepted.instance, accepted.terms.amount_micros
        key = (instance.key, request.brand_id, request.player_id)
        row = sums.get(key)
        if row is None:
            row = sums[key] = _Sum(request.player_country)
        row.count += 1
        row.amount += amount
        row.currency = request.currency
        if instance.key in turned and instance.counts_per_win:
            _add(row, accepted, batch.pots[instance.key])
    return sums


def _cycles(batch: Batch) -> dict[str, list[int]]:
    """The cycles by slot of the instances that count what is contributed between two wins."""
    instances = {accepted.instance.key: accepted.instance for accepted in batch.accepted}
    return {key: _slots(batch.pots[key]) for key, instance in instances.items() if instance.counts_per_win}


def _slots(pots: Sequence[LockedPot]) -> list[int]:
    cycles = [0] * _width(pots)
    for pot in pots:
        cycles[pot.state.slot] = pot.state.cycle
    return cycles


def _width(pots: Sequence[LockedPot]) -> int:
    return 1 + max(pot.state.slot for pot in pots)


def _add(row: _Sum, accepted: Accepted, pots: Sequence[LockedPot]) -> None:
    """Where a pot was won in this batch, only what came after it counts."""
    if row.since is None:
        row.since = [0] * _width(pots)
    for pot, line in zip(pots, accepted.settled.lines, strict=True):
        if line.cycle == pot.state.cycle:
            row.since[pot.state.slot] += accepted.terms.amount_micros or 1
