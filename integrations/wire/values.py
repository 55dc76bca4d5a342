"""Values of players' attributes, read from what partners send: text, numbers, instants, truth."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from integrations.wire.players import AttributeType, AttributeValue

# What is smaller counts seconds, what is larger milliseconds: in seconds it is past the year 5000.
SECONDS_BELOW: Final = 100_000_000_000
EARLIEST_MS: Final = -2_208_988_800_000
LATEST_MS: Final = 4_102_444_800_000
MOST_DIGITS: Final = 30
_NUMBER: Final = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY: Final = date(1970, 1, 1).toordinal()

Reader = Callable[[Any, tzinfo], AttributeValue | None]


def text_of(value: Any, _zone: tzinfo = UTC) -> str | None:
    """A text that is not empty, stripped; a number becomes its digits. None for anything else."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, Decimal) and abs(value.adjusted()) <= MOST_DIGITS:
        return f"{value:f}"
    return None


def number_of(value: Any, _zone: tzinfo = UTC) -> Decimal | None:
    """The exact number, also where it was sent as text; None for anything else."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    return value if isinstance(value, Decimal) and abs(value.adjusted()) <= MOST_DIGITS else None


def boolean_of(value: Any, _zone: tzinfo = UTC) -> bool | None:
    """True or false, also as text; None for anything else."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().casefold())
    return value if isinstance(value, bool) else None


def instant_ms_of(value: Any, zone: tzinfo = UTC) -> int | None:
    """Epoch milliseconds of an epoch in milliseconds or seconds, or of ISO 8601, which is of the zone where it names
    none; None for anything else, and outside the years 1900 to 2099."""
    number = number_of(value)
    if number is not None:
        ms = int(number * 1_000) if abs(number) < SECONDS_BELOW else int(number)
    elif isinstance(value, str):
        try:
            instant = datetime.fromisoformat(value.strip())
            instant = instant if instant.tzinfo else instant.replace(tzinfo=zone)
            ms = (instant - _EPOCH) // _MILLISECOND
        except (ValueError, OverflowError):
            return None
    else:
        return None
    return ms if EARLIEST_MS <= ms < LATEST_MS else None


def datetime_of(value: Any, zone: tzinfo = UTC) -> str | None:
    """The instant as attributes keep it, or None as `instant_ms_of`."""
    ms = instant_ms_of(value, zone)
    return None if ms is None else datetime_text(ms)


def datetime_text(ms: int) -> str:
    """RFC 3339 in UTC with milliseconds: 1696727834000 is 2023-10-08T01:17:14.000Z."""
    days, rest = divmod(ms, 86_400_000)
    seconds, milliseconds = divmod(rest, 1_000)
    minutes, second = divmod(seconds, 60)
    return f"{_day_text(days)}{_MINUTES[minutes]}{_SECONDS[second]}{milliseconds:03d}Z"


@lru_cache(maxsize=4_096)
def _day_text(days: int) -> str:
    return date.fromordinal(_FIRST_DAY + days).isoformat()


_MILLISECOND: Final = (datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC) - _EPOCH) / 1_000
_MINUTES: Final = [f"T{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1_440)]
_SECONDS: Final = [f"{second:02d}." for second in range(60)]
READERS: Final[dict[AttributeType, Reader]] = {
    "string": text_of,
    "number": number_of,
    "datetime": datetime_of,
    "boolean": boolean_of,
}


def stripped(value: Any) -> Any:
    """The JSON value with all its texts stripped; keys are already."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return {key: stripped(member) for key, member in value.items()}
    if isinstance(value, list):
        return [stripped(member) for member in value]
    return value
