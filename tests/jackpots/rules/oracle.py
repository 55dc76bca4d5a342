"""A second opinion on schedules: plain loops over the minutes of UTC, by the wire form alone, sharing nothing with the
product's own way of getting there."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
Hours = list[list[dict[str, int]]]


def moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def day_plan(wire: dict[str, Any], day: date) -> list[tuple[int, int]]:
    """Second ranges, from the day's midnight, of windows that begin on the day."""
    rules = wire.get("recurrence_rules") or []
    start = moment(wire.get("timestamp_start"))
    passed = (day - (start.date() if start else date(1970, 1, 1))).days
    dailies = [rule for rule in rules if "Daily" in rule["frequency"]]
    weeklies = [rule for rule in rules if "Weekly" in rule["frequency"]]
    named = entries_of(weeklies, passed, NAMES[day.weekday()])
    if weeklies and not named:
        return []
    own_hours: Hours = [pair for own in named if own is not None for pair in own["Daily"]["hours"]]
    if own_hours:
        return [seconds(pair) for pair in own_hours]
    if not dailies:
        return [(0, 86_400)]
    found = []
    for rule in dailies:
        if passed % rule.get("interval", 1) == 0:
            found += [seconds(pair) for pair in rule["frequency"]["Daily"]["hours"]]
    return found


def entries_of(weeklies: list[dict[str, Any]], passed: int, name: str) -> list[Any]:
    found = []
    for rule in weeklies:
        if (passed // 7) % rule.get("interval", 1) == 0:
            found += [own for listed, own in rule["frequency"]["Weekly"]["days"] if listed == name]
    return found


def seconds(pair: list[dict[str, int]]) -> tuple[int, int]:
    start, end = (t["hour"] * 3600 + t.get("minute", 0) * 60 + t.get("sec", 0) for t in pair)
    if end == 86_399:
        end = 86_400
    return (start, end) if start < end else (start, end + 86_400)


def is_open(wire: dict[str, Any], at: datetime) -> bool:
    """One moment, from scratch."""
    start, end = moment(wire.get("timestamp_start")), moment(wire.get("timestamp_end"))
    if (start is not None and at < start) or (end is not None and at >= end):
        return False
    if not wire.get("recurrence_rules"):
        return True
    at = at.astimezone(UTC)
    second = at.hour * 3600 + at.minute * 60 + at.second
    today = any(low <= second < high for low, high in day_plan(wire, at.date()))
    yesterday = day_plan(wire, at.date() - timedelta(days=1))
    return today or any(low <= second + 86_400 < high for low, high in yesterday)


MINUTES = [timedelta(minutes=minute) for minute in range(1440)]


def minutes(wire: dict[str, Any], first: date, days: int, step: int = 1) -> Iterator[tuple[datetime, bool]]:
    """Every `step`-th minute of so many days, with its answer. The plan of a day is read once."""
    start, end = moment(wire.get("timestamp_start")), moment(wire.get("timestamp_end"))
    low, high = start or datetime(1900, 1, 1, tzinfo=UTC), end or datetime(9000, 1, 1, tzinfo=UTC)
    has_rules = bool(wire.get("recurrence_rules"))
    before = day_plan(wire, first - timedelta(days=1)) if has_rules else []
    offset = 0
    for number in range(days):
        day = first + timedelta(days=number)
        plan = day_plan(wire, day) if has_rules else [(0, 86_400)]
        windows = plan + [(a - 86_400, b - 86_400) for a, b in before]
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        for minute in range(offset, 1440, step):
            at = midnight + MINUTES[minute]
            second = minute * 60
            inside = False
            for a, b in windows:
                if a <= second < b:
                    inside = True
            yield at, inside and low <= at < high
            offset = minute + step - 1440
        before = plan
