"""What an approval of an integration does: it becomes active, and its feed starts."""

from datetime import datetime
from uuid import UUID

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from integrations.models import Integration, IntegrationState, KindFlag


def connect_integration(approval: Approval, actor: Actor, now: datetime) -> None:
    """Run in the decision's transaction. Refusal(FORBIDDEN) where the kind was switched off meanwhile."""
    integration = Integration.objects.select_for_update().get(
        pk=UUID(approval.object_id), operator_id=approval.operator_id
    )
    flags = KindFlag.objects.filter(operator_id=integration.operator_id, kind=integration.kind, is_enabled=True)
    if not flags.exists():
        raise Refusal("FORBIDDEN", "This kind of integration is not enabled for the operator any more.")
    integration.state = IntegrationState.ACTIVE
    integration.approval = approval
    integration.changed_at = now
    integration.save(update_fields=["state", "approval", "changed_at"])
    subject = Subject("integration", str(integration.pk), integration.name, integration.operator_id)
    before: dict[str, object] = {"state": IntegrationState.AWAITING_APPROVAL.value}
    after: dict[str, object] = {"state": IntegrationState.ACTIVE.value}
    record(actor, "integration.connected", subject, at=now, before=before, after=after, reason=approval.decision_reason)
