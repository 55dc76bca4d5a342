"""Schedules in words, and moments on two clocks."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

import msgspec

from backoffice.core import json
from jackpots.rules.local_time import ClockChange
from jackpots.rules.recurrence import WEEKDAYS, Daily, Hours, OpenDay, Rule, Weekly, hours_text
from jackpots.rules.schedule import Schedule, Window
from jackpots.web.phrases import sentence_list
from jackpots.wire.schedule import encode_schedule

_TO: Final = "\N{EN DASH}"


def rule_words(rules: Sequence[Rule]) -> list[str]:
    """A sentence for each rule."""
    has_daily = any(isinstance(rule, Daily) for rule in rules)
    return [_daily(rule) if isinstance(rule, Daily) else _weekly(rule, has_daily=has_daily) for rule in rules]


def _daily(rule: Daily) -> str:
    often = "Every day" if rule.interval == 1 else f"Every {rule.interval} days"
    return f"{often} {_hours(rule.hours)} UTC."


def _weekly(rule: Weekly, *, has_daily: bool) -> str:
    often = "Every week" if rule.interval == 1 else f"Every {rule.interval} weeks"
    usual = [WEEKDAYS[day.weekday] for day in rule.days if day.hours is None]
    said = [f"{sentence_list(usual)} {'at the daily hours' if has_daily else 'all day'}"] if usual else []
    said += [_own(day) for day in rule.days if day.hours is not None]
    return f"{often} on {'; '.join(said)}."


def _own(day: OpenDay) -> str:
    return f"{WEEKDAYS[day.weekday]} {_hours(day.hours or ())} UTC"


def _hours(several: Sequence[Hours]) -> str:
    if all(hours.from_second == 0 and hours.end_second == 86_400 for hours in several):
        return "from midnight to midnight"
    return sentence_list([f"from {hours_text(hours)}" for hours in several])


def span_text(window: Window, zone: tzinfo) -> str:
    """A window on the clocks of a zone: `19:00` to `21:00`, with a dash between.

    An end at the midnight after its day is 24:00; any other end on another day says which.
    """
    start, end = window.start.astimezone(zone), window.end.astimezone(zone)
    if end.time() == time() and end.date() == start.date() + timedelta(days=1):
        return f"{_clock(start)}{_TO}24:00"
    later = "" if start.date() == end.date() else f"{end:%a} "
    return f"{_clock(start)}{_TO}{later}{_clock(end)}"


def change_words(change: ClockChange, zone: str) -> str:
    """`Clocks in Europe/Malta go forward by 1 h: 02:00 becomes 03:00.`"""
    moved = abs(change.after - change.before)
    before = (change.at + change.before).replace(tzinfo=None)
    after = (change.at + change.after).replace(tzinfo=None)
    direction = "forward" if change.is_forward else "back"
    return f"Clocks in {zone} go {direction} by {length_text(moved)}: {before:%H:%M} becomes {after:%H:%M}."


def length_text(length: timedelta) -> str:
    """`2 h`, `30 min`, `1 d 3 h`, `45 s`."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"


def written(schedule: Schedule) -> str:
    """The schedule as partners write it, for people to read and copy."""
    return msgspec.json.format(json.encode(encode_schedule(schedule)), indent=2).decode()


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
