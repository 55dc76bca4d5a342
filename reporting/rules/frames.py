"""Time frames of the liability report: days of the operator's accounting zone, by shortcut, month or date."""

from datetime import date, timedelta

import msgspec

from jackpots.rules.liability import months_between, next_month

SHORTCUTS: dict[str, str] = {
    "this_month": "This month",
    "last_month": "Last month",
    "3m": "3 months",
    "ytd": "Year to date",
    "12m": "12 months",
    "all": "All time",
}
DEFAULT = "3m"
CUSTOM = "custom"


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """From the first day (None: the beginning) to the last, both included."""

    key: str
    first: date | None
    last: date

    @property
    def label(self) -> str:
        """In words."""
        return SHORTCUTS.get(self.key) or (
            f"{self.first:%b %Y}" if self.first and self.is_one_month else f"{self.first} \N{EN DASH} {self.last}"
        )

    @property
    def is_one_month(self) -> bool:
        """Whether it is exactly a month of the calendar."""
        first = self.first
        return first is not None and first.day == 1 and self.last + timedelta(days=1) == next_month(first)


def frame_of(key: str, today: date, first: date | None = None, last: date | None = None) -> Frame:
    """The frame of a shortcut, or the days that were asked for with `custom`; unknown keys are the default."""
    if key == CUSTOM and (first or last):
        last = last or today
        return Frame(key=CUSTOM, first=min(first, last) if first else None, last=max(first or last, last))
    if key not in SHORTCUTS:
        key = DEFAULT
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    frames: dict[str, tuple[date | None, date]] = {
        "this_month": (month, today),
        "last_month": (before.replace(day=1), before),
        "3m": (months_back(month, 2), today),
        "ytd": (today.replace(month=1, day=1), today),
        "12m": (months_back(month, 11), today),
        "all": (None, today),
    }
    start, end = frames[key]
    return Frame(key=key, first=start, last=end)


def one_month(month: date) -> Frame:
    """All of a month."""
    first = month.replace(day=1)
    return Frame(key=CUSTOM, first=first, last=next_month(first) - timedelta(days=1))


def months_back(month: date, count: int) -> date:
    """The first day of the month `count` months before."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def months_of(frame: Frame, earliest: date | None) -> list[date]:
    """The months of the frame, from its first day or from the earliest month in which something moved."""
    first = frame.first or earliest
    return [] if first is None else months_between(first, frame.last)


def days_of_month(frame: Frame, month: date) -> tuple[date, date]:
    """The days of the month that lie in the frame."""
    first = max(month, frame.first) if frame.first else month
    return first, min(next_month(month) - timedelta(days=1), frame.last)
