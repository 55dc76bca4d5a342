"""How many players are opted in to at least one jackpot, over time."""

from dataclasses import dataclass
from datetime import UTC, datetime

from jackpots.queries.statistics import opt_in_steps
from reporting.queries.asking import Asking
from reporting.rules.period import Span, Unit, floor, months_joined, points

_MANY_DAYS = 120


@dataclass(slots=True)
class OptedIn:
    """The number at the end of each point; `before` is the number when the period began."""

    unit: Unit
    points: list[datetime]
    players: list[int]
    before: int

    @property
    def now(self) -> int:
        """The number at the period's end, or as it stands."""
        return self.players[-1] if self.players else self.before


def opted_in(asking: Asking) -> OptedIn:
    """From the changes: a player counts once, however many jackpots the player is in."""
    unit, span = asking.period.unit, asking.span
    steps = opt_in_steps(asking.scope, (span.start, span.end), unit=unit, zone=asking.zone)
    before = sum(step.players for step in steps if step.point is None)
    changes = {step.point: step.players for step in steps if step.point is not None}
    if span.start is None and len(changes) > _MANY_DAYS:
        unit, changes = "month", months_joined(changes)
    if span.start is None and changes:
        span = Span(min(changes).replace(tzinfo=asking.period.zone).astimezone(UTC), span.end)
    at = points(span, unit, asking.period.zone)
    level, levels = before, []
    for point in at:
        level += changes.get(floor(point, unit), 0)
        levels.append(level)
    return OptedIn(unit, at, levels, before)
