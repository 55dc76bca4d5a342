"""Let go of partitions that the broker gave to another process, or that this one leaves."""

from collections.abc import Iterable

from django.db import connection

from integrations.models import FeedStatus
from integrations.operations.own_partitions import OwnedPartition


def release_partitions(owned: Iterable[OwnedPartition]) -> None:
    """Nobody owns them from here on; what somebody else owns by now stays as it is."""
    claims = sorted((one.position_id, one.epoch) for one in owned)
    if not claims:
        return
    ids, epochs = (list(column) for column in zip(*claims, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE integrations_feedposition p
            SET owner = '', lease_until = NULL, lag_count = NULL,
                status = CASE WHEN p.status IN (%s, %s) THEN p.status ELSE %s END
            FROM unnest(%s::bigint[], %s::bigint[]) AS k (id, epoch)
            WHERE p.id = k.id AND p.owner_epoch = k.epoch
            """,
            [FeedStatus.GAP, FeedStatus.TRIPPED, FeedStatus.STOPPED, ids, epochs],
        )
