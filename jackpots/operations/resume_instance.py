"""Resume a paused instance."""

from datetime import datetime
from uuid import UUID

from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, InstanceState
from jackpots.operations.change_state import change_state, locked_instance


def resume_instance(instance_id: UUID, *, scope: Scope, actor: Actor, now: datetime, reason: str = "") -> Instance:
    """Paused → Active. Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) from any other state."""
    with locked_instance(scope, instance_id, now, actor) as instance:
        if instance.state != InstanceState.PAUSED:
            raise Refusal("INVALID_REQUEST", f"The jackpot is {instance.state}, not paused.", "state")
        change_state(instance, InstanceState.ACTIVE, reason=reason, actor=actor, now=now)
    return instance
