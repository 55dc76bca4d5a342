"""Periods of a report: presets by name, in the viewer's zone, and the period that each is compared with."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

import msgspec

Unit = Literal["hour", "day", "month"]

PRESETS: dict[str, str] = {
    "today": "Today",
    "yesterday": "Yesterday",
    "7d": "7 days",
    "30d": "30 days",
    "mtd": "Month to date",
    "last_month": "Last month",
    "ytd": "Year to date",
    "all": "All time",
}
DEFAULT = "7d"
CUSTOM = "custom"
_HOURLY_DAYS = 2
_DAILY_DAYS = 120


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """From the first day to the last, both included, in a zone. Without a first day: from the beginning."""

    key: str
    first: date | None
    last: date
    zone: tzinfo
    now: datetime

    @property
    def start(self) -> datetime | None:
        """The first instant, in UTC."""
        return None if self.first is None else midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The instant before which the period lies, in UTC; it may be in the future."""
        return midnight(self.last + timedelta(days=1), self.zone)

    @property
    def days(self) -> int | None:
        """How many days of the calendar; None from the beginning."""
        return None if self.first is None else (self.last - self.first).days + 1

    @property
    def unit(self) -> Unit:
        """What one point of a chart stands for. From the beginning: days, which are joined to months if many."""
        if self.days is None or _HOURLY_DAYS < self.days <= _DAILY_DAYS:
            return "day"
        return "hour" if self.days <= _HOURLY_DAYS else "month"

    @property
    def label(self) -> str:
        """The period in words: the preset's name, or its days."""
        return PRESETS.get(self.key) or self.days_label

    @property
    def days_label(self) -> str:
        """`14 Nov to 20 Nov 2026` with a dash; `until 20 Nov 2026` from the beginning."""
        if self.first is None:
            return f"until {_day(self.last)}"
        if self.first == self.last:
            return _day(self.last)
        start = _day(self.first) if self.first.year != self.last.year else f"{self.first.day} {self.first:%b}"
        return f"{start} \N{EN DASH} {_day(self.last)}"


class Span(msgspec.Struct, frozen=True):
    """From `start` (None: the beginning) to before `end`, in UTC."""

    start: datetime | None
    end: datetime


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def midnight(day: date, zone: tzinfo) -> datetime:
    """When the day begins in the zone, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def period_of(key: str, now: datetime, zone: tzinfo, first: date | None = None, last: date | None = None) -> Period:
    """The period of a preset, or of the days that were asked for with `custom`.

    An unknown key and a custom period without days are the default; days in the wrong order are turned round.
    """
    today = now.astimezone(zone).date()
    if key == CUSTOM and (first or last):
        days = sorted((first or last or today, last or today))
        return Period(key=CUSTOM, first=days[0], last=days[1], zone=zone, now=now)
    if key not in PRESETS:
        key = DEFAULT
    start, end = _preset(key, today)
    return Period(key=key, first=start, last=end, zone=zone, now=now)


def _preset(key: str, today: date) -> tuple[date | None, date]:
    month = today.replace(day=1)
    last_of_previous = month - timedelta(days=1)
    starts: dict[str, tuple[date | None, date]] = {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "7d": (today - timedelta(days=6), today),
        "30d": (today - timedelta(days=29), today),
        "mtd": (month, today),
        "last_month": (last_of_previous.replace(day=1), last_of_previous),
        "ytd": (today.replace(month=1, day=1), today),
        "all": (None, today),
    }
    return starts[key]


def shown(period: Period) -> Span:
    """What of the period has happened: not beyond now."""
    return Span(period.start, min(period.end, max(period.now, period.start or period.now)))


def before(period: Period) -> Span | None:
    """The period that it is compared with, cut where the period itself is not over yet; None from the beginning.

    A month is compared with the month before, a year to date with the year before, all else with as many days before.
    """
    if period.first is None or period.days is None:
        return None
    first, last = _days_before(period.key, period.first, period.last, period.days)
    start, end = midnight(first, period.zone), midnight(last + timedelta(days=1), period.zone)
    if period.now < period.end:
        local = period.now.astimezone(period.zone)
        days_in = (local.date() - period.first).days
        cut = datetime.combine(first + timedelta(days=days_in), local.time(), tzinfo=period.zone).astimezone(UTC)
        end = max(start, min(end, cut))
    return Span(start, end)


def _days_before(key: str, first: date, last: date, days: int) -> tuple[date, date]:
    if key in {"mtd", "last_month"}:
        end = first - timedelta(days=1)
        start = end.replace(day=1)
        return start, end if key == "last_month" else min(end, start + timedelta(days=days - 1))
    if key == "ytd":
        return first.replace(year=first.year - 1), _same_day(last, last.year - 1)
    return first - timedelta(days=days), first - timedelta(days=1)


def _same_day(day: date, year: int) -> date:
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def points(span: Span, unit: Unit, zone: tzinfo) -> list[datetime]:
    """The starts of the points of a chart over the span, as wall-clock times of the zone without one."""
    if span.start is None:
        return []
    at = floor(span.start.astimezone(zone).replace(tzinfo=None), unit)
    end = span.end.astimezone(zone).replace(tzinfo=None)
    found = [at]
    while (at := following(at, unit)) < end:
        found.append(at)
    return found


def floor(wall: datetime, unit: Unit) -> datetime:
    """The start of the hour, day or month."""
    hour = wall.replace(minute=0, second=0, microsecond=0)
    if unit == "hour":
        return hour
    day = hour.replace(hour=0)
    return day if unit == "day" else day.replace(day=1)


def following(wall: datetime, unit: Unit) -> datetime:
    """The start of the next hour, day or month."""
    if unit == "hour":
        return wall + timedelta(hours=1)
    if unit == "day":
        return wall + timedelta(days=1)
    return wall.replace(year=wall.year + wall.month // 12, month=wall.month % 12 + 1)


def point_label(wall: datetime, unit: Unit) -> str:
    """How a point is called on the axis and in the table."""
    if unit == "hour":
        return f"{wall.day} {wall:%b %H:00}"
    return f"{wall.day} {wall:%b}" if unit == "day" else f"{wall:%b %Y}"


def point_labels(walls: list[datetime], unit: Unit) -> list[str]:
    """The points of a chart; the hours of a single day need no date."""
    if unit == "hour" and len({wall.date() for wall in walls}) == 1:
        return [f"{wall:%H:00}" for wall in walls]
    return [point_label(wall, unit) for wall in walls]


def months_joined(days: dict[datetime, int]) -> dict[datetime, int]:
    """Values by day, joined to values by month."""
    joined: dict[datetime, int] = {}
    for day, value in days.items():
        month = floor(day, "month")
        joined[month] = joined.get(month, 0) + value
    return joined


def whole_days(span: Span) -> tuple[date | None, date, list[Span]]:
    """The whole UTC days of the span as (first, the day after the last), and the pieces at its ends that are not whole.

    The pieces are empty where the span begins and ends at midnight UTC. If no day is whole, first = after last.
    """
    end_day = span.end.astimezone(UTC).date()
    end = midnight(end_day, UTC)
    tail = [Span(end, span.end)] if span.end > end else []
    if span.start is None:
        return None, end_day, tail
    start_day = span.start.astimezone(UTC).date()
    start = midnight(start_day, UTC)
    if span.start > start:
        start_day += timedelta(days=1)
        start = midnight(start_day, UTC)
    if start_day > end_day or (start_day == end_day and tail and span.start > midnight(end_day, UTC)):
        return end_day, end_day, [span]
    head = [Span(span.start, start)] if span.start < start else []
    return start_day, end_day, head + tail
