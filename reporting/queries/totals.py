"""Contributions, wins and GGR over time, from the meters, in the operator's base currency."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from jackpots.queries.statistics import MeterSum, meter_sums
from reporting.queries.asking import Asking
from reporting.rules.period import Span, Unit, floor, points

_FIRST_SLOT = datetime.min.replace(tzinfo=UTC)
_MANY_DAYS = 120


@dataclass(slots=True)
class Tally:
    """Counts, and amounts in micro-units of one currency."""

    contribution_count: int = 0
    contribution_micros: int = 0
    win_count: int = 0
    win_micros: int = 0
    given_micros: int = 0
    back_micros: int = 0

    @property
    def ggr_micros(self) -> int:
        """What was contributed less what was won and what the community and raffles were given, with what came back
        (decision G-19)."""
        return self.contribution_micros - self.win_micros - self.given_micros + self.back_micros

    def add(self, other: "Tally") -> None:
        """Take the other in."""
        self.contribution_count += other.contribution_count
        self.contribution_micros += other.contribution_micros
        self.win_count += other.win_count
        self.win_micros += other.win_micros
        self.given_micros += other.given_micros
        self.back_micros += other.back_micros


@dataclass(slots=True)
class Course:
    """A span, point by point, and all of it."""

    points: list[datetime]
    tallies: list[Tally]
    total: Tally


@dataclass(slots=True)
class Totals:
    """The period, the one before (None: there is none), and by currency what had no rate and is in neither."""

    unit: Unit
    current: Course
    before: Course | None
    left_out: dict[str, Tally] = field(default_factory=dict)


def totals(asking: Asking) -> Totals:
    """What the meters say. Amounts are converted at the rates of their own minutes, each sum rounded once."""
    unit = asking.period.unit
    rows = meter_sums(
        asking.scope,
        [(span.start, span.end) for span in asking.spans],
        unit=unit,
        zone=asking.zone,
        cuts=asking.rates.cuts,
    )
    if asking.period.first is None and len({row.point.date() for row in rows}) > _MANY_DAYS:
        unit = "month"
    left_out: dict[str, Tally] = {}
    by_span: list[dict[datetime, Tally]] = [{} for _ in asking.spans]
    for row in rows:
        tally, is_converted = _in_base(asking, row)
        if not is_converted:
            left_out.setdefault(row.currency, Tally()).add(_as_metered(row))
        by_span[row.span].setdefault(floor(row.point, unit), Tally()).add(tally)
    courses = [_course(asking, span, unit, found) for span, found in zip(asking.spans, by_span, strict=True)]
    return Totals(unit, courses[0], courses[1] if len(courses) > 1 else None, left_out)


def _in_base(asking: Asking, row: MeterSum) -> tuple[Tally, bool]:
    at = asking.rates.cuts[row.slot - 1] if row.slot else _FIRST_SLOT
    brand_id = row.brand_id or ""
    contributed, won, given, back = (
        asking.rates.in_base(micros, brand_id, row.currency, at)
        for micros in (row.contribution_micros, row.win_micros, row.given_micros, row.back_micros)
    )
    if contributed is None or won is None or given is None or back is None:
        return Tally(row.contribution_count, 0, row.win_count, 0), False
    return Tally(row.contribution_count, contributed, row.win_count, won, given, back), True


def _as_metered(row: MeterSum) -> Tally:
    return Tally(row.contribution_count, row.contribution_micros, row.win_count, row.win_micros)


def _course(asking: Asking, span: Span, unit: Unit, found: dict[datetime, Tally]) -> Course:
    at = points(span, unit, asking.period.zone) or _between(found, span, unit, asking)
    tallies = [found.get(point, Tally()) for point in at]
    return Course(at, tallies, _sum(found.values()))


def _between(found: dict[datetime, Tally], span: Span, unit: Unit, asking: Asking) -> list[datetime]:
    if not found:
        return []
    start = min(found).replace(tzinfo=asking.period.zone)
    return points(Span(start.astimezone(UTC), span.end), unit, asking.period.zone)


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return total
