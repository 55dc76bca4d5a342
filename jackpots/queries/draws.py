"""Draws: what was committed to, what has been revealed, and what is recorded of each."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from backoffice.core.errors import Refusal
from backoffice.core.fields import unseal
from backoffice.tenancy.scope import Scope
from jackpots.models import Contribution, ModelSwitch, PotCycle
from jackpots.queries.pots import pots
from jackpots.queries.templates import published_terms
from jackpots.randomness import draw
from jackpots.rules.drops.time import TAU
from jackpots.rules.terms import PotTerms

# Batches take their time before they wait for a pot, so that one may settle after another that is later by the clock.
ASIDE: Final = timedelta(minutes=2)


class Draw(NamedTuple):
    """A draw as it was recorded with its contribution."""

    contribution_id: UUID
    amount_micros: int
    template_id: UUID
    code: str
    cycle: int
    numerator: int
    denominator: int
    number: int
    is_hit: bool
    was_armed: bool
    won: bool
    accepted_at: datetime


def revealed_secret(cycle: PotCycle) -> bytes | None:
    """The secret of a cycle that has ended; None while it runs."""
    return unseal(bytes(cycle.sealed_secret)) if cycle.ended_at is not None else None


def cycle_of(scope: Scope, pot_id: UUID | str, number: int) -> PotCycle:
    """One cycle; Refusal(NOT_FOUND) outside the scope."""
    found = PotCycle.objects.filter(pot__in=pots(scope).filter(pk=pot_id).values("pk"), cycle=number)
    row = found.select_related("pot", "pot__instance").first()
    if row is None:
        raise Refusal("NOT_FOUND", "There is no such cycle.")
    return row


def contributions_of_cycle(cycle: PotCycle) -> QuerySet[Contribution]:
    """The contributions that were drawn for in a cycle, in the order of time."""
    rows = Contribution.objects.filter(operator_id=cycle.operator_id, instance_id=cycle.pot.instance_id)
    rows = rows.filter(accepted_at__gte=cycle.started_at - ASIDE, draws__contains=[[cycle.pot.code, cycle.cycle]])
    if cycle.ended_at is not None:
        rows = rows.filter(accepted_at__lte=cycle.ended_at + ASIDE)
    return rows.order_by("accepted_at", "id")


def draws_of(contribution: Contribution) -> list[Draw]:
    """The draws of a contribution, by pot."""
    return [_draw(contribution, record) for record in contribution.draws]


def template_in_force(cycle: PotCycle) -> UUID:
    """The template by which the cycle runs or ran: a switch of the model ends every cycle."""
    later = ModelSwitch.objects.filter(instance_id=cycle.pot.instance_id, switched_at__gt=cycle.started_at)
    first = later.order_by("switched_at").values_list("from_template_id", flat=True).first()
    return first or cycle.pot.instance.template_id


def was_switched(cycle: PotCycle) -> bool:
    """Whether the cycle was ended by a switch of the jackpot's model, and won by nobody."""
    if cycle.ended_at is None:
        return False
    return ModelSwitch.objects.filter(instance_id=cycle.pot.instance_id, switched_at=cycle.ended_at).exists()


def terms_of_draw(one: Draw) -> PotTerms | None:
    """The pot's terms as they were for this contribution; None where its template has no such pot."""
    return next((pot for pot in published_terms(one.template_id).pots if pot.code == one.code), None)


def number_of(one: Draw, secret: bytes, prefix: bytes) -> int:
    """The number that the record must have: drawn for the contribution; of a time pot the hidden instant of the cycle
    where that has come, else the denominator."""
    terms = terms_of_draw(one)
    if terms is not None and terms.kind == "time" and one.denominator > 1:
        hidden = draw(secret, prefix, TAU, one.denominator)
        return hidden if hidden < one.numerator else one.denominator
    return draw(secret, prefix, str(one.contribution_id), one.denominator)


def _draw(contribution: Contribution, record: list[object]) -> Draw:
    code, cycle, numerator, denominator, number, is_hit, was_armed = record
    return Draw(
        contribution.pk,
        contribution.amount_micros,
        contribution.template_id,
        str(code),
        int(str(cycle)),
        int(str(numerator)),
        int(str(denominator)),
        int(str(number)),
        bool(is_hit),
        bool(was_armed),
        contribution.win_pot == code,
        contribution.accepted_at,
    )
