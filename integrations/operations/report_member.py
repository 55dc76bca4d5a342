"""Tell what a member does, and how far behind its partitions are."""

from collections.abc import Iterable

from django.db import connection

from integrations.models import FeedStatus
from integrations.operations.feed_transaction import feed_transaction
from integrations.operations.own_feed import LEASE_SECONDS
from integrations.operations.own_partitions import Member, OwnedPartition
from integrations.operations.report_feed import FeedReport, Fenced


def report_member(
    member: Member, report: FeedReport, owned: Iterable[OwnedPartition] = (), *, lease_seconds: int = LEASE_SECONDS
) -> None:
    """Store the report and prolong the leases; members that were killed are forgotten.

    Fenced where the integration is no longer connected, or its breaker stopped it.
    """
    with feed_transaction(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO integrations_feedmember AS m
                (operator_id, integration_id, credentials, owner, lease_until, status, status_detail)
            SELECT i.operator_id, i.id, %s, %s, now() + %s * interval '1 second', %s, %s
            FROM integrations_integration i
            WHERE i.operator_id = %s AND i.id = %s AND i.state = 'active' AND NOT EXISTS (
                SELECT 1 FROM integrations_feedposition p
                WHERE p.operator_id = i.operator_id AND p.integration_id = i.id AND p.status = %s)
            ON CONFLICT (operator_id, integration_id, credentials, owner) DO UPDATE
            SET lease_until = excluded.lease_until, status = excluded.status, status_detail = excluded.status_detail
            """,
            [
                member.credentials, member.owner, lease_seconds, report.status, report.detail[:300],
                member.operator_id, member.integration_id, FeedStatus.TRIPPED,
            ],
        )  # fmt: skip
        if cursor.rowcount == 0:
            raise Fenced
        cursor.execute(
            "DELETE FROM integrations_feedmember WHERE operator_id = %s AND integration_id = %s AND owner <> %s "
            "AND lease_until < now() - interval '1 minute'",
            [member.operator_id, member.integration_id, member.owner],
        )
        rows = sorted((one.position_id, one.epoch, one.lag_count) for one in owned)
        if not rows:
            return
        columns = [list(column) for column in zip(*rows, strict=True)]
        cursor.execute(
            """
            UPDATE integrations_feedposition p
            SET lag_count = k.lag, lease_until = now() + %s * interval '1 second',
                status = CASE WHEN p.status = %s THEN p.status ELSE %s END
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS k (id, epoch, lag)
            WHERE p.id = k.id AND p.owner_epoch = k.epoch
            """,
            [lease_seconds, FeedStatus.GAP, FeedStatus.RUNNING, *columns],
        )
