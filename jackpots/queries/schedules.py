"""Schedules: whether a contribution at a moment would be accepted, by the rules that accept it, and the rounds of a
raffle."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, JackpotType, RaffleRound
from jackpots.queries.instances import facts_of, instances, schedule_of
from jackpots.queries.sources import instances_behind, source_of_brand
from jackpots.queries.suspensions import holding
from jackpots.rules.eligibility import (
    Attempt,
    SuspendedScope,
    availability,
    choose,
    refusal,
    suspension_refusal,
)
from jackpots.rules.rounds import Duration, DurationUnit, Round, rounds
from jackpots.rules.schedule import Ruling
from jackpots.rules.states import InstanceState, effective_state, is_final

FORESEEN: Final = timedelta(days=3_660)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A contribution that might be made, at a moment that can be meant.

    Without a brand only the jackpot's state and hours are asked about; without a source it names the jackpot itself.
    """

    at: datetime
    brand_id: str = ""
    country: str = ""
    source_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The answer. `refusal` is what the caller would be told, None where it is accepted.

    `taker` is the jackpot that takes it: another one where the source leads there first. What is open to a brand is
    seen by whoever sees the brand. `next_open` is None where the hours never come again.
    """

    at: datetime
    state: InstanceState
    ruling: Ruling
    refusal: Refusal | None
    taker: Instance | None
    next_open: datetime | None

    @property
    def is_accepted(self) -> bool:
        """Whether some jackpot takes it."""
        return self.refusal is None


def what_if(scope: Scope, row: Instance, question: Question) -> Verdict:
    """Whether the contribution would be accepted, if nothing but the clock changes until (or since) then.

    The row has been read in the scope. Opt-ins and the size of bets are not asked about.
    """
    at, schedule = question.at, schedule_of(row)
    refused, taker = _decided(scope, row, question)
    return Verdict(
        at=at,
        state=effective_state(row.state, row.starts_at, row.ends_at, at),
        ruling=schedule.why(at),
        refusal=refused,
        taker=taker,
        next_open=schedule.next_open(at),
    )


def raffle_rounds(row: Instance, since: datetime, until: datetime) -> Iterator[Round]:
    """The rounds of a raffle that touch the time between two moments, in order; none for any other jackpot.

    Those that are written down stand as they were; those to come follow the schedule, for ten years at most.
    """
    if row.jackpot_type != JackpotType.RAFFLE:
        return
    last: Round | None = None
    for kept in RaffleRound.objects.filter(instance=row, ends_at__gt=since).order_by("number").iterator():
        last = Round(kept.number, kept.starts_at, kept.ends_at)
        if last.start < until:
            yield last
    latest = RaffleRound.objects.filter(instance=row).order_by("-number").first() if last is None else None
    if latest is not None:
        last = Round(latest.number, latest.starts_at, latest.ends_at)
    template = row.template
    if last is None or template.duration_count is None or is_final(row.state):
        return
    duration = Duration(template.duration_count, DurationUnit(template.duration_unit))
    yield from rounds(schedule_of(row), duration, since, min(until, last.end + FORESEEN), after=last)


def _decided(scope: Scope, row: Instance, question: Question) -> tuple[Refusal | None, Instance | None]:
    if question.brand_id and not _is_brand(scope, row, question.brand_id):
        return Refusal("UNSUPPORTED_BRAND", f"{question.brand_id}: this brand is not supported", "brand_id"), None
    held = [SuspendedScope(one.brand_id, one.source_id) for one in holding(Scope(row.operator_id))]
    if question.brand_id and question.source_id:
        return _by_source(question, held)
    refused = suspension_refusal(held, question.brand_id, None)
    if refused is None and question.brand_id:
        refused = refusal(facts_of(row), Attempt(question.brand_id, question.country), question.at)
    elif refused is None:
        refused = availability(facts_of(row), question.at)
    return refused, None if refused else row


def _is_brand(scope: Scope, row: Instance, brand_id: str) -> bool:
    known = Brand.objects.filter(pk=brand_id, operator_id=row.operator_id, is_active=True)
    return scope.sees_brand(brand_id) and known.exists()


def _by_source(question: Question, held: list[SuspendedScope]) -> tuple[Refusal | None, Instance | None]:
    # The order is the source's own, also through jackpots that the viewer does not see.
    everybody = Scope(question.brand_id.partition(":")[0])
    source = source_of_brand(everybody, source_id=question.source_id, brand_id=question.brand_id)
    if source is None:
        return Refusal("GAME_NOT_FOUND", question.source_id, "source_id"), None
    mapped = instances_behind(source)
    rows = {found.pk: found for found in instances(everybody).filter(pk__in=mapped)}
    by_priority = [facts_of(rows[key]) for key in mapped if key in rows]
    attempt = Attempt(question.brand_id, question.country, question.source_id)
    chosen = choose(by_priority, attempt, question.at)
    if isinstance(chosen, Refusal):
        return chosen, None
    refused = suspension_refusal(held, question.brand_id, source.pk)
    return refused, None if refused else rows[UUID(chosen.instance_id)]
