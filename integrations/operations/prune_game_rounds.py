"""Forget game rounds with their bets and wins."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from integrations.models import FeedPosition

_OLD: Final = """
    SELECT id, integration_id FROM (SELECT * FROM integrations_gameround ORDER BY id LIMIT %s) oldest
    WHERE last_at < %s
"""
_ROUNDS: Final = """
    DELETE FROM integrations_gameround r WHERE id = ANY(%s) AND last_at < %s AND NOT EXISTS (
        SELECT 1 FROM integrations_gamesession s WHERE s.operator_id = r.operator_id AND s.brand_id = r.brand_id
            AND s.player_id = r.player_id AND s.started_at <= r.last_at AND s.last_at >= r.started_at)
    RETURNING operator_id, integration_id, round_id, player_id, currency
"""
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
        cursor.execute(_OLD, [limit, before])
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
