"""Settle where a topic is read from that was never read."""

from collections.abc import Mapping

from django.db import connection

from integrations.models import FeedPosition, Integration
from integrations.operations.feed_transaction import feed_transaction
from integrations.operations.own_partitions import Member


def begin_topic(member: Member, topic: str, offsets: Mapping[int, int]) -> None:
    """Write down where each partition begins, once for the whole topic: whoever comes second changes nothing.

    Partitions that the topic gets later are read from their earliest message.
    """
    with feed_transaction():
        # Its key alone: nobody who only refers to the integration waits.
        Integration.objects.select_for_update(no_key=True).get(pk=member.integration_id)
        positions = FeedPosition.objects.filter(integration_id=member.integration_id, topic=topic)
        if positions.exists():
            return
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO integrations_feedposition
                    (operator_id, integration_id, topic, partition, next_offset, first_offset, owner_epoch, owner,
                     status, status_detail, seen_count, used_count, filtered_count, refused_count, dead_count, moved_at)
                SELECT %s, %s, %s, k.partition, k.first, k.first, 0, '', 'stopped', '', 0, 0, 0, 0, 0, now()
                FROM unnest(%s::int[], %s::bigint[]) AS k (partition, first)
                """,
                [member.operator_id, member.integration_id, topic, list(offsets), list(offsets.values())],
            )
