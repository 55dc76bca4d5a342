"""Pause an instance."""

from datetime import datetime
from uuid import UUID

from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, InstanceState
from jackpots.operations.change_state import change_state, locked_instance


def pause_instance(instance_id: UUID, *, reason: str, scope: Scope, actor: Actor, now: datetime) -> Instance:
    """Active → Paused: contributions are refused from the next one on. Refusal(NOT_FOUND) outside the scope,
    Refusal(INVALID_REQUEST) from any other state or without a reason."""
    if not reason.strip():
        raise Refusal("INVALID_REQUEST", "Say why it is paused.", "reason")
    with locked_instance(scope, instance_id, now, actor) as instance:
        change_state(instance, InstanceState.PAUSED, reason=reason, actor=actor, now=now)
    return instance
