"""Let a feed go on from the earliest messages that are there, knowing that some are gone."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from integrations.models import FeedGap, Integration, IntegrationState
from integrations.queries.integrations import brands_of


def accept_gap(integration_id: UUID, *, scope: Scope, actor: Actor, now: datetime, reason: str) -> list[FeedGap]:
    """Every gap of the integration that waits is accepted; whoever reads the partition goes on within seconds.

    Refusal(NOT_FOUND) out of scope, FORBIDDEN where it serves brands that are not the viewer's, INVALID_REQUEST
    without a reason, where it is not connected or where no gap waits.
    """
    with transaction.atomic():
        integration = scope.rows(Integration.objects.select_for_update()).filter(pk=integration_id).first()
        if integration is None:
            raise Refusal("NOT_FOUND", "There is no such integration.")
        scope.check_change_of(brands_of(integration))
        if integration.state != IntegrationState.ACTIVE:
            raise Refusal("INVALID_REQUEST", "Only a connected integration has a feed to go on.")
        if not reason.strip():
            raise Refusal("INVALID_REQUEST", "Say why it may go on.", "reason")
        waiting = FeedGap.objects.select_for_update().filter(integration=integration, accepted_at=None)
        gaps = list(waiting.order_by("pk"))
        if not gaps:
            raise Refusal("INVALID_REQUEST", "No messages are missing.")
        for gap in gaps:
            gap.accepted_at, gap.accepted_by, gap.acceptance = now, actor.name, reason.strip()[:300]
            gap.save(update_fields=["accepted_at", "accepted_by", "acceptance"])
        subject = Subject("integration", str(integration.pk), integration.name, integration.operator_id)
        after: dict[str, object] = {
            f"{gap.topic}/{gap.partition}": f"{gap.from_offset:,} to {gap.to_offset:,}" for gap in gaps
        }
        record(actor, "feed.gap_accepted", subject, at=now, after=after, reason=reason)
    return gaps
