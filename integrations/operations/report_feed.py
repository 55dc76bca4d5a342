"""Tell what an owned feed is doing, and stay its owner by telling."""

from dataclasses import dataclass

from django.db import connection

from integrations.models import FeedStatus
from integrations.operations.own_feed import LEASE_SECONDS, OwnedFeed


class Fenced(Exception):  # noqa: N818 - not an error: another owner has the feed
    """Somebody else owns the feed now, or it was disconnected: this process must not write."""


@dataclass(frozen=True)
class FeedReport:
    """What to show: the status, a sentence, and how many messages wait at the broker where it tells."""

    status: FeedStatus
    detail: str = ""
    lag_count: int | None = None


def report_feed(
    owned: OwnedFeed, report: FeedReport, *, lease_seconds: int = LEASE_SECONDS, is_leaving: bool = False
) -> None:
    """Store the report and prolong the lease, or end it when leaving. Fenced if the feed is another's."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE integrations_feedposition
            SET status = %s, status_detail = %s, lag_count = %s,
                lease_until = CASE WHEN %s THEN NULL ELSE now() + %s * interval '1 second' END,
                owner = CASE WHEN %s THEN '' ELSE owner END
            WHERE id = %s AND owner_epoch = %s
            """,
            [
                report.status, report.detail[:300], report.lag_count, is_leaving, lease_seconds, is_leaving,
                owned.position_id, owned.epoch,
            ],
        )  # fmt: skip
        if cursor.rowcount == 0:
            raise Fenced
