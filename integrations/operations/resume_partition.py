"""Go on behind a gap that somebody accepted."""

from dataclasses import replace
from datetime import datetime

from django.db import connection

from integrations.models import FeedGap, FeedPosition, FeedStatus
from integrations.operations.feed_transaction import feed_transaction
from integrations.operations.own_partitions import OwnedPartition
from integrations.operations.report_feed import Fenced


def resume_partition(owned: OwnedPartition, *, earliest: int, now: datetime) -> OwnedPartition | None:
    """The partition under a new epoch, its position at the earliest message; None while nobody accepted the gap.

    What was read of it before and not yet committed is fenced, and belongs to what is gone. Fenced where the partition
    is another's.
    """
    with feed_transaction():
        position = FeedPosition.objects.select_for_update().get(pk=owned.position_id)
        if position.owner_epoch != owned.epoch:
            raise Fenced
        gap = FeedGap.objects.filter(position=position, resumed_at=None, accepted_at__isnull=False).first()
        if gap is None:
            return None
        gap.from_offset, gap.to_offset, gap.resumed_at = position.next_offset, earliest, now
        gap.save(update_fields=["from_offset", "to_offset", "resumed_at"])
        epoch = owned.epoch + 1
        generation = position.generation + (earliest < position.next_offset)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE integrations_feedposition
                SET next_offset = %s, generation = %s, owner_epoch = %s, status = %s, status_detail = '', moved_at = %s
                WHERE id = %s
                """,
                [earliest, generation, epoch, FeedStatus.RUNNING, now, owned.position_id],
            )
    return replace(owned, epoch=epoch, next_offset=earliest, generation=generation, gap="")
