"""Add the ledger's new lines to the sums of their days."""

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from jackpots.models.ledger_sums import LINES, LedgerHorizon
from jackpots.queries.journal import horizon

BATCH: Final = 20_000

# All transfers of one transaction go together, even where it alone made more than was asked for.
_HIGH: Final = """
SELECT coalesce((
    SELECT (t.transaction_id::text::bigint + (t.transaction_id = (
        SELECT min_id.transaction_id FROM jackpots_transfer min_id
        WHERE min_id.transaction_id >= %(low)s::xid8 ORDER BY min_id.transaction_id LIMIT 1))::int)::text
    FROM jackpots_transfer t WHERE t.transaction_id >= %(low)s::xid8 AND t.transaction_id < %(high)s::xid8
    ORDER BY t.transaction_id OFFSET %(rows)s LIMIT 1
), %(high)s)
"""
_FOLD: Final = """
WITH part AS (
    SELECT id, operator_id, kind FROM jackpots_transfer
    WHERE transaction_id >= %(low)s::xid8 AND transaction_id < %(high)s::xid8
), folded AS (
    INSERT INTO jackpots_daysum AS d (operator_id, account_id, day, kind, inflow_micros, outflow_micros)
    SELECT l.operator_id, l.account_id, (l.occurred_at AT TIME ZONE o.accounting_zone)::date, p.kind,
           coalesce(sum(l.amount_micros) FILTER (WHERE l.amount_micros > 0), 0)::bigint,
           coalesce(-sum(l.amount_micros) FILTER (WHERE l.amount_micros < 0), 0)::bigint
    FROM part p
    JOIN jackpots_line l ON l.transfer_id = p.id
    JOIN tenancy_operator o ON o.id = p.operator_id
    GROUP BY 1, 2, 3, 4
    ON CONFLICT (operator_id, account_id, day, kind) DO UPDATE
    SET inflow_micros = d.inflow_micros + excluded.inflow_micros,
        outflow_micros = d.outflow_micros + excluded.outflow_micros
)
SELECT count(*) FROM part
"""


def fold_ledger(*, now: datetime, transfers: int = BATCH) -> int:
    """Fold about so many transfers that lie between the horizon and the oldest running transaction; how many it was.

    The sums and the horizon move in one transaction: no line is folded twice, and a fold that dies is as if it had not
    begun; two at once take turns. 0 is up to date.
    """
    with transaction.atomic():
        LedgerHorizon.objects.bulk_create([LedgerHorizon(name=LINES, horizon=0, moved_at=now)], ignore_conflicts=True)
        reached = LedgerHorizon.objects.select_for_update().get(name=LINES)
        low = reached.horizon
        high = max(low, horizon())
        with connection.cursor() as cursor:
            cursor.execute(_HIGH, {"low": str(low), "high": str(high), "rows": transfers})
            high = int(cursor.fetchone()[0])
            cursor.execute(_FOLD, {"low": str(low), "high": str(high)})
            folded: int = cursor.fetchone()[0]
        reached.horizon, reached.moved_at = high, now
        reached.save(update_fields=["horizon", "moved_at"])
    return folded
