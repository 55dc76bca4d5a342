"""End an integration: its feed is fenced at once, and what waits at the broker stays there."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.events.operations.unfollow_stream import unfollow_stream
from backoffice.events.subscribers import reader_of
from backoffice.tenancy.scope import Scope
from integrations.models import FeedMember, FeedPosition, FeedStatus, Integration, IntegrationState
from integrations.queries.integrations import brands_of


def disconnect_integration(
    integration_id: UUID, *, reason: str, scope: Scope, actor: Actor, now: datetime
) -> Integration:
    """From here on no message of it has an effect. It cannot be connected again; a copy can be submitted.

    Refusal(NOT_FOUND) out of scope, FORBIDDEN where it serves brands that are not the viewer's,
    INVALID_REQUEST without a reason or where it is not connected.
    """
    with transaction.atomic():
        integration = scope.rows(Integration.objects.select_for_update()).filter(pk=integration_id).first()
        if integration is None:
            raise Refusal("NOT_FOUND", "There is no such integration.")
        scope.check_change_of(brands_of(integration))
        if integration.state != IntegrationState.ACTIVE:
            raise Refusal("INVALID_REQUEST", f"It is {integration.get_state_display().lower()}, not connected.")
        if not reason.strip():
            raise Refusal("INVALID_REQUEST", "Give a reason.", "reason")
        integration.state = IntegrationState.DISCONNECTED
        integration.state_reason = reason.strip()[:300]
        integration.changed_at = now
        integration.save(update_fields=["state", "state_reason", "changed_at"])
        FeedPosition.objects.filter(integration=integration).update(
            owner_epoch=F("owner_epoch") + 1,
            owner="",
            lease_until=None,
            status=FeedStatus.STOPPED,
            status_detail="",
            lag_count=None,
        )
        FeedMember.objects.filter(integration=integration).delete()
        unfollow_stream(reader_of(integration.pk))
        subject = Subject("integration", str(integration.pk), integration.name, integration.operator_id)
        before: dict[str, object] = {"state": IntegrationState.ACTIVE.value}
        after: dict[str, object] = {"state": IntegrationState.DISCONNECTED.value}
        record(actor, "integration.disconnected", subject, at=now, before=before, after=after, reason=reason)
    return integration
