"""Fold the journal into the rollups, outside the transactions that write it."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from datetime import datetime

from django.db import connection, transaction

from jackpots.queries import journal
from jackpots.queries.statistics import current_rates
from reporting.models import JOURNAL, NotedRate, RollupCursor
from reporting.queries.folding import Histories, all_histories, cuts_of, player_days, wager_buckets
from reporting.rules.folding import PlayerTotals

BATCH = 20_000

_AMOUNTS = [field.name for field in fields(PlayerTotals)]
_ARRAYS = ", ".join(["%s::bigint[]"] * len(_AMOUNTS))
_ADD_PLAYERS = f"""
INSERT INTO reporting_playerday AS day (operator_id, brand_id, instance_id, player_id, day, {", ".join(_AMOUNTS)})
SELECT * FROM unnest(%s::text[], %s::text[], %s::uuid[], %s::text[], %s::date[], {_ARRAYS})
ON CONFLICT (operator_id, brand_id, instance_id, player_id, day) DO UPDATE
SET {", ".join(f"{name} = day.{name} + excluded.{name}" for name in _AMOUNTS)}
"""  # noqa: S608 - made of constants
_ADD_BUCKETS = """
INSERT INTO reporting_wagerbucket AS bucket (operator_id, brand_id, instance_id, day, upper_micros, count)
SELECT * FROM unnest(%s::text[], %s::text[], %s::uuid[], %s::date[], %s::bigint[], %s::bigint[])
ON CONFLICT (operator_id, brand_id, instance_id, day, upper_micros) DO UPDATE SET count = bucket.count + excluded.count
"""


def fold_rollups(*, now: datetime, rows: int = BATCH) -> int:
    """Fold about `rows` contributions that lie between the cursor and the oldest running transaction.

    The rollups and the cursor move in one transaction, so that what was folded is never folded twice and a fold that
    dies is as if it had not begun; two at once take turns. Answers how many contributions it folded: 0 is up to date.
    """
    with transaction.atomic():
        cursor = _locked_cursor(now)
        _note_rates()
        histories = all_histories()
        window = journal.next_window(cursor.horizon, rows)
        part = journal.Slice(window, cuts_of(histories))
        folded = _fold(part, histories)
        cursor.horizon, cursor.moved_at = window.high, now
        cursor.save(update_fields=["horizon", "moved_at"])
    return folded


def _locked_cursor(now: datetime) -> RollupCursor:
    RollupCursor.objects.bulk_create([RollupCursor(name=JOURNAL, horizon=0, moved_at=now)], ignore_conflicts=True)
    return RollupCursor.objects.select_for_update().get(name=JOURNAL)


def _note_rates() -> None:
    rows = [
        NotedRate(
            operator_id=rate.operator_id,
            brand_id=rate.brand_id,
            currency=rate.currency,
            multiplier=rate.multiplier,
            since=rate.changed_at,
        )
        for rate in current_rates()
    ]
    NotedRate.objects.bulk_create(rows, ignore_conflicts=True)


def _fold(part: journal.Slice, histories: Histories) -> int:
    if part.window.low >= part.window.high:
        return 0
    days = player_days(part, histories)
    if not days:
        return 0
    _add(_ADD_PLAYERS, [(*key, *astuple(totals)) for key, totals in days.items()])
    _add(_ADD_BUCKETS, [(*key, count) for key, count in wager_buckets(part, histories)[0].items()])
    return sum(totals.contribution_count for totals in days.values())


def _add(statement: str, rows: Iterable[Sequence[object]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
