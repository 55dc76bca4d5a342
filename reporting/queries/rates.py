"""The rates of an operator as they were noted."""

from datetime import datetime

import msgspec
from django.db import connection

from reporting.models import JOURNAL, NotedRate
from reporting.rules.rates import Rate, RateHistory

Noted = dict[str, list[Rate]]


def noted_rates() -> Noted:
    """What was noted, by operator."""
    rows = NotedRate.objects.order_by("since", "pk")
    found: Noted = {}
    for operator, brand_id, currency, since, multiplier in rows.values_list(
        "operator_id", "brand_id", "currency", "since", "multiplier"
    ):
        found.setdefault(operator, []).append(Rate(brand_id, currency, since, multiplier))
    return found


class AsOf(msgspec.Struct, frozen=True):
    """How far the rollups have come: everything that transactions below `horizon` wrote, known at `at`."""

    horizon: int
    at: datetime | None


_GROUND = """
SELECT c.horizon::text, c.moved_at, r.brand_id, r.currency, r.since, r.multiplier
FROM (VALUES (1)) AS one (row)
LEFT JOIN reporting_rollupcursor c ON c.name = %(cursor)s
LEFT JOIN reporting_notedrate r ON r.operator_id = %(operator)s
"""


def rates_and_cursor(operator_id: str, base_currency: str) -> tuple[RateHistory, AsOf]:
    """The rates of one operator and the place of the fold, in one read."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUND, {"cursor": JOURNAL, "operator": operator_id})
        rows = cursor.fetchall()
    horizon, moved_at = rows[0][:2]
    rates = [Rate(*row[2:]) for row in rows if row[3] is not None]
    return RateHistory(base_currency, rates), AsOf(int(horizon or 0), moved_at)
