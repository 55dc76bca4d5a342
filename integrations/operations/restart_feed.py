"""Start a feed again that its breaker stopped."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from integrations.models import FeedPosition, FeedStatus, Integration, IntegrationState
from integrations.queries.integrations import brands_of


def restart_feed(integration_id: UUID, *, scope: Scope, actor: Actor, now: datetime, reason: str) -> Integration:
    """Let the supervisor take the feed again; Refusal(INVALID_REQUEST) where nothing was stopped, NOT_FOUND out of
    scope, FORBIDDEN where it serves brands that are not the viewer's."""
    with transaction.atomic():
        integration = scope.rows(Integration.objects.select_for_update()).filter(pk=integration_id).first()
        if integration is None:
            raise Refusal("NOT_FOUND", "There is no such integration.")
        scope.check_change_of(brands_of(integration))
        if integration.state != IntegrationState.ACTIVE:
            raise Refusal("INVALID_REQUEST", "Only a connected integration has a feed to start.")
        if not reason.strip():
            raise Refusal("INVALID_REQUEST", "Say why it may go on.", "reason")
        positions = FeedPosition.objects.filter(integration=integration, status=FeedStatus.TRIPPED)
        if not positions.update(status=FeedStatus.STOPPED, status_detail="", lease_until=None):
            raise Refusal("INVALID_REQUEST", "The feed was not stopped by its breaker.")
        subject = Subject("integration", str(integration.pk), integration.name, integration.operator_id)
        before: dict[str, object] = {"status": FeedStatus.TRIPPED.value}
        record(
            actor,
            "feed.restarted",
            subject,
            at=now,
            before=before,
            after={"status": FeedStatus.STOPPED.value},
            reason=reason,
        )
    return integration
