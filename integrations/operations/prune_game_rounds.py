"""Forget game rounds with their bets and wins."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from integrations.models import FeedPosition

_IS_FREE: Final = """
    NOT EXISTS (
        SELECT 1 FROM integrations_gamesession s WHERE s.operator_id = r.operator_id AND s.brand_id = r.brand_id
            AND s.player_id = r.player_id AND s.started_at <= r.last_at AND s.last_at >= r.started_at)
"""
# Whoever never stops playing keeps old rounds for ever, and those must not hide the others. A young round is among the
# oldest nevertheless: it ends the search.
_OLD: Final = f"""
    SELECT id, integration_id FROM (
        SELECT * FROM integrations_gameround r WHERE last_at >= %s OR {_IS_FREE} ORDER BY id LIMIT %s
    ) oldest WHERE last_at < %s
"""  # noqa: S608 - the parts are constants of this module
_ROUNDS: Final = f"""
    DELETE FROM integrations_gameround r WHERE id = ANY(%s) AND last_at < %s AND {_IS_FREE}
    RETURNING operator_id, integration_id, round_id, player_id, currency
"""  # noqa: S608 - the parts are constants of this module
_ACTIVITIES: Final = """
    DELETE FROM integrations_gameactivity a
    USING unnest(%s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[])
        AS r (operator_id, integration_id, round_id, player_id, currency)
    WHERE a.operator_id = r.operator_id AND a.integration_id = r.integration_id AND a.round_id = r.round_id
        AND a.player_id = r.player_id AND a.currency = r.currency
"""


def prune_game_rounds(*, now: datetime, kept: timedelta, limit: int = 1_000) -> int:
    """Delete those of the `limit` oldest in which nothing happened since `now - kept`; gives how many.

    A round goes whole, under the lock of its feed's position: no batch builds it meanwhile. It stays for as long as
    the session that it is part of.
    """
    before = now - kept
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_OLD, [before, limit, before])
        found = cursor.fetchall()
        if not found:
            return 0
        positions = FeedPosition.objects.filter(integration_id__in={integration_id for _, integration_id in found})
        list(positions.select_for_update().order_by("pk").values_list("pk"))
        cursor.execute(_ROUNDS, [[key for key, _ in found], before])
        gone = cursor.fetchall()
        if gone:
            cursor.execute(_ACTIVITIES, [list(column) for column in zip(*gone, strict=True)])
        return len(gone)
