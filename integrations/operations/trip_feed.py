"""Stop a feed that gets mostly rubbish; it stays so until somebody starts it again."""

from datetime import datetime

from django.db import connection

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.ids import derived_id
from backoffice.core.json import encode
from backoffice.events.publish import Fact, publish
from integrations.models import FeedStatus, Integration
from integrations.operations.feed_transaction import feed_transaction
from integrations.operations.own_feed import Owned
from integrations.operations.report_feed import Fenced


def trip_feed(owned: Owned, reason: str, *, now: datetime) -> None:
    """Mark the feed as stopped by its breaker, for the log and for whoever subscribes to `feed.tripped`.

    All of its positions stop, whoever owns them. Fenced where none of them is the caller's any more.
    """
    ids, epochs = (list(column) for column in zip(*owned.claims(), strict=True))
    with feed_transaction():
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE integrations_feedposition SET status = %s, status_detail = %s, lease_until = NULL, owner = '',
                    owner_epoch = owner_epoch + 1
                WHERE operator_id = %s AND integration_id = %s AND status <> %s AND EXISTS (
                    SELECT 1 FROM integrations_feedposition p
                    JOIN unnest(%s::bigint[], %s::bigint[]) AS k (id, epoch) ON p.id = k.id AND p.owner_epoch = k.epoch)
                """,
                [
                    FeedStatus.TRIPPED, reason[:300], owned.operator_id, owned.integration_id, FeedStatus.GAP, ids,
                    epochs,
                ],
            )  # fmt: skip
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
        event_id = derived_id("feed.tripped", str(integration.pk), str(ids[0]), str(epochs[0]))
        publish([Fact(event_id, "feed.tripped", integration.operator_id, str(integration.pk), payload, now)])
