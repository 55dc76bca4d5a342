"""Write down how the counters of every connected feed stand, once a minute."""

from datetime import datetime

from django.db import connection


def sample_feeds(*, now: datetime) -> int:
    """How many feeds were sampled; a second call within the same minute samples none."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO integrations_feedsample
                (operator_id, integration_id, at, seen_count, used_count, filtered_count, refused_count, dead_count,
                 lag_count)
            SELECT p.operator_id, p.integration_id, date_trunc('minute', %s::timestamptz), sum(p.seen_count),
                   sum(p.used_count), sum(p.filtered_count), sum(p.refused_count), sum(p.dead_count), sum(p.lag_count)
            FROM integrations_feedposition p
            JOIN integrations_integration i ON i.operator_id = p.operator_id AND i.id = p.integration_id
            WHERE i.state = 'active'
            GROUP BY p.operator_id, p.integration_id
            ON CONFLICT (operator_id, integration_id, at) DO NOTHING
            """,
            [now],
        )
        return int(cursor.rowcount)
