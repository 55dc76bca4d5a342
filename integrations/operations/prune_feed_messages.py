"""Forget messages that no broker sends again."""

from datetime import datetime, timedelta

from django.db import connection, transaction


def prune_feed_messages(*, now: datetime, kept: timedelta, limit: int = 5_000) -> int:
    """Delete those of the `limit` oldest that came before `now - kept`; gives how many.

    One that comes again afterwards is taken as new: its round holds it already, and its bet gets its old answer.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM integrations_feedmessage WHERE id IN (
                SELECT id FROM (SELECT id, received_at FROM integrations_feedmessage ORDER BY id LIMIT %s) oldest
                WHERE received_at < %s
            )
            """,
            [limit, now - kept],
        )
        deleted: int = cursor.rowcount
    return deleted
