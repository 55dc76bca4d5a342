"""Halt a partition whose next message is gone, or whose numbers began anew; the others go on."""

from datetime import datetime
from typing import Final

from django.db import connection

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.ids import derived_id
from backoffice.core.json import encode
from backoffice.events.publish import Fact, publish
from integrations.models import FeedGap, FeedPosition, FeedStatus, Integration
from integrations.operations.feed_transaction import feed_transaction
from integrations.operations.own_partitions import Member, OwnedPartition
from integrations.operations.report_feed import Fenced

EXPIRED: Final = "EXPIRED"
RECREATED: Final = "RECREATED"
_SENTENCES: Final = {
    EXPIRED: "Messages {start:,} to {end:,} of {topic}, partition {partition}, were deleted before they were read.",
    RECREATED: "{topic}, partition {partition}, ends before message {start:,}: it was made anew, or lost its end.",
}


def find_gap(member: Member, owned: OwnedPartition, *, earliest: int, now: datetime) -> None:
    """Write down what is missing between the position and the `earliest` message, for somebody to accept.

    Fenced where the partition is another's by now; nothing happens where the gap is known.
    """
    with feed_transaction():
        position = FeedPosition.objects.select_for_update().get(pk=owned.position_id)
        if position.owner_epoch != owned.epoch:
            raise Fenced
        if FeedGap.objects.filter(position=position, resumed_at=None).exists():
            return
        start = position.next_offset
        reason = EXPIRED if earliest > start else RECREATED
        gap = FeedGap.objects.create(
            operator_id=member.operator_id,
            integration_id=member.integration_id,
            position=position,
            topic=owned.topic,
            partition=owned.partition,
            from_offset=start,
            to_offset=earliest,
            reason=reason,
            found_at=now,
        )
        detail = _SENTENCES[reason].format(start=start, end=earliest - 1, topic=owned.topic, partition=owned.partition)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE integrations_feedposition SET status = %s, status_detail = %s WHERE id = %s",
                [FeedStatus.GAP, detail[:300], owned.position_id],
            )
        _tell(gap, detail, now)


def _tell(gap: FeedGap, detail: str, now: datetime) -> None:
    integration = Integration.objects.get(pk=gap.integration_id)
    subject = Subject("integration", str(integration.pk), integration.name, integration.operator_id)
    after: dict[str, object] = {
        "topic": gap.topic, "partition": gap.partition, "from": gap.from_offset, "to": gap.to_offset,
    }  # fmt: skip
    record(Actor.system("feed"), "feed.gap_found", subject, at=now, after=after, reason=detail)
    payload = encode({"integration_id": str(integration.pk), "name": integration.name, "reason": detail})
    event_id = derived_id("feed.gap", str(gap.pk))
    publish([Fact(event_id, "feed.gap", integration.operator_id, str(integration.pk), payload, now)])
