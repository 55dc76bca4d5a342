"""Stop a feed that gets mostly rubbish; it stays so until somebody starts it again."""

from datetime import datetime

from django.db import connection, transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.ids import derived_id
from backoffice.core.json import encode
from backoffice.events.publish import Fact, publish
from integrations.models import FeedStatus, Integration
from integrations.operations.own_feed import OwnedFeed
from integrations.operations.report_feed import Fenced


def trip_feed(owned: OwnedFeed, reason: str, *, now: datetime) -> None:
    """Mark the feed as stopped by its breaker, for the log and for whoever subscribes to `feed.tripped`."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE integrations_feedposition SET status = %s, status_detail = %s, lease_until = NULL, owner = '',
                    owner_epoch = owner_epoch + 1
                WHERE id = %s AND owner_epoch = %s
                """,
                [FeedStatus.TRIPPED, reason[:300], owned.position_id, owned.epoch],
            )
            if cursor.rowcount == 0:
                raise Fenced
        integration = Integration.objects.get(pk=owned.integration_id)
        subject = Subject("integration", str(integration.pk), integration.name, integration.operator_id)
        record(
            Actor.system("feed"),
            "feed.tripped",
            subject,
            at=now,
            after={"status": FeedStatus.TRIPPED.value},
            reason=reason,
        )
        payload = encode({"integration_id": str(integration.pk), "name": integration.name, "reason": reason})
        event_id = derived_id("feed.tripped", str(integration.pk), owned.topic, str(owned.epoch))
        publish([Fact(event_id, "feed.tripped", integration.operator_id, str(integration.pk), payload, now)])
