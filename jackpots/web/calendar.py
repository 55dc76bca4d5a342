"""A calendar of windows: the days of a month or of a week, on the clocks of a zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from jackpots.rules.local_time import ClockChange, clock_changes, day_start
from jackpots.rules.schedule import Schedule, Window
from jackpots.web.schedule_words import change_words, length_text, span_text

SCALE: Final = 1_440
FIRST_YEAR, LAST_YEAR = 1990, 2900


@dataclass(frozen=True)
class Bar:
    """A window in the bar of its day, in parts of 1,440."""

    x: int
    width: int


@dataclass(frozen=True)
class Day:
    """A day of the zone. It lasts 23 or 25 hours where the clocks change."""

    date: date
    bars: tuple[Bar, ...]
    local: tuple[str, ...]
    utc: tuple[str, ...]
    change: str
    is_today: bool
    is_outside: bool

    @property
    def summary(self) -> str:
        """The day for who cannot see the bar."""
        return f"open {', '.join(self.local)}" if self.local else "closed"


@dataclass(frozen=True)
class Row:
    """A window of the table."""

    start: datetime
    end: datetime
    local: str
    utc: str
    length: str


@dataclass(frozen=True)
class Span:
    """The days from `first` to `last`, both shown. `month` is the one that is meant, None for a week."""

    first: date
    last: date
    month: date | None

    @property
    def title(self) -> str:
        """`March 2026`, `16 to 22 March 2026`."""
        if self.month is not None:
            return f"{self.month:%B %Y}"
        if self.first.month == self.last.month:
            return f"{self.first.day} to {self.last.day} {self.last:%B %Y}"
        return f"{self.first.day} {self.first:%B} to {self.last.day} {self.last:%B %Y}"

    @property
    def before(self) -> str:
        """The query of the month or week before."""
        return month_query(self.month - timedelta(days=1)) if self.month else week_query(self.first - timedelta(days=7))

    @property
    def after(self) -> str:
        """The query of the month or week after."""
        return (
            month_query(self.month + timedelta(days=31)) if self.month else week_query(self.first + timedelta(days=7))
        )


def month_of(day: date) -> Span:
    """The month of a day, in whole weeks from Monday to Sunday."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Span(_monday(first), _monday(last) + timedelta(days=6), first)


def week_of(day: date) -> Span:
    """The week of a day, from Monday to Sunday."""
    return Span(_monday(day), _monday(day) + timedelta(days=6), None)


def asked_span(month: str, week: str, today: date) -> Span:
    """What the address asks for: `2026-03`, or a day of a week; this month where it asks for nothing sensible."""
    for text, made in ((week, week_of), (f"{month}-01", month_of)):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            continue
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return made(day)
    return month_of(today)


def month_query(day: date) -> str:
    """The part of an address that shows the day's month."""
    return f"month={day:%Y-%m}"


def week_query(day: date) -> str:
    """The part of an address that shows the day's week."""
    return f"week={day.isoformat()}"


class Calendar:
    """The windows of a schedule in a span of days of a zone."""

    def __init__(self, schedule: Schedule, span: Span, zone: str, today: date) -> None:
        self.span = span
        self.zone = zone
        self._zone = ZoneInfo(zone)
        self._today = today
        self.start = day_start(span.first, self._zone)
        self.end = day_start(span.last + timedelta(days=1), self._zone)
        self.windows = list(schedule.windows(self.start, self.end))
        self.changes = list(clock_changes(self._zone, self.start, self.end))

    def weeks(self) -> list[list[Day]]:
        """The days by week."""
        count = (self.span.last - self.span.first).days + 1
        days = [self._day(self.span.first + timedelta(days=number)) for number in range(count)]
        return [days[number : number + 7] for number in range(0, count, 7)]

    def rows(self) -> list[Row]:
        """The windows one by one."""
        return rows_of(self.windows, self._zone)

    def warnings(self) -> list[tuple[datetime, str]]:
        """When the clocks of the zone change within the span, and how."""
        return [(change.at, change_words(change, self.zone)) for change in self.changes]

    def _day(self, day: date) -> Day:
        start, end = day_start(day, self._zone), day_start(day + timedelta(days=1), self._zone)
        cut = [
            Window(max(window.start, start), min(window.end, end))
            for window in self.windows
            if window.start < end and window.end > start
        ]
        return Day(
            date=day,
            bars=_bars(cut, start, end),
            local=tuple(span_text(window, self._zone) for window in cut),
            utc=tuple(span_text(window, UTC) for window in cut),
            change=_change_on(self.changes, start, end, self.zone),
            is_today=day == self._today,
            is_outside=self.span.month is not None and day.month != self.span.month.month,
        )


def rows_of(windows: Sequence[Window], zone: ZoneInfo) -> list[Row]:
    """Windows on the clocks of a zone and of UTC."""
    return [
        Row(
            window.start,
            window.end,
            f"{window.start.astimezone(zone):%a %d %b} {span_text(window, zone)}",
            f"{window.start.astimezone(UTC):%a %d %b} {span_text(window, UTC)}",
            length_text(window.end - window.start),
        )
        for window in windows
    ]


def _bars(cut: Sequence[Window], start: datetime, end: datetime) -> tuple[Bar, ...]:
    length = int((end - start).total_seconds())
    bars = []
    for window in cut:
        x = int((window.start - start).total_seconds()) * SCALE // length
        until = -(-int((window.end - start).total_seconds()) * SCALE // length)
        bars.append(Bar(x, max(1, until - x)))
    return tuple(bars)


def _change_on(changes: Sequence[ClockChange], start: datetime, end: datetime, zone: str) -> str:
    return next((change_words(change, zone) for change in changes if start <= change.at < end), "")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
