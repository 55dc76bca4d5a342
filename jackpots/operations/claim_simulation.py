"""Hold a report while it is played, so that one worker plays it; the hold ends with the worker's connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

_KEY = "hashtextextended('potluck simulation ' || %s, 0)"


@contextmanager
def claim_simulation(report_id: UUID) -> Iterator[bool]:
    """Whether the report is the caller's to play, until the block ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({_KEY})", [str(report_id)])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({_KEY})", [str(report_id)])
