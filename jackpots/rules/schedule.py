"""The schedule of an instance: when contributions are let in, and what decides about a moment."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from jackpots.rules.recurrence import DAY_SECONDS, Recurrence, Rule, period_days

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2990, 1, 1, tzinfo=UTC)
MAX_PERIOD_DAYS: Final = 3_660
_DAY: Final = timedelta(days=1)
_FAR: Final = datetime(9999, 12, 30, tzinfo=UTC)


class Window(NamedTuple):
    """A stretch of time, half-open."""

    start: datetime
    end: datetime


class Ruling(NamedTuple):
    """Whether contributions are let in, the path of what decides it in the schedule, and that in words."""

    is_open: bool
    rule: str
    text: str


class Schedule:
    """From `starts_at` to `ends_at`, half-open, in the windows of its rules; without rules all the time between.

    Times are aware datetimes of any zone, from `EARLIEST` to before `LATEST`: only the instant counts. Days, weeks and
    hours are those of UTC. Intervals count from the day of `starts_at`; rules without a start from 1 January 1970.
    The answer for the stretch that was asked about last is kept, so that asking again costs two comparisons.
    """

    __slots__ = ("_kept", "_kept_next", "_recurrence", "ends_at", "rules", "starts_at")

    def __init__(
        self, starts_at: datetime | None = None, ends_at: datetime | None = None, rules: tuple[Rule, ...] = ()
    ) -> None:
        self.starts_at = starts_at
        self.ends_at = ends_at
        self.rules = rules
        self._recurrence = Recurrence(rules, _day_of(starts_at) if starts_at else 0)
        self._kept = (EPOCH, EPOCH, False)
        self._kept_next: tuple[datetime, datetime | None] = (_FAR, EPOCH)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schedule):
            return NotImplemented
        return (self.starts_at, self.ends_at, self.rules) == (other.starts_at, other.ends_at, other.rules)

    def __hash__(self) -> int:
        return hash((self.starts_at, self.ends_at, self.rules))

    def is_open(self, at: datetime) -> bool:
        """Whether contributions are let in at this moment."""
        kept = self._kept
        if kept[0] <= at < kept[1]:
            return kept[2]
        self._kept = kept = self._around(at)
        return kept[2]

    def why(self, at: datetime) -> Ruling:
        """What opens or refuses at this moment."""
        if self.starts_at is not None and at < self.starts_at:
            return Ruling(is_open=False, rule="timestamp_start", text="The schedule has not begun.")
        if self.ends_at is not None and at >= self.ends_at:
            return Ruling(is_open=False, rule="timestamp_end", text="The schedule is over.")
        if not self.rules:
            return Ruling(is_open=True, rule="", text="No rule restricts the hours.")
        day, second = _day_of(at), _second_of(at)
        for begun in (day, day - 1):
            for opening in self._recurrence.openings(begun):
                if opening.start <= second < opening.end:
                    return Ruling(is_open=True, rule=opening.rule, text=_opened_by(opening.rule))
        closing = self._recurrence.closing(day)
        return Ruling(is_open=False, rule=closing.rule, text=closing.text)

    def windows(self, since: datetime, until: datetime) -> Iterator[Window]:
        """The open stretches between two moments, in order, joined where they meet and cut at both ends."""
        first = since if self.starts_at is None else max(since, self.starts_at)
        last = until if self.ends_at is None else min(until, self.ends_at)
        if first >= last:
            return
        if not self.rules:
            yield Window(first, last)
            return
        for start, end in self._recurrence.merged(_day_of(first), _day_of(last)):
            cut = Window(max(_moment(start), first), min(_moment(end), last))
            if cut.start < cut.end:
                yield cut

    def next_open(self, at: datetime) -> datetime | None:
        """The first open moment at or after this one; None if there is none."""
        if self.is_open(at):
            return at
        asked, found = self._kept_next
        if asked <= at and (found is None or at <= found):
            return found
        first = at if self.starts_at is None else max(at, self.starts_at)
        found = next((window.start for window in self.windows(first, self._horizon(first))), None)
        self._kept_next = (at, found)
        return found

    def next_change(self, at: datetime) -> datetime | None:
        """The first moment after this one with another answer; None if the answer stays for ever."""
        if not self.is_open(at):
            return self.next_open(at)
        horizon = self._horizon(at)
        for window in self.windows(at, horizon):
            return window.end if window.end < horizon else self.ends_at
        return None

    @property
    def never_opens(self) -> bool:
        """Whether no moment is open."""
        return self.next_open(self.starts_at or EPOCH) is None

    @property
    def period_days(self) -> int:
        """After so many days its rules repeat."""
        return period_days(self.rules)

    def _horizon(self, at: datetime) -> datetime:
        """What has not happened until here never does."""
        ahead = at + _DAY * (self.period_days + 2)
        return ahead if self.ends_at is None else min(ahead, self.ends_at)

    def _around(self, at: datetime) -> tuple[datetime, datetime, bool]:
        """A stretch around the moment that has one answer; it does not reach over the day's midnights."""
        since = EPOCH + _DAY * _day_of(at)
        until = since + _DAY
        for window in self.windows(since, until):
            if at < window.start:
                return since, window.start, False
            if at < window.end:
                return window.start, window.end, True
            since = window.end
        return since, until, False


def _opened_by(rule: str) -> str:
    if ".Weekly." not in rule:
        return "The hours of the daily rule."
    return "The day's own hours." if rule.endswith("]") and ".Daily." in rule else "The whole day is open."


def can_be_meant(at: datetime | None) -> bool:
    """Whether a schedule may name the moment, or be asked about it; no moment may always be."""
    return at is None or EARLIEST <= at < LATEST


def _moment(second: int) -> datetime:
    return EPOCH + timedelta(seconds=second)


def _day_of(at: datetime) -> int:
    return (at - EPOCH).days


def _second_of(at: datetime) -> int:
    passed = at - EPOCH
    return passed.days * DAY_SECONDS + passed.seconds
