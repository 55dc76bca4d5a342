"""What an approval of an integration does: it becomes active, what it brings is defined, and its feed starts."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils.module_loading import import_string

from backoffice import subscriptions
from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.events.operations.follow_stream import follow_stream
from backoffice.events.subscribers import reader_of
from integrations.kinds.registry import kind_of
from integrations.models import Integration, IntegrationState, KindFlag
from integrations.queries.claims import obstacle_to
from integrations.wire.players import MessageSource

DEFINITIONS: Final = "players.definitions"


def connect_integration(approval: Approval, actor: Actor, now: datetime) -> None:
    """Run in the decision's transaction. Refusal(FORBIDDEN) where the kind, or what it needs, was switched off, and
    where another integration and this one would take each other's messages."""
    integration = Integration.objects.select_for_update().get(
        pk=UUID(approval.object_id), operator_id=approval.operator_id
    )
    needed = {integration.kind, *kind_of(integration.kind).requires}
    flags = KindFlag.objects.filter(operator_id=integration.operator_id, kind__in=needed, is_enabled=True)
    if flags.count() < len(needed):
        raise Refusal("FORBIDDEN", "This kind of integration is not enabled for the operator any more.")
    _lock_claims()
    if obstacle := obstacle_to(integration):
        raise Refusal("FORBIDDEN", obstacle)
    integration.state = IntegrationState.ACTIVE
    integration.approval = approval
    integration.changed_at = now
    integration.save(update_fields=["state", "approval", "changed_at"])
    if integration.transport == "redis_stream":
        follow_stream(reader_of(integration.pk), now=now)
    subject = Subject("integration", str(integration.pk), integration.name, integration.operator_id)
    before: dict[str, object] = {"state": IntegrationState.AWAITING_APPROVAL.value}
    after: dict[str, object] = {"state": IntegrationState.ACTIVE.value}
    record(actor, "integration.connected", subject, at=now, before=before, after=after, reason=approval.decision_reason)
    _define(integration, now)


def _lock_claims() -> None:
    """One integration is connected after the other: each sees what those before it take."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('connect integration', 0))")


def _define(integration: Integration, now: datetime) -> None:
    kind = kind_of(integration.kind)
    if kind.definitions is not None:
        define = import_string(subscriptions.FEED_MESSAGES[DEFINITIONS])
        source = MessageSource(
            operator_id=integration.operator_id, integration_id=integration.pk, kind=integration.kind
        )
        define(kind.definitions(integration.settings["kind"]), source, now)
