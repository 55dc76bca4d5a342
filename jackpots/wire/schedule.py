"""A schedule as partners write it: epoch milliseconds and recurrence rules (SCH-03…10), read strictly."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from backoffice.core.clock import epoch_ms
from backoffice.core.errors import Refusal
from jackpots.rules.recurrence import (
    DAY_SECONDS,
    WEEKDAYS,
    Daily,
    Hours,
    OpenDay,
    Rule,
    Weekly,
    period_days,
)
from jackpots.rules.schedule import EARLIEST, EPOCH, LATEST, MAX_PERIOD_DAYS, Schedule

MAX_RULES: Final = 20
MAX_HOURS: Final = 48
MAX_DAILY_INTERVAL: Final = 366
MAX_WEEKLY_INTERVAL: Final = 52
LAST_SECOND: Final = DAY_SECONDS - 1
_FIELDS: Final = ("timestamp_start", "timestamp_end", "recurrence_rules")


def decode_schedule(sent: Any, path: str = "") -> Schedule:
    """The schedule in a decoded JSON object. Refusal(INVALID_REQUEST) names the path of what is wrong."""
    fields = _members(sent, path, _FIELDS)
    start, end = (_moment(fields.get(name), _below(path, name)) for name in _FIELDS[:2])
    if start is not None and end is not None and end <= start:
        raise _wrong(_below(path, "timestamp_end"), "The end must be after the start.")
    rules = fields.get("recurrence_rules")
    decoded = () if rules is None else decode_rules(rules, _below(path, "recurrence_rules"))
    return Schedule(start, end, decoded)


def decode_rules(sent: Any, path: str = "recurrence_rules") -> tuple[Rule, ...]:
    """Recurrence rules as they stand in a schedule. Refusal(INVALID_REQUEST) names the path of what is wrong."""
    rules = tuple(_rule(rule, f"{path}[{place}]") for place, rule in enumerate(_list(sent, path, MAX_RULES)))
    if period_days(rules) > MAX_PERIOD_DAYS:
        raise _wrong(path, "Together these intervals repeat only after more than ten years.")
    return rules


def encode_schedule(schedule: Schedule) -> dict[str, object]:
    """The schedule as partners write it; without an end there is no `timestamp_end`."""
    encoded: dict[str, object] = {}
    if schedule.starts_at is not None:
        encoded["timestamp_start"] = epoch_ms(schedule.starts_at)
    if schedule.ends_at is not None:
        encoded["timestamp_end"] = epoch_ms(schedule.ends_at)
    return encoded | {"recurrence_rules": encode_rules(schedule.rules)}


def encode_rules(rules: tuple[Rule, ...]) -> list[dict[str, object]]:
    """Recurrence rules as partners write them, with every interval said."""
    return [{"frequency": _frequency(rule), "interval": rule.interval} for rule in rules]


def _frequency(rule: Rule) -> dict[str, object]:
    if isinstance(rule, Daily):
        return {"Daily": {"hours": _pairs(rule.hours)}}
    days = [
        [WEEKDAYS[day.weekday], None if day.hours is None else {"Daily": {"hours": _pairs(day.hours)}}]
        for day in rule.days
    ]
    return {"Weekly": {"days": days}}


def _pairs(several: tuple[Hours, ...]) -> list[list[dict[str, int]]]:
    return [[_clock(hours.from_second), _clock(min(hours.to_second, LAST_SECOND))] for hours in several]


def _clock(second: int) -> dict[str, int]:
    return {"hour": second // 3600, "minute": second // 60 % 60, "sec": second % 60}


def _rule(sent: Any, path: str) -> Rule:
    fields = _members(sent, path, ("frequency", "interval"))
    where = f"{path}.frequency"
    frequency = _members(fields.get("frequency"), where, ("Daily", "Weekly"))
    if len(frequency) != 1:
        raise _wrong(where, "A rule is either Daily or Weekly.")
    if "Daily" in frequency:
        interval = _interval(fields, path, MAX_DAILY_INTERVAL)
        return Daily(_daily_hours(frequency["Daily"], f"{where}.Daily"), interval)
    days_path = f"{where}.Weekly.days"
    days = _members(frequency["Weekly"], f"{where}.Weekly", ("days",)).get("days")
    open_days = tuple(_day(day, f"{days_path}[{place}]") for place, day in enumerate(_list(days, days_path, 7)))
    if not open_days:
        raise _wrong(days_path, "Name at least one day.")
    if len({day.weekday for day in open_days}) < len(open_days):
        raise _wrong(days_path, "A day is named twice.")
    return Weekly(open_days, _interval(fields, path, MAX_WEEKLY_INTERVAL))


def _interval(fields: Mapping[str, Any], path: str, most: int) -> int:
    sent = fields.get("interval")
    return 1 if sent is None else _integer(sent, f"{path}.interval", 1, most)


def _day(sent: Any, path: str) -> OpenDay:
    pair = _list(sent, path, 2)
    if len(pair) != 2:
        raise _wrong(path, "A day is a pair: its name, and its own hours or null.")
    name, own = pair
    if name not in WEEKDAYS:
        raise _wrong(f"{path}[0]", f"A day is one of {', '.join(WEEKDAYS)}.")
    if own is None:
        return OpenDay(WEEKDAYS.index(name))
    daily = _members(own, f"{path}[1]", ("Daily",))
    return OpenDay(WEEKDAYS.index(name), _daily_hours(daily.get("Daily"), f"{path}[1].Daily"))


def _daily_hours(sent: Any, path: str) -> tuple[Hours, ...]:
    where = f"{path}.hours"
    pairs = _list(_members(sent, path, ("hours",)).get("hours"), where, MAX_HOURS)
    if not pairs:
        raise _wrong(where, "Name at least one pair of times.")
    return tuple(_hours(pair, f"{where}[{place}]") for place, pair in enumerate(pairs))


def _hours(sent: Any, path: str) -> Hours:
    pair = _list(sent, path, 2)
    if len(pair) != 2:
        raise _wrong(path, "Hours are a pair: from, to.")
    start, end = (_second(time, f"{path}[{place}]") for place, time in enumerate(pair))
    # The last second of the day means the whole of it: nothing is left between it and midnight.
    end = DAY_SECONDS if end == LAST_SECOND else end
    if start == end:
        raise _wrong(path, "From and to are the same time; the whole day is 00:00:00 to 23:59:59.")
    return Hours(start, end)


def _second(sent: Any, path: str) -> int:
    fields = _members(sent, path, ("hour", "minute", "sec"))
    if "hour" not in fields:
        raise _wrong(f"{path}.hour", "A time has an hour.")
    hour, minute, second = (
        _integer(fields.get(name, 0), f"{path}.{name}", 0, most)
        for name, most in (("hour", 23), ("minute", 59), ("sec", 59))
    )
    return hour * 3600 + minute * 60 + second


def _moment(sent: Any, path: str) -> datetime | None:
    if sent is None:
        return None
    milliseconds = _integer(sent, path)
    if not epoch_ms(EARLIEST) <= milliseconds < epoch_ms(LATEST):
        raise _wrong(path, f"A time is milliseconds since 1970, from {EARLIEST.year} to {LATEST.year - 1}.")
    return EPOCH + timedelta(milliseconds=milliseconds)


def _integer(sent: Any, path: str, least: int | None = None, most: int | None = None) -> int:
    if isinstance(sent, Mapping) and set(sent) in ({"$numberLong"}, {"$numberInt"}):
        sent = _extended(next(iter(sent.values())))
    if isinstance(sent, bool) or not isinstance(sent, int):
        raise _wrong(path, "This must be a whole number.")
    if least is not None and most is not None and not least <= sent <= most:
        raise _wrong(path, f"This must be from {least} to {most}.")
    return sent


def _extended(text: Any) -> Any:
    is_number = isinstance(text, str) and len(text) <= 19 and text.isascii() and text.isdigit()
    return int(text) if is_number else text if isinstance(text, int) else None


def _members(sent: Any, path: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(sent, Mapping):
        raise _wrong(path, "This must be an object.")
    for name in sent:
        if name not in known:
            raise _wrong(_below(path, str(name)[:60]), "There is no such field.")
    return sent


def _list(sent: Any, path: str, most: int) -> list[Any]:
    if not isinstance(sent, list):
        raise _wrong(path, "This must be a list.")
    if len(sent) > most:
        raise _wrong(path, f"At most {most} stand here.")
    return sent


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _wrong(path: str, why: str) -> Refusal:
    return Refusal("INVALID_REQUEST", f"{path}: {why}" if path else why, path or None)
