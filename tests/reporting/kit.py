"""Acts that the tests of reporting share: contributions at instants of their own, wins, settlements."""

from datetime import datetime
from typing import Any

from backoffice.core.errors import Refusal
from jackpots.models import Instance, Source
from jackpots.operations.contribute import contribute
from jackpots.rules.contribution import ContributionResult
from reporting.models import PlayerDay, WagerBucket
from reporting.operations.fold_rollups import fold_rollups
from tests.cast import House


def give(
    house: House, target: Source | Instance, at: datetime, *, times: int = 1, player: str = "player_00001", **values: Any
) -> list[ContributionResult]:
    """`times` contributions of one player in one batch, all accepted."""
    answers = contribute([house.request(target, player, **values) for _ in range(times)], now=at)
    for answer in answers:
        assert not isinstance(answer, Refusal), answer
    return answers  # type: ignore[return-value]


def fold_all(now: datetime, rows: int = 1000) -> int:
    """Fold until nothing is left."""
    total = 0
    while folded := fold_rollups(now=now, rows=rows):
        total += folded
    return total


def rollups() -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Every row of both rollups, in a fixed order."""
    days = [field.name for field in PlayerDay._meta.concrete_fields if field.name != "id"]
    buckets = [field.name for field in WagerBucket._meta.concrete_fields if field.name != "id"]
    return (
        sorted(PlayerDay.objects.values_list(*days), key=str),
        sorted(WagerBucket.objects.values_list(*buckets), key=str),
    )
