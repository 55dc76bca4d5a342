"""Settle where a partition is read from that its topic got later than the others."""

from dataclasses import replace

from django.db import connection

from integrations.operations.own_partitions import OwnedPartition
from integrations.operations.report_feed import Fenced


def begin_partition(owned: OwnedPartition, offset: int) -> OwnedPartition:
    """Its position stands at `offset` from now on. Fenced where the partition is another's."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE integrations_feedposition SET first_offset = %s, next_offset = %s, moved_at = now()
            WHERE id = %s AND owner_epoch = %s AND first_offset IS NULL
            """,
            [offset, offset, owned.position_id, owned.epoch],
        )
        if cursor.rowcount == 0:
            raise Fenced
    return replace(owned, next_offset=offset)
