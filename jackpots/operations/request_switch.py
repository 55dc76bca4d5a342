"""Ask a second person to switch a running instance to another template."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance
from jackpots.operations.change_state import locked_instance
from jackpots.queries.switching import plan_of, running_pots, template_for
from jackpots.rules.states import is_final
from jackpots.rules.switching import ShareMapping, amounts, written


@dataclass(frozen=True)
class SwitchTo:
    """The template to switch to, and {pot before: {pot after: share in ppm}}."""

    template_id: UUID
    mapping: ShareMapping


def request_switch(  # noqa: PLR0913 - which, to what, why, by whom, in which scope and when
    instance_id: UUID,
    to: SwitchTo,
    *,
    reason: str,
    requested_by: StaffUser,
    scope: Scope,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Store the request with its dry run.

    Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) with the first problem of the plan.
    """
    with locked_instance(scope, instance_id, now, actor) as instance:
        check_running(instance)
        template, pots = template_for(scope, instance, to.template_id), running_pots(instance)
        plan = plan_of(instance, pots, template, to.mapping)
        if plan.problems:
            raise Refusal("INVALID_REQUEST", plan.problems[0], "mapping")
        currency = {"currency": instance.currency}
        request = Request(
            kind="instance.switch",
            operator_id=instance.operator_id,
            brand_id=instance.brand_id,
            object_id=str(instance.pk),
            title=f"Switch {instance.name} to {template}"[:300],
            reason=reason,
            before={**currency, "template": str(instance.template), "pots": amounts(plan.before)},
            after={
                **currency,
                "template": str(template),
                "template_id": str(template.pk),
                "pots": amounts(plan.after),
                "mapping": written(to.mapping),
            },
            evidence={"what else changes": list(plan.notes)},
        )
        return request_approval(request, requested_by=requested_by, actor=actor, now=now)


def check_running(instance: Instance) -> None:
    """Refusal(INVALID_REQUEST) for an instance that is over."""
    if is_final(instance.state):
        raise Refusal("INVALID_REQUEST", f"The jackpot is {instance.state}: nothing can be switched any more.")
