"""Sums of the ledger over whole days: those that are folded, and the lines that are not yet, in one statement."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

from jackpots.queries.ledger import MonthSum

# A statement has one snapshot: what a fold moves from the lines to the sums meanwhile is seen once, on either side.
_MOVED: Final = """
WITH moved AS (
    SELECT d.account_id, d.day, d.kind, d.inflow_micros AS inflow, d.outflow_micros AS outflow
    FROM jackpots_daysum d WHERE d.operator_id = %(operator)s
    UNION ALL
    SELECT l.account_id, (l.occurred_at AT TIME ZONE o.accounting_zone)::date, t.kind,
           greatest(l.amount_micros, 0), greatest(-l.amount_micros, 0)
    FROM jackpots_transfer t
    JOIN jackpots_line l ON l.transfer_id = t.id
    JOIN tenancy_operator o ON o.id = t.operator_id
    WHERE t.operator_id = %(operator)s AND t.transaction_id >= coalesce(
        (SELECT horizon FROM jackpots_ledgerhorizon WHERE name = 'lines'), '0'::xid8)
)
"""
_CHOSEN: Final = """
FROM moved m JOIN jackpots_account a ON a.id = m.account_id
WHERE (%(instances)s::uuid[] IS NULL OR a.instance_id = ANY(%(instances)s))
  AND (%(first)s::date IS NULL OR m.day >= %(first)s) AND (%(last)s::date IS NULL OR m.day <= %(last)s)
"""
_MONTHS: Final = f"""
{_MOVED}
SELECT a.instance_id, date_trunc('month', m.day)::date, a.kind, a.pot_id, a.brand_id, a.currency, m.kind,
       sum(m.inflow)::bigint, sum(m.outflow)::bigint
{_CHOSEN}
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 7
"""
_HELD: Final = f"""
{_MOVED}
SELECT a.instance_id, a.kind, sum(m.inflow - m.outflow)::bigint
{_CHOSEN}
GROUP BY 1, 2
"""
_BALANCES: Final = f"""
{_MOVED}
SELECT a.id, sum(m.inflow - m.outflow)::bigint
{_CHOSEN}
GROUP BY 1
"""
# The proof: the sums against the lines below the horizon, each summed by itself.
_UNPROVEN: Final = """
WITH written AS (
    SELECT l.operator_id, l.account_id, (l.occurred_at AT TIME ZONE o.accounting_zone)::date AS day, t.kind,
           coalesce(sum(l.amount_micros) FILTER (WHERE l.amount_micros > 0), 0) AS inflow,
           coalesce(-sum(l.amount_micros) FILTER (WHERE l.amount_micros < 0), 0) AS outflow
    FROM jackpots_transfer t
    JOIN jackpots_line l ON l.transfer_id = t.id
    JOIN tenancy_operator o ON o.id = t.operator_id
    WHERE t.transaction_id < coalesce((SELECT horizon FROM jackpots_ledgerhorizon WHERE name = 'lines'), '0'::xid8)
    GROUP BY 1, 2, 3, 4
)
SELECT coalesce(d.account_id, w.account_id) || ' ' || coalesce(d.day, w.day) || ' ' || coalesce(d.kind, w.kind),
       'summed ' || coalesce(d.inflow_micros, 0) || ' in, ' || coalesce(d.outflow_micros, 0) || ' out; the lines '
       || coalesce(w.inflow, 0) || ', ' || coalesce(w.outflow, 0)
FROM jackpots_daysum d
FULL JOIN written w USING (operator_id, account_id, day, kind)
WHERE (coalesce(d.inflow_micros, 0), coalesce(d.outflow_micros, 0)) <> (coalesce(w.inflow, 0), coalesce(w.outflow, 0))
"""


def month_sums_of_days(
    operator_id: str,
    *,
    instance_ids: Collection[UUID] | None = None,
    first: date | None = None,
    last: date | None = None,
) -> list[MonthSum]:
    """Every movement of an operator from the one day to the other, both included, as ledger.month_sums has it; days
    and months are those of its accounting zone."""
    rows = _rows(_MONTHS, operator_id, instance_ids, (first, last))
    return [MonthSum(*row) for row in rows]


def held_after(
    operator_id: str, last: date, *, instance_ids: Collection[UUID] | None = None
) -> Mapping[UUID, Mapping[str, int]]:
    """What the accounts of an operator held when the day ended, in micro-units by instance and kind of account."""
    held: dict[UUID, dict[str, int]] = {}
    for instance_id, kind, micros in _rows(_HELD, operator_id, instance_ids, (None, last)):
        held.setdefault(instance_id, {})[kind] = micros
    return held


def account_totals(operator_id: str, *, instance_ids: Collection[UUID] | None = None) -> dict[int, int]:
    """What each account of an operator holds now, in micro-units by the account's row."""
    return dict(_rows(_BALANCES, operator_id, instance_ids, (None, None)))


def unproven_sums() -> list[tuple[str, str]]:
    """Each account's day whose sum is not what its lines come to: what it is, and what is wrong."""
    with connection.cursor() as cursor:
        cursor.execute(_UNPROVEN)
        return [(str(key), str(detail)) for key, detail in cursor.fetchall()]


def _rows(
    statement: str,
    operator_id: str,
    instance_ids: Collection[UUID] | None,
    days: tuple[date | None, date | None],
) -> list[Any]:
    parameters = {
        "operator": operator_id,
        "instances": None if instance_ids is None else list(instance_ids),
        "first": days[0],
        "last": days[1],
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
