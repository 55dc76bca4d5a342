"""Move an instance from one state to another, under its gate."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, InstanceState, StateChange
from jackpots.operations.hold_gate import hold_gate
from jackpots.queries.instances import in_scope
from jackpots.rules.states import effective_state, may_change


@contextmanager
def locked_instance(scope: Scope, instance_id: UUID, now: datetime, actor: Actor) -> Iterator[Instance]:
    """The instance with its gate held alone and its row locked, after what the clock has already decided about it.

    Refusal(NOT_FOUND) outside the scope, FORBIDDEN where it is not the viewer's to change.
    """
    with transaction.atomic():
        found = in_scope(Instance.objects.all(), scope).filter(pk=instance_id).first()
        if found is None:
            raise Refusal("NOT_FOUND", "There is no such instance.")
        scope.check_change(found.brand_id)
        hold_gate([instance_id])
        instance = Instance.objects.select_for_update(of=("self",), no_key=True).get(pk=instance_id)
        catch_up(instance, now=now, actor=actor)
        yield instance


def catch_up(instance: Instance, *, now: datetime, actor: Actor) -> bool:
    """Write down the state that the schedule has brought about by `now`; whether there was anything to write."""
    due = effective_state(instance.state, instance.starts_at, instance.ends_at, now).value
    if due == instance.state:
        return False
    reason = "The schedule began." if due == InstanceState.ACTIVE else "The schedule ended."
    change_state(instance, due, reason=reason, actor=actor, now=now)
    return True


def change_state(instance: Instance, to: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """Change the row, in a transaction that holds its gate. Refusal(INVALID_REQUEST) for an illegal change."""
    before = instance.state
    if not may_change(before, to):
        raise Refusal("INVALID_REQUEST", f"A jackpot that is {before} cannot become {to}.", "state")
    instance.state = to
    instance.state_reason = reason
    instance.changed_at = now
    instance.save(update_fields=["state", "state_reason", "changed_at", "approval"])
    StateChange.objects.create(
        operator_id=instance.operator_id,
        instance=instance,
        from_state=before,
        to_state=to,
        reason=reason,
        changed_at=now,
        changed_by=actor.name,
    )
    record(
        actor,
        f"instance.{str(to).lower()}",
        subject_of(instance),
        at=now,
        before={"state": str(before)},
        after={"state": str(to)},
        reason=reason,
    )


def subject_of(instance: Instance) -> Subject:
    """The instance as the audit log names it."""
    return Subject("instance", str(instance.pk), instance.name, instance.operator_id, instance.brand_id)
