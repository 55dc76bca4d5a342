"""Hold a piece of work while it is done, so that one worker does it; the hold ends with the worker's connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

_KEY = "hashtextextended('potluck letter work ' || %s, 0)"


@contextmanager
def claim_letter_work(work_id: UUID) -> Iterator[bool]:
    """Whether the work is the caller's to do, until the block ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({_KEY})", [str(work_id)])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({_KEY})", [str(work_id)])
