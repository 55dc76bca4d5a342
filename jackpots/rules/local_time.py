"""Schedules on clocks of other zones: days of a zone, and the moments at which its clocks change. Labels only: what is
accepted is decided in UTC."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

_STEP: Final = timedelta(hours=1)
_SECOND: Final = timedelta(seconds=1)


class ClockChange(NamedTuple):
    """Clocks of a zone go from one offset to another at this moment (in UTC)."""

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def is_forward(self) -> bool:
        """Whether an hour of the clock is left out; else one comes twice."""
        return self.after > self.before


def day_start(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day of the zone, in UTC. Where midnight is left out it is the moment of the change."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def clock_changes(zone: tzinfo, since: datetime, until: datetime) -> Iterator[ClockChange]:
    """The changes of a zone's clocks between two moments, in order."""
    here = since.astimezone(UTC)
    while here < until:
        later = min(here + timedelta(days=1), until.astimezone(UTC))
        if _offset(here, zone) != _offset(later, zone):
            yield from _within(zone, here, later)
        here = later


def _within(zone: tzinfo, here: datetime, until: datetime) -> Iterator[ClockChange]:
    while here < until:
        later = min(here + _STEP, until)
        before, after = _offset(here, zone), _offset(later, zone)
        if before != after:
            low, high = here, later
            while high - low > _SECOND:
                middle = low + (high - low) / 2
                low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
            yield ClockChange(high.replace(microsecond=0), before, after)
        here = later


def _offset(at: datetime, zone: tzinfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
