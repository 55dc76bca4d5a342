"""From the address to a period or a frame."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import QueryDict

from reporting.rules import frames, period

_EARLIEST, _LATEST = date(2000, 1, 1), date(2199, 12, 31)


def asked_day(text: str) -> date | None:
    """A day as browsers send it, or None for anything else and for what no report can mean."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= _LATEST else None


def asked_month(text: str) -> date | None:
    """The first day of `2026-11`, or None for anything else."""
    return asked_day(f"{text}-01") if len(text) == 7 else None


def asked_period(query: QueryDict, now: datetime, zone: str) -> period.Period:
    """`?range=7d`, or `?range=custom&from=2026-11-01&to=2026-11-20`; days alone are a range too."""
    first, last = asked_day(query.get("from", "")), asked_day(query.get("to", ""))
    key = query.get("range", period.CUSTOM if first or last else period.DEFAULT)
    return period.period_of(key, now, ZoneInfo(zone), first, last)


def asked_frame(query: QueryDict, now: datetime, zone: str) -> frames.Frame:
    """`?range=3m`, `?month=2026-10`, or `?from=2026-11-01&to=2026-11-20`."""
    today = now.astimezone(ZoneInfo(zone)).date()
    month = asked_month(query.get("month", ""))
    if month is not None:
        return frames.one_month(month)
    first, last = asked_day(query.get("from", "")), asked_day(query.get("to", ""))
    key = query.get("range", frames.CUSTOM if first or last else frames.DEFAULT)
    return frames.frame_of(key, today, first, last)
