"""Start an instance before its time."""

from datetime import datetime
from uuid import UUID

from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, InstanceState
from jackpots.operations.change_state import change_state, locked_instance


def activate_instance(instance_id: UUID, *, scope: Scope, actor: Actor, now: datetime, reason: str = "") -> Instance:
    """Pending → Active; its schedule starts now. Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) from
    any other state."""
    with locked_instance(scope, instance_id, now, actor) as instance:
        if instance.state != InstanceState.PENDING:
            raise Refusal("INVALID_REQUEST", f"The jackpot is {instance.state} already.", "state")
        if instance.starts_at is None or instance.starts_at > now:
            instance.starts_at = now
            instance.save(update_fields=["starts_at"])
        change_state(instance, InstanceState.ACTIVE, reason=reason, actor=actor, now=now)
    return instance
