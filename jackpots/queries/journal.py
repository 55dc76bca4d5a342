"""The journal by cursor: what was written by transactions that are over, summed for rollups."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from backoffice.tenancy.scope import Scope


class Window(NamedTuple):
    """Transactions from `low` to before `high`. None of them is still running."""

    low: int
    high: int


class PlayerPart(NamedTuple):
    """Equal contributions of a player on a UTC day in an instance: `amount_micros` each, in the instance's currency.

    `span` is the number of the span that they lie in; `slot` counts the cuts that lie before or at their time.
    `base_wager_micros` is the sum of their wagers in the instance's currency. `cost_micros` is what each of them won,
    None where they won nothing.
    """

    span: int
    operator_id: str
    brand_id: str
    instance_id: UUID
    currency: str
    player_id: str
    day: date
    slot: int
    amount_micros: int
    cost_micros: int | None
    times: int
    base_wager_micros: int


class WagerPart(NamedTuple):
    """Equal base wagers of a UTC day in an instance: `wager_micros` each, in the players' currency."""

    span: int
    operator_id: str
    brand_id: str
    instance_id: UUID
    day: date
    slot: int
    currency: str
    wager_micros: int
    times: int


Span = tuple[datetime | None, datetime | None]
"""From an instant (None: the beginning) to before another (None: for ever)."""

_SLOT = "width_bucket(c.accepted_at, %(cuts)s::timestamptz[])"
_DAY = "(c.accepted_at AT TIME ZONE 'UTC')::date"
_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
_FIRST_AND_NTH = """
SELECT (SELECT transaction_id::text FROM jackpots_contribution
        WHERE transaction_id >= %(low)s::xid8 AND transaction_id < %(high)s::xid8
        ORDER BY transaction_id LIMIT 1),
       (SELECT transaction_id::text FROM jackpots_contribution
        WHERE transaction_id >= %(low)s::xid8 AND transaction_id < %(high)s::xid8
        ORDER BY transaction_id OFFSET %(rows)s LIMIT 1)
"""
_SPANS = """
JOIN (
    SELECT number, coalesce(since, '-infinity') AS since, coalesce(until, 'infinity') AS until
    FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) WITH ORDINALITY AS u (since, until, number)
) s ON c.accepted_at >= s.since AND c.accepted_at < s.until
"""
_CHOSEN = """
c.transaction_id >= %(low)s::xid8 AND c.transaction_id < %(high)s::xid8
  AND (%(operator)s::text IS NULL OR c.operator_id = %(operator)s)
  AND (%(brands)s::text[] IS NULL OR c.brand_id = ANY(%(brands)s))
"""
_PLAYERS = f"""
SELECT s.number - 1, c.operator_id, c.brand_id, c.instance_id, i.currency, c.player_id, {_DAY}, {_SLOT},
       c.amount_micros, w.cost_micros, count(*), coalesce(sum(round(c.base_wager_micros / c.rate)), 0)::bigint
FROM jackpots_contribution c {_SPANS}
JOIN jackpots_instance i ON i.id = c.instance_id
LEFT JOIN jackpots_win w ON c.win_pot IS NOT NULL AND w.contribution_id = c.id
WHERE {_CHOSEN}
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""  # noqa: S608 - made of constants
_WAGERS = f"""
SELECT s.number - 1, c.operator_id, c.brand_id, c.instance_id, {_DAY}, {_SLOT}, c.currency, c.base_wager_micros,
       count(*)
FROM jackpots_contribution c {_SPANS}
WHERE {_CHOSEN}
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""  # noqa: S608
_COUNTS = """
SELECT operator_id, brand_id, instance_id, count(*), coalesce(sum(amount_micros), 0)::bigint, count(win_pot)
FROM jackpots_contribution WHERE transaction_id >= %s::xid8 AND transaction_id < %s::xid8
GROUP BY 1, 2, 3
"""
_NEWEST = "SELECT transaction_id::text FROM jackpots_contribution ORDER BY transaction_id DESC LIMIT 1"
_REACHED = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text, pg_current_xact_id_if_assigned()::text"
_LAST = 2**63 - 1


class Slice(NamedTuple):
    """A part of the journal: transactions, a scope, and spans of time, numbered from 0; `cuts` divide it into slots."""

    window: Window
    cuts: Sequence[datetime] = ()
    scope: Scope = Scope(None)
    spans: Sequence[Span] = ((None, None),)


def horizon() -> int:
    """The oldest transaction that may still be running: everything below it is committed or gone for good."""
    with connection.cursor() as cursor:
        cursor.execute(_HORIZON)
        return int(cursor.fetchone()[0])


def ahead() -> int:
    """By how many transactions the journal is ahead of the database that it is in: 0, unless it was made elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        newest = cursor.fetchone()
        cursor.execute(_REACHED)
        following, own = cursor.fetchone()
    reached = max(int(following) - 1, int(own or 0))
    return max(int(newest[0]) - reached, 0) if newest else 0


def next_window(low: int, rows: int) -> Window:
    """The window from `low` that holds about `rows` contributions, or everything up to the horizon if that is less."""
    high = horizon()
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_AND_NTH, {"low": str(low), "high": str(high), "rows": rows})
        first, nth = cursor.fetchone()
    if nth is None:
        return Window(low, max(low, high))
    # All rows of one transaction go together, even where it alone wrote more than was asked for.
    return Window(low, int(nth) + (first == nth))


def below(high: int) -> Window:
    """Every transaction before `high`."""
    return Window(0, min(high, _LAST))


def counts(window: Window) -> list[tuple[str, str, UUID, int, int, int]]:
    """By operator, brand and instance: how many contributions, for how much, and how many of them won."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [str(window.low), str(window.high)])
        rows: list[tuple[str, str, UUID, int, int, int]] = cursor.fetchall()
    return rows


def player_parts(part: Slice) -> list[PlayerPart]:
    """Contributions by span, player, UTC day, slot, amount and win."""
    return [PlayerPart(*row) for row in _rows(_PLAYERS, part)]


def wager_parts(part: Slice) -> list[WagerPart]:
    """Base wagers by span, UTC day, slot, currency and size."""
    return [WagerPart(*row) for row in _rows(_WAGERS, part)]


def _rows(statement: str, part: Slice) -> Iterator[tuple[Any, ...]]:
    starts, ends = [start for start, _ in part.spans], [end for _, end in part.spans]
    parameters = {
        "low": str(part.window.low),
        "high": str(part.window.high),
        "cuts": list(part.cuts),
        "operator": part.scope.operator_id,
        "brands": None if part.scope.brand_ids is None else list(part.scope.brand_ids),
        "starts": starts,
        "ends": ends,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        yield from cursor.fetchall()
