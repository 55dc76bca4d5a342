"""The time zones of this machine."""

from functools import cache
from zoneinfo import available_timezones


@cache
def time_zones() -> frozenset[str]:
    """Every name there is. Looking through the files takes twenty milliseconds, so it is done once a process."""
    return frozenset(available_timezones())
