"""Draws: what was committed to, what has been revealed, and every draw recomputed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from backoffice.core.errors import Refusal
from backoffice.core.fields import unseal
from backoffice.tenancy.scope import Scope
from jackpots.models import Contribution, ModelSwitch, PotCycle, Win
from jackpots.queries.pots import cycles, pots
from jackpots.queries.templates import published_terms
from jackpots.randomness import commit, draw, draw_prefix
from jackpots.rules.drop import by_probability
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


class Mismatch(NamedTuple):
    """Something recorded that does not follow from the secret and the rules."""

    pot_id: UUID
    cycle: int
    contribution_id: UUID | None
    detail: str

    def __str__(self) -> str:
        where = f"pot {self.pot_id} cycle {self.cycle}"
        return (
            f"{where} contribution {self.contribution_id}: {self.detail}"
            if self.contribution_id
            else f"{where}: {self.detail}"
        )


@dataclass
class Verification:
    """How much was recomputed, and what was wrong."""

    cycle_count: int = 0
    draw_count: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)


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


def was_switched(cycle: PotCycle) -> bool:
    """Whether the cycle was ended by a switch of the jackpot's model, and won by nobody."""
    if cycle.ended_at is None:
        return False
    return ModelSwitch.objects.filter(instance_id=cycle.pot.instance_id, switched_at=cycle.ended_at).exists()


def verify_draws(scope: Scope, *, instance_ids: list[UUID] | None = None) -> Verification:
    """Recompute every recorded draw of the scope's pots: of cycles that have ended, and of those that run from their
    sealed secrets. What is wrong is listed; nothing is raised."""
    verification = Verification()
    rows = pots(scope)
    if instance_ids is not None:
        rows = rows.filter(instance_id__in=instance_ids)
    instance_of_pots: dict[UUID, list[tuple[UUID, str]]] = {}
    for pot in rows:
        instance_of_pots.setdefault(pot.instance_id, []).append((pot.pk, pot.code))
    for instance_id, own in instance_of_pots.items():
        _verify_instance(scope, instance_id, own, verification)
    return verification


@dataclass
class _Cycle:
    """What has been seen of one cycle."""

    secret: bytes
    prefix: bytes
    has_ended: bool
    was_switched: bool = False
    winner: UUID | None = None
    unarmed_losers: int = 0
    armed: int = 0
    winner_was_armed: bool = False
    winner_hit: bool = False
    steps: list[tuple[int, int]] = field(default_factory=list)


def _verify_instance(scope: Scope, instance_id: UUID, own: list[tuple[UUID, str]], verification: Verification) -> None:
    seen: dict[tuple[str, int], _Cycle] = {}
    pot_ids = {code: pot_id for pot_id, code in own}
    switched = set(ModelSwitch.objects.filter(instance_id=instance_id).values_list("switched_at", flat=True))
    for row in cycles(scope, pot_ids=list(pot_ids.values())):
        secret = unseal(bytes(row.sealed_secret))
        verification.cycle_count += 1
        if commit(secret) != bytes(row.commitment).hex():
            verification.mismatches.append(
                Mismatch(row.pot_id, row.cycle, None, "the secret is not what was committed to")
            )
        prefix = draw_prefix(str(instance_id), row.pot.code, row.cycle)
        seen[row.pot.code, row.cycle] = _Cycle(secret, prefix, row.ended_at is not None, row.ended_at in switched)
    for code, cycle, contribution_id in Win.objects.filter(instance_id=instance_id).values_list(
        "pot__code", "cycle", "contribution_id"
    ):
        if (code, cycle) in seen:
            seen[code, cycle].winner = contribution_id
    for contribution in Contribution.objects.filter(instance_id=instance_id).iterator(chunk_size=2_000):
        for one in draws_of(contribution):
            verification.draw_count += 1
            verification.mismatches.extend(_check_draw(one, pot_ids, seen))
    for (code, number), noted in seen.items():
        verification.mismatches.extend(Mismatch(pot_ids[code], number, None, detail) for detail in _check_cycle(noted))


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
    )


def _check_draw(one: Draw, pot_ids: dict[str, UUID], seen: dict[tuple[str, int], _Cycle]) -> Iterator[Mismatch]:
    cycle = seen.get((one.code, one.cycle))
    pot_id = pot_ids.get(one.code, UUID(int=0))
    if cycle is None:
        yield Mismatch(pot_id, one.cycle, one.contribution_id, "there is no such cycle")
        return
    terms = next((pot for pot in published_terms(one.template_id).pots if pot.code == one.code), None)
    for detail in _faults(one, cycle, terms):
        yield Mismatch(pot_id, one.cycle, one.contribution_id, detail)
    _note(one, cycle)
    if terms is not None and terms.kind == "value" and one.numerator and one.denominator > 1:
        cycle.steps.append((one.denominator, one.numerator))


def _faults(one: Draw, cycle: _Cycle, terms: PotTerms | None) -> Iterator[str]:
    number = draw(cycle.secret, cycle.prefix, str(one.contribution_id), one.denominator)
    if number != one.number:
        yield f"the number is {number} of {one.denominator}, recorded is {one.number}"
    if one.is_hit != (number < one.numerator):
        recorded = "a hit" if one.is_hit else "no hit"
        yield f"{number} of {one.denominator} against {one.numerator} is recorded as {recorded}"
    if one.was_armed and (one.numerator, one.denominator) != (1, 1):
        yield "the pot was armed, but was not hit for certain"
    if terms is None:
        yield "the template has no such pot"
    elif not one.was_armed and terms.kind == "probability" and not _is_chance(one, terms):
        yield f"the chance is not {one.numerator} of {one.denominator}"
    if one.won != (cycle.winner == one.contribution_id):
        yield (
            "it is answered as the win and is not recorded as it"
            if one.won
            else "it is recorded as the win and was not"
        )


def _is_chance(one: Draw, terms: PotTerms) -> bool:
    chance = by_probability(one.amount_micros, terms.cost_per_attempt_micros, terms.max_magic_number or 0)
    return chance == (one.numerator, one.denominator)


def _note(one: Draw, cycle: _Cycle) -> None:
    if one.was_armed:
        cycle.armed += 1
    elif one.is_hit and not one.won:
        cycle.unarmed_losers += 1
    if one.won:
        cycle.winner_hit = one.is_hit
        cycle.winner_was_armed = one.was_armed


def _check_cycle(cycle: _Cycle) -> Iterator[str]:
    """A hit that lost to a more valuable one arms the pot until it is won: one such hit, all after it are certain."""
    if cycle.has_ended != (cycle.winner is not None) and not cycle.was_switched:
        yield "it has ended without a win" if cycle.has_ended else "it is won and has not ended"
    if cycle.winner is not None and not cycle.winner_hit:
        yield "its win was no hit"
    if cycle.unarmed_losers > 1:
        yield f"{cycle.unarmed_losers} hits lost though the first had armed the pot"
    if cycle.armed and not cycle.unarmed_losers:
        yield "it is recorded as armed, and no hit had armed it"
    if cycle.winner is not None and cycle.unarmed_losers and not cycle.winner_was_armed:
        yield "its armed pot was won by a hit that is not recorded as certain"
    # A pot that drops between two values goes on where the contribution before left it.
    steps = sorted(cycle.steps, reverse=True)
    for (denominator, numerator), (following, _) in pairwise(steps):
        if following != denominator - numerator:
            yield f"after {numerator} of {denominator} the next chance is of {following}"
