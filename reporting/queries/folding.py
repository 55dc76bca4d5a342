"""The journal's parts as the rollups take them: for the fold, and for the pieces of days that no rollup can answer."""

from collections.abc import Mapping
from datetime import datetime

from backoffice.tenancy.models import Operator
from jackpots.queries import journal
from reporting.queries.rates import noted_rates
from reporting.rules.folding import (
    BucketKey,
    Contributed,
    Converter,
    PlayerKey,
    PlayerTotals,
    Wagered,
    Won,
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
    """The players' days in a slice of the journal."""
    contributed = (
        Contributed(
            PlayerKey(row.operator_id, row.brand_id, row.instance_id, row.player_id, row.day),
            row.currency, row.slot, row.amount_micros, row.times, row.base_wager_micros,
        )
        for row in journal.player_parts(part)
    )  # fmt: skip
    won = (
        Won(
            PlayerKey(row.operator_id, row.brand_id, row.instance_id, row.player_id, row.day),
            row.currency, row.slot, row.cost_micros,
        )
        for row in journal.won_parts(part)
    )  # fmt: skip
    return players(contributed, won, Converter(part.cuts, histories))


def wager_buckets(part: journal.Slice, histories: Histories) -> dict[BucketKey, int]:
    """The wagers in a slice of the journal, by bucket."""
    wagered = (
        Wagered(
            BucketKey(row.operator_id, row.brand_id, row.instance_id, row.day, 0),
            row.currency, row.slot, row.wager_micros, row.times,
        )
        for row in journal.wager_parts(part)
    )  # fmt: skip
    return buckets(wagered, Converter(part.cuts, histories))
