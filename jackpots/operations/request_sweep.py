"""Ask a second person to let leave what an instance that is over still holds (B-14)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.core.money import format_money
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, Pot
from jackpots.operations.change_state import locked_instance
from jackpots.queries.left_over import Left, awaits_draw, left_over, may_return, pot_to_feed
from jackpots.rules.states import is_final


@dataclass(frozen=True)
class Destination:
    """Where it goes: to the seed reserve of a pot of another jackpot, or back to the house's funding (None)."""

    pot_id: UUID | None = None


def request_sweep(  # noqa: PLR0913 - of which, where to, why, by whom, in which scope and when
    instance_id: UUID,
    destination: Destination,
    *,
    reason: str,
    requested_by: StaffUser,
    scope: Scope,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Store the request.

    Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) while the jackpot runs, where nothing is left, or
    for a place where it may not go.
    """
    with locked_instance(scope, instance_id, now, actor) as instance:
        left = left_of(instance)
        target = check_destination(instance, destination, scope)
        currency = instance.currency
        amount = format_money(left.total_micros, currency)
        to = "the house's funding" if target is None else f"{target.instance.name}, reserve of {target.code}"
        request = Request(
            kind="instance.sweep",
            operator_id=instance.operator_id,
            brand_id=instance.brand_id,
            object_id=str(instance.pk),
            title=f"Transfer {amount} that {instance.name} has left to {to}"[:300],
            reason=reason,
            before={"currency": currency, "held": left.by_pot()}
            | ({} if target is None else {"reserve_of_the_pot_that_is_fed_micros": target.seed_micros}),
            after={"currency": currency, "held": left.nothing()}
            | {"destination": "house_funding" if target is None else str(target.pk), "goes_to": to}
            | (
                {}
                if target is None
                else {"reserve_of_the_pot_that_is_fed_micros": target.seed_micros + left.total_micros}
            ),
            evidence={"state": instance.state, "since": instance.changed_at.isoformat(), "amount": amount},
        )
        return request_approval(request, requested_by=requested_by, actor=actor, now=now)


def left_of(instance: Instance) -> Left:
    """What is left; Refusal(INVALID_REQUEST) while the jackpot runs, and where there is nothing."""
    if not is_final(instance.state):
        raise Refusal("INVALID_REQUEST", f"The jackpot is {instance.state}: what it holds is played for.")
    if awaits_draw(instance):
        raise Refusal("INVALID_REQUEST", "A round is still to be drawn: its pot is for those who hold tickets.")
    left = left_over(instance)
    if not left.total_micros:
        raise Refusal("INVALID_REQUEST", "Nothing is left in its pots, reserves and boosts.")
    return left


def check_destination(instance: Instance, destination: Destination, scope: Scope) -> Pot | None:
    """The pot that is fed; None for the house's funding. Refusal(INVALID_REQUEST) where it may not go."""
    if destination.pot_id is None:
        if not may_return(instance):
            raise Refusal("INVALID_REQUEST", "Players paid a part of it, so it goes to players: choose a pot.", "to")
        return None
    return pot_to_feed(scope, instance, destination.pot_id)
