"""Ask a second person to terminate an instance."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.core.money import format_money
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, InstanceState
from jackpots.queries.instances import in_scope
from jackpots.rules.states import effective_state, may_change


def request_termination(
    instance_id: UUID, *, reason: str, requested_by: StaffUser, scope: Scope, actor: Actor, now: datetime
) -> Approval:
    """Store the request. Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) where it is over already."""
    with transaction.atomic():
        rows = in_scope(Instance.objects.select_for_update(of=("self",)), scope)
        instance = rows.filter(pk=instance_id).first()
        if instance is None:
            raise Refusal("NOT_FOUND", "There is no such instance.")
        scope.check_change(instance.brand_id)
        state = effective_state(instance.state, instance.starts_at, instance.ends_at, now)
        if not may_change(state, InstanceState.TERMINATED):
            raise Refusal("INVALID_REQUEST", f"The jackpot is {state.value} already.", "state")
        pots = {pot.code: format_money(pot.value_micros, instance.currency) for pot in instance.pots.all()}
        reserves = {pot.code: format_money(pot.seed_micros, instance.currency) for pot in instance.pots.all()}
        request = Request(
            kind="instance.terminate",
            operator_id=instance.operator_id,
            brand_id=instance.brand_id,
            object_id=str(instance.pk),
            title=f"Terminate {instance.name}",
            reason=reason,
            before={"state": state.value},
            after={"state": InstanceState.TERMINATED.value},
            evidence={"pots": pots, "reserves": reserves},
        )
        return request_approval(request, requested_by=requested_by, actor=actor, now=now)
