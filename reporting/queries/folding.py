"""The journal's parts as the rollups take them: for the fold, and for the pieces of days that no rollup can answer."""

from collections.abc import Mapping
from datetime import datetime

from backoffice.tenancy.models import Operator
from jackpots.queries import journal
from reporting.queries.rates import noted_rates
from reporting.rules.folding import (
    UNCONVERTED,
    BucketKey,
    Contributed,
    Converter,
    PlayerKey,
    PlayerTotals,
    Wagered,
    buckets,
    players,
)
from reporting.rules.rates import RateHistory

Histories = Mapping[str, RateHistory]


def all_histories() -> dict[str, RateHistory]:
    """The rates of every operator."""
    noted = noted_rates()
    bases = Operator.objects.order_by("pk").values_list("id", "base_currency")
    return {operator_id: RateHistory(base, noted.get(operator_id, [])) for operator_id, base in bases}


def cuts_of(histories: Histories) -> list[datetime]:
    """Every instant at which some rate changed."""
    return sorted({cut for history in histories.values() for cut in history.cuts})


def player_days(part: journal.Slice, histories: Histories) -> dict[PlayerKey, PlayerTotals]:
    """The players' days in a slice of the journal, all its spans together."""
    contributed = (
        Contributed(
            PlayerKey(row.operator_id, row.brand_id, row.instance_id, row.player_id, row.day),
            row.currency, row.slot, row.amount_micros, row.cost_micros, row.times, row.base_wager_micros,
        )
        for row in journal.player_parts(part)
    )  # fmt: skip
    return players(contributed, Converter(part.cuts, histories))


def wager_buckets(part: journal.Slice, histories: Histories) -> list[dict[BucketKey, int]]:
    """The wagers in a slice of the journal, by bucket; one answer for each span."""
    wagered: list[list[Wagered]] = [[] for _ in part.spans]
    for row in journal.wager_parts(part):
        key = BucketKey(row.operator_id, row.brand_id, row.instance_id, row.day, UNCONVERTED)
        wagered[row.span].append(Wagered(key, row.currency, row.slot, row.wager_micros, row.times))
    rates = Converter(part.cuts, histories)
    return [buckets(rows, rates) for rows in wagered]
