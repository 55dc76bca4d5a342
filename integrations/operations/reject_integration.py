"""What a refusal of an integration does."""

from datetime import datetime
from uuid import UUID

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor, Subject, record
from integrations.models import Integration, IntegrationState


def reject_integration(approval: Approval, actor: Actor, now: datetime) -> None:
    """Run in the decision's transaction; the reason of the decision becomes the integration's."""
    integration = Integration.objects.select_for_update().get(
        pk=UUID(approval.object_id), operator_id=approval.operator_id
    )
    integration.state = IntegrationState.REJECTED
    integration.state_reason = approval.decision_reason[:300]
    integration.changed_at = now
    integration.save(update_fields=["state", "state_reason", "changed_at"])
    subject = Subject("integration", str(integration.pk), integration.name, integration.operator_id)
    before: dict[str, object] = {"state": IntegrationState.AWAITING_APPROVAL.value}
    after: dict[str, object] = {"state": IntegrationState.REJECTED.value}
    record(actor, "integration.rejected", subject, at=now, before=before, after=after, reason=approval.decision_reason)
