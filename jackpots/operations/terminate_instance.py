"""Terminate an instance: what happens when a second person has approved it."""

from datetime import datetime
from uuid import UUID

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor
from backoffice.tenancy.scope import Scope
from jackpots.models import InstanceState
from jackpots.operations.change_state import change_state, locked_instance


def terminate_instance(approval: Approval, actor: Actor, now: datetime) -> None:
    """End the approval's instance for ever. What its pots and reserves hold stays owed.

    Refusal(INVALID_REQUEST) if it has ended in the meantime.
    """
    scope = Scope(approval.operator_id)
    with locked_instance(scope, UUID(approval.object_id), now, actor) as instance:
        instance.approval = approval
        change_state(instance, InstanceState.TERMINATED, reason=approval.reason[:300], actor=actor, now=now)
