"""Change what templates may be like: what happens when a second person has approved it."""

from datetime import datetime

from django.db import transaction

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from jackpots.models import POLICY_LIMITS, SimulationPolicy
from jackpots.queries.simulations import policy_of, policy_values


def change_policy(approval: Approval, actor: Actor, now: datetime) -> None:
    """Put the approved limits in force for the operator. Published templates stay as they are.

    Refusal(INVALID_REQUEST) where other limits have come into force since the request.
    """
    with transaction.atomic():
        before = policy_values(policy_of(approval.operator_id))
        if before != approval.before:
            raise Refusal("INVALID_REQUEST", "The limits have changed since it was asked for; ask again.")
        limits = {name: approval.after[name] for name in POLICY_LIMITS}
        SimulationPolicy.objects.update_or_create(
            operator_id=approval.operator_id, defaults={**limits, "approval": approval, "changed_at": now}
        )
        subject = Subject("policy", approval.operator_id, "Simulation policy", approval.operator_id)
        record(actor, "policy.changed", subject, at=now, before=before, after=limits)
