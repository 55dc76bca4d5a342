"""Give the outbox's new rows their numbers."""

from typing import Final

from django.db import connection, transaction

LOCK: Final = 0x50_4F_54_4C_55_43_4B_01

_NUMBER: Final = """
WITH head AS (
    SELECT greatest(
        (SELECT coalesce(max(sequence), 0) FROM events_outboxevent),
        (SELECT coalesce(max(sequence), 0) FROM events_subscribercursor)
    ) AS last
), ended AS (
    SELECT event_id, row_number() OVER (ORDER BY transaction_id, position) AS place
    FROM (
        SELECT event_id, transaction_id, position
        FROM events_outboxevent
        WHERE sequence IS NULL AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY transaction_id, position
        LIMIT %s
    ) AS oldest
)
UPDATE events_outboxevent AS event
SET sequence = head.last + ended.place
FROM ended, head
WHERE event.event_id = ended.event_id
"""


def sequence_outbox(*, limit: int = 5_000) -> int:
    """Number up to `limit` rows, contiguously, in the order of (transaction, position); gives how many.

    Only rows whose transaction is older than every running one are numbered, so that none can appear below a number
    that was given already. One process at a time does it; to the others there is nothing to do (0).
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        held = cursor.fetchone()
        if held is None or not held[0]:
            return 0
        cursor.execute(_NUMBER, [limit])
        return int(cursor.rowcount)
