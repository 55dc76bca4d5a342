"""Words and signs that several parts of the kit share."""

from datetime import timedelta
from typing import Final

BLANK: Final = "\N{EN DASH}"  # what stands where there is no value
MINUS: Final = "\N{MINUS SIGN}"


def lasting(seconds: int) -> str:
    """`1 hour`, `3 days`, `1:30:05`."""
    for size, one in ((604_800, "week"), (86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds and seconds % size == 0:
            return f"{seconds // size:,} {one}{'' if seconds == size else 's'}"
    return str(timedelta(seconds=seconds))
