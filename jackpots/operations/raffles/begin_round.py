"""Write down the rounds of a raffle: the first as it is opened, each further one as the one before is drawn."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from backoffice.core.errors import Refusal
from backoffice.core.ids import derived_id
from jackpots.models import Instance, Pot, RaffleRound
from jackpots.queries.instances import schedule_of
from jackpots.queries.rounds import duration_of
from jackpots.rules.rounds import Round, rounds
from jackpots.rules.terms import TemplateTerms

_AHEAD: Final = timedelta(days=40_000)


def round_id(pot_id: UUID, number: int) -> UUID:
    """The id of the round of this number: there can be only one."""
    return derived_id("round", str(pot_id), str(number))


def begin_first_round(instance: Instance, pot: Pot, terms: TemplateTerms, *, now: datetime) -> RaffleRound:
    """Round 1: the one that begins with the schedule, or, where that has been for a while, the one that runs now.

    Refusal(INVALID_REQUEST) without a schedule that has a round to come (RAF-08).
    """
    if instance.starts_at is None:
        raise Refusal("INVALID_REQUEST", "A raffle needs a schedule.", "starts_at")
    found = following_round(instance, terms, ended_at=instance.starts_at, now=now)
    if found is None:
        raise Refusal("INVALID_REQUEST", "The schedule has no round to come.", "ends_at")
    return _write(instance, pot, Round(pot.cycle, found.start, found.end))


def begin_next_round(instance: Instance, pot: Pot, terms: TemplateTerms, *, ended_at: datetime, now: datetime) -> bool:
    """The round of the pot's present cycle: the first that is not over at `now`. False where the schedule has none."""
    found = following_round(instance, terms, ended_at=ended_at, now=now)
    if found is None:
        return False
    _write(instance, pot, Round(pot.cycle, found.start, found.end))
    return True


def following_round(instance: Instance, terms: TemplateTerms, *, ended_at: datetime, now: datetime) -> Round | None:
    """The first round after `ended_at` that is not over at `now`; None where the schedule has none. Rounds that nobody
    could take part in, because nothing ran, are left out."""
    since = max(ended_at, now)
    if since > datetime.max.replace(tzinfo=since.tzinfo) - _AHEAD:
        return None
    return next(rounds(schedule_of(instance), duration_of(terms), since, since + _AHEAD), None)


def _write(instance: Instance, pot: Pot, found: Round) -> RaffleRound:
    return RaffleRound.objects.create(
        id=round_id(pot.pk, found.number),
        operator_id=instance.operator_id,
        instance=instance,
        pot=pot,
        number=found.number,
        starts_at=found.start,
        ends_at=found.end,
    )
