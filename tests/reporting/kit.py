"""Acts that the tests of reporting share: contributions at instants of their own, wins, settlements."""

import time
from datetime import datetime
from typing import Any

from backoffice.core.errors import Refusal
from jackpots.models import Contribution, Instance, Source
from jackpots.operations.contribute import contribute
from jackpots.queries import journal
from jackpots.rules.contribution import ContributionResult
from reporting.models import JOURNAL, PlayerDay, RollupCursor, WagerBucket
from reporting.operations.fold_rollups import fold_rollups
from tests.cast import House

PATIENCE_SECONDS = 60.0


def give(
    house: House,
    target: Source | Instance,
    at: datetime,
    *,
    times: int = 1,
    player: str = "player_00001",
    **values: Any,
) -> list[ContributionResult]:
    """`times` contributions of one player in one batch, all accepted."""
    answers = contribute([house.request(target, player, **values) for _ in range(times)], now=at)
    for answer in answers:
        assert not isinstance(answer, Refusal), answer
    return answers  # type: ignore[return-value]


def fold_all(now: datetime, rows: int = 1000) -> int:
    """Fold until nothing is left. The horizon is the whole server's, so another test's transaction may hold it up for
    a moment: this waits for it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    total = 0
    while total == 0 or _are_left():
        folded = fold_rollups(now=now, rows=rows)
        total += folded
        if not folded:
            assert time.monotonic() < deadline, "some transaction holds the horizon of the fold"
            if not _are_left():
                break
            time.sleep(0.01)
    return total


def until_folding_is_possible() -> None:
    """Waits until no transaction of the server is older than the newest contribution."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Contribution.objects.filter(transaction_id__gte=journal.horizon()).exists():
        assert time.monotonic() < deadline, "some transaction holds the horizon of the fold"
        time.sleep(0.01)


def _are_left() -> bool:
    cursor = RollupCursor.objects.filter(name=JOURNAL).first()
    return Contribution.objects.filter(transaction_id__gte=cursor.horizon if cursor else 0).exists()


def rollups() -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Every row of both rollups, in a fixed order."""
    days = [field.name for field in PlayerDay._meta.concrete_fields if field.name != "id"]
    buckets = [field.name for field in WagerBucket._meta.concrete_fields if field.name != "id"]
    return (
        sorted(PlayerDay.objects.values_list(*days), key=str),
        sorted(WagerBucket.objects.values_list(*buckets), key=str),
    )
