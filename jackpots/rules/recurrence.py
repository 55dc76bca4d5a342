"""Recurrence rules: the hours of UTC days in which a schedule lets contributions in."""

from collections.abc import Iterator
from math import lcm
from typing import Final, NamedTuple

import msgspec

DAY_SECONDS: Final = 86_400
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_THURSDAY: Final = 3  # 1 January 1970
_WEEK_DAYS: Final = 7


class Hours(msgspec.Struct, frozen=True):
    """From one second of the day to another, half-open; 86,400 is the midnight after it. An end that is not after the
    start lies in the next day."""

    from_second: int
    to_second: int

    @property
    def end_second(self) -> int:
        """The end, counted from the midnight before the start."""
        return self.to_second if self.to_second > self.from_second else self.to_second + DAY_SECONDS


class Daily(msgspec.Struct, frozen=True):
    """Hours of every day, or of every `interval`-th day from the schedule's first."""

    hours: tuple[Hours, ...]
    interval: int = 1


class OpenDay(msgspec.Struct, frozen=True):
    """A day of the week (0 is Monday). Hours of its own take the place of the daily ones; None has those."""

    weekday: int
    hours: tuple[Hours, ...] | None = None


class Weekly(msgspec.Struct, frozen=True):
    """Days of every week, or of every `interval`-th period of seven days from the schedule's first."""

    days: tuple[OpenDay, ...]
    interval: int = 1


Rule = Daily | Weekly


class Opening(NamedTuple):
    """Seconds since 1970 in which a rule lets contributions in, half-open, and the path of that rule."""

    start: int
    end: int
    rule: str


class Closing(NamedTuple):
    """The path of the rule that keeps a day, or a part of it, shut; and that in words."""

    rule: str
    text: str


class Recurrence:
    """Rules that count their intervals from `first_day` (days since 1970).

    A window belongs to the day on which it begins, with its interval and its weekday, also where it goes on over
    midnight. Several daily rules unite, as several weekly ones do; hours that any weekly rule gives to a day take the
    place of all daily ones on that day.
    """

    def __init__(self, rules: tuple[Rule, ...], first_day: int) -> None:
        self.rules = rules
        self.first_day = first_day
        self._daily = [(place, rule) for place, rule in enumerate(rules) if isinstance(rule, Daily)]
        self._weekly = [(place, rule) for place, rule in enumerate(rules) if isinstance(rule, Weekly)]

    @property
    def period_days(self) -> int:
        """After so many days it repeats."""
        return period_days(self.rules)

    def openings(self, day: int) -> list[Opening]:
        """The windows that begin on this day (since 1970), as the rules have them: they may overlap."""
        midnight = day * DAY_SECONDS
        return [
            Opening(midnight + hours.from_second, midnight + hours.end_second, rule)
            for hours, rule in self._hours_of(day)
        ]

    def merged(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The windows that touch the days from `first` to `last` in order, joined where they meet."""
        start = end = -1
        is_any = False
        for day in range(first - 1, last + 1):
            for opening in sorted(self.openings(day)):
                if is_any and opening.start <= end:
                    end = max(end, opening.end)
                    continue
                if is_any:
                    yield start, end
                start, end, is_any = opening.start, opening.end, True
        if is_any:
            yield start, end

    def closing(self, day: int) -> Closing:
        """Why the day is shut at an hour that no window covers."""
        entries = self._entries(day)
        if self._weekly and not entries:
            return self._unlisted(day)
        if not any(entry.hours for _, entry in entries) and not any(self._counts(rule, day) for _, rule in self._daily):
            place, rule = self._daily[0]
            return Closing(
                f"recurrence_rules[{place}].interval", f"This day is between those of every {rule.interval} days."
            )
        hours = sorted({hours_text(hours) for hours, _ in self._hours_of(day)})
        path = next(rule for _, rule in self._hours_of(day)).rpartition("[")[0]
        return Closing(path, f"{WEEKDAYS[weekday_of(day)]} is open from {' and from '.join(hours)} UTC.")

    def _unlisted(self, day: int) -> Closing:
        weekday = weekday_of(day)
        for place, rule in self._weekly:
            if any(entry.weekday == weekday for entry in rule.days):
                text = f"This week is between those of every {rule.interval} weeks."
                return Closing(f"recurrence_rules[{place}].interval", text)
        place = self._weekly[0][0]
        return Closing(
            f"recurrence_rules[{place}].frequency.Weekly.days", f"{WEEKDAYS[weekday]} is not among the open days."
        )

    def _hours_of(self, day: int) -> Iterator[tuple[Hours, str]]:
        entries = self._entries(day)
        if self._weekly and not entries:
            return
        own = [(path, entry.hours) for path, entry in entries if entry.hours is not None]
        if own:
            for path, several in own:
                yield from ((hours, f"{path}[1].Daily.hours[{place}]") for place, hours in enumerate(several))
        elif self._daily:
            for place, rule in self._daily:
                if self._counts(rule, day):
                    path = f"recurrence_rules[{place}].frequency.Daily.hours"
                    yield from ((hours, f"{path}[{number}]") for number, hours in enumerate(rule.hours))
        else:
            yield from ((Hours(0, DAY_SECONDS), path) for path, _ in entries)

    def _entries(self, day: int) -> list[tuple[str, OpenDay]]:
        weekday = weekday_of(day)
        return [
            (f"recurrence_rules[{place}].frequency.Weekly.days[{number}]", entry)
            for place, rule in self._weekly
            if self._counts(rule, day)
            for number, entry in enumerate(rule.days)
            if entry.weekday == weekday
        ]

    def _counts(self, rule: Rule, day: int) -> bool:
        passed = day - self.first_day
        return (passed if isinstance(rule, Daily) else passed // _WEEK_DAYS) % rule.interval == 0


def period_days(rules: tuple[Rule, ...]) -> int:
    """After how many days rules repeat; 1 where there are none."""
    return lcm(1, *(rule.interval * (_WEEK_DAYS if isinstance(rule, Weekly) else 1) for rule in rules))


def weekday_of(day: int) -> int:
    """The weekday of a day since 1970; 0 is Monday."""
    return (day + _THURSDAY) % _WEEK_DAYS


def hours_text(hours: Hours) -> str:
    """`19:00 to 21:00`, with seconds where there are any."""
    return f"{clock_text(hours.from_second)} to {clock_text(hours.to_second)}"


def clock_text(second: int) -> str:
    """A second of the day as clocks show it; 86,400 is 24:00."""
    minutes, seconds = divmod(second, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{seconds:02d}" if seconds else text
