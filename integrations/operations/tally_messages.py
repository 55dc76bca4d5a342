"""Count what became of messages, by outcome and code."""

from collections import Counter

from django.db import connection

from integrations.operations.settle_messages import Feed


def tally_messages(feed: Feed, counts: Counter[tuple[str, str]]) -> None:
    """Add to the counts, in the order of their keys; a count may be negative."""
    rows = [(*key, count) for key, count in sorted(counts.items()) if count]
    if not rows:
        return
    buckets, codes, numbers = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO integrations_feedtally AS t (operator_id, integration_id, outcome, code, count, last_at)
            SELECT %s, %s, k.*, %s FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS k
            ON CONFLICT (operator_id, integration_id, outcome, code)
            DO UPDATE SET count = t.count + excluded.count, last_at = excluded.last_at
            """,
            [feed.operator_id, feed.integration_id, feed.now, buckets, codes, numbers],
        )
