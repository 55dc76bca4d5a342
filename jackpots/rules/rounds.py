"""The rounds of a raffle: how long they are, when each begins and ends, and whether there is one or many."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from jackpots.rules.schedule import Schedule


class DurationUnit(StrEnum):
    """The units of a round's duration."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"


class RaffleKind(StrEnum):
    """Whether a raffle has one round or goes on."""

    ONCE_OFF = "once_off"
    RECURRING = "recurring"


_SECONDS: Final = {
    DurationUnit.SECONDS: 1,
    DurationUnit.MINUTES: 60,
    DurationUnit.HOURS: 3_600,
    DurationUnit.DAYS: 86_400,
    DurationUnit.WEEKS: 604_800,
}
LONGEST_SECONDS: Final = 10 * 366 * 86_400


class Duration(msgspec.Struct, frozen=True):
    """A whole number of units."""

    count: int
    unit: DurationUnit

    @property
    def length(self) -> timedelta:
        """The same as a stretch of time. ValueError below one second and over ten years."""
        seconds = self.count * _SECONDS[DurationUnit(self.unit)]
        if not 1 <= seconds <= LONGEST_SECONDS:
            raise ValueError("a round lasts from one second to ten years")
        return timedelta(seconds=seconds)


class Round(NamedTuple):
    """A round; the first has the number 1. Half-open."""

    number: int
    start: datetime
    end: datetime


def kind_of(schedule: Schedule, duration: Duration) -> RaffleKind:
    """Recurring if the schedule is longer than a round, once-off if it is as long.

    ValueError without a start, and for a schedule that is shorter than a round.
    """
    if schedule.starts_at is None:
        raise ValueError("the rounds of a raffle are counted from the start of its schedule")
    if schedule.ends_at is None:
        return RaffleKind.RECURRING
    span = schedule.ends_at - schedule.starts_at
    if span < duration.length:
        raise ValueError("the schedule is shorter than one round")
    return RaffleKind.ONCE_OFF if span == duration.length else RaffleKind.RECURRING


def first_round(schedule: Schedule, duration: Duration) -> Round:
    """The round that begins with the schedule. ValueError for a schedule without a start."""
    if schedule.starts_at is None:
        raise ValueError("the rounds of a raffle are counted from the start of its schedule")
    return _round(schedule, duration, 1, schedule.starts_at)


def next_round(schedule: Schedule, duration: Duration, previous: Round) -> Round | None:
    """The round after this one: it begins at the first open moment at or after its end; None if it was the last."""
    start = schedule.next_open(previous.end)
    return None if start is None else _round(schedule, duration, previous.number + 1, start)


def rounds(
    schedule: Schedule, duration: Duration, since: datetime, until: datetime, *, after: Round | None = None
) -> Iterator[Round]:
    """The rounds that touch the time between two moments, in order: all of them, or those after a known one.

    What lies before costs a step a window, not a step a round.
    """
    current: Round | None = first_round(schedule, duration) if after is None else next_round(schedule, duration, after)
    while current is not None and current.start < until:
        if current.end > since:
            yield current
            current = next_round(schedule, duration, current)
        else:
            current = _skipped(schedule, duration, current, since)


def round_at(schedule: Schedule, duration: Duration, at: datetime) -> Round | None:
    """The round that runs at this moment; None between two rounds, before the first and after the last."""
    found = next(rounds(schedule, duration, at, at + timedelta(microseconds=1)), None)
    return found if found is not None and found.start <= at < found.end else None


def _skipped(schedule: Schedule, duration: Duration, ended: Round, since: datetime) -> Round | None:
    """The round after `ended`, or a later one of the same window that does not reach `since` either."""
    following = next_round(schedule, duration, ended)
    if following is None or following.end >= since:
        return following
    length = duration.length
    open_until = next((window.end for window in schedule.windows(following.start, since)), following.start)
    steps = max(0, (min(open_until, since) - following.start) // length - 1)
    return _round(schedule, duration, following.number + steps, following.start + steps * length)


def _round(schedule: Schedule, duration: Duration, number: int, start: datetime) -> Round:
    end = start + duration.length
    return Round(number, start, end if schedule.ends_at is None else min(end, schedule.ends_at))
