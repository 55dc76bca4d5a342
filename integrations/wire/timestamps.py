"""RFC 3339 instants as partners send them, malformed hours included."""

import re
from datetime import UTC, datetime
from typing import Final

_FORM: Final = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt](\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,12}))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)


def parse_timestamp(text: str, *, is_strict: bool) -> tuple[datetime, bool]:
    """The instant in UTC, and whether its one-digit hour was repaired; digits below a microsecond are cut off.

    ValueError for what is no RFC 3339 instant of the years 2000 to 2099, and for a one-digit hour if strict.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("is no RFC 3339 timestamp")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    is_repaired = len(hour) == 1
    if is_repaired and is_strict:
        raise ValueError("has an hour of one digit, and this integration is strict")
    offset = "+00:00" if zone in "Zz" else zone
    micros = (fraction or "0")[:6].ljust(6, "0")
    try:
        instant = datetime.fromisoformat(
            f"{year}-{month}-{day}T{hour:0>2}:{minute}:{second}.{micros}{offset}"
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("names no instant that exists") from None
    if not EARLIEST <= instant < LATEST:
        raise ValueError("is not of the years 2000 to 2099")
    return instant, is_repaired
