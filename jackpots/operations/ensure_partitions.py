"""Make the ledger's next months."""

from datetime import date, datetime
from typing import Final

from django.db import connection, transaction

MONTHS_AHEAD: Final = 12
MONTHS_BEHIND: Final = 12


def ensure_partitions(*, now: datetime, ahead: int = MONTHS_AHEAD, behind: int = MONTHS_BEHIND) -> list[date]:
    """Make the partitions from `behind` months ago to `ahead` months on that are not there yet; gives their months."""
    made = []
    with transaction.atomic(), connection.cursor() as cursor:
        # Two at once would both find it missing.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('jackpots_ensure_line_partition'))")
        for offset in range(-behind, ahead + 1):
            year, month = divmod(now.year * 12 + now.month - 1 + offset, 12)
            first_day = date(year, month + 1, 1)
            cursor.execute("SELECT to_regclass(%s)", [f"jackpots_line_{first_day:%Y_%m}"])
            row = cursor.fetchone()
            if row is None or row[0] is None:
                cursor.execute("SELECT jackpots_ensure_line_partition(%s)", [first_day])
                made.append(first_day)
    return made
