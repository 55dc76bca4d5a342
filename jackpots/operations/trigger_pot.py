"""Arm a pot from outside: the next contribution that is accepted wins it, whoever makes it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, record
from backoffice.core.errors import Refusal
from backoffice.core.ids import derived_id
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, Pot, PotTrigger
from jackpots.operations.change_state import subject_of
from jackpots.operations.hold_gate import share_gate
from jackpots.queries.instances import in_scope
from jackpots.queries.templates import published_terms
from jackpots.rules.states import accepts_contributions, effective_state


@dataclass(frozen=True, kw_only=True)
class PotTriggering:
    """Which pot is armed. `trigger_id` makes it happen once: the same one again is the same act."""

    instance_id: UUID
    pot_code: str
    trigger_id: str
    reason: str = ""


def trigger_pot(request: PotTriggering, *, scope: Scope, actor: Actor, now: datetime) -> PotTrigger:
    """Arm the pot, and say so in the audit log; nobody can choose who wins it. A pot that is armed stays so.

    Refusal(NOT_FOUND) outside the scope and for an unknown pot, FORBIDDEN where the template allows no trigger,
    CONTRIBUTION_REJECTED where the jackpot takes no contributions or the pot is closed.
    """
    with transaction.atomic():
        found = in_scope(Instance.objects.all(), scope).filter(pk=request.instance_id).first()
        if found is None:
            raise Refusal("NOT_FOUND", "There is no such instance.", "instance_id")
        scope.check_change(found.brand_id)
        share_gate([found.pk])
        instance = Instance.objects.get(pk=found.pk)
        pots = Pot.objects.select_for_update(of=("self",)).filter(instance=instance, retired_at__isnull=True)
        pot = pots.filter(code=request.pot_code).first()
        if pot is None:
            raise Refusal("NOT_FOUND", "There is no such pot.", "pot_id")
        earlier = PotTrigger.objects.filter(pot=pot, trigger_id=request.trigger_id).first()
        if earlier is not None:
            return earlier
        _check(instance, pot, now)
        pot.is_armed = True
        pot.version += 1
        pot.changed_at = now
        pot.save(update_fields=["is_armed", "version", "changed_at"])
        trigger = PotTrigger.objects.create(
            id=derived_id("pot-trigger", str(pot.pk), request.trigger_id),
            operator_id=instance.operator_id,
            instance=instance,
            pot=pot,
            cycle=pot.cycle,
            trigger_id=request.trigger_id,
            reason=request.reason[:300],
            triggered_by=actor.name,
            triggered_at=now,
        )
        after = {"pot": pot.code, "cycle": pot.cycle, "trigger_id": request.trigger_id}
        record(actor, "pot.triggered", subject_of(instance), at=now, after=after, reason=request.reason[:300])
    return trigger


def _check(instance: Instance, pot: Pot, now: datetime) -> None:
    terms = next((one for one in published_terms(instance.template_id).pots if one.code == pot.code), None)
    if terms is None or not terms.allows_external_trigger:
        raise Refusal("FORBIDDEN", "The template allows no trigger from outside for this pot.", "pot_id")
    state = effective_state(instance.state, instance.starts_at, instance.ends_at, now)
    if not accepts_contributions(state):
        raise Refusal("CONTRIBUTION_REJECTED", f"state: the jackpot is {state.value}", "instance_id")
    if terms.max_drops is not None and pot.drop_count >= terms.max_drops:
        raise Refusal("CONTRIBUTION_REJECTED", "state: the pot has dropped for the last time", "pot_id")
