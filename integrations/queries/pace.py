"""How fast feeds are: messages a second now, and minute by minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from integrations.models import FeedSample

# A pace over less than this jumps about.
SHORTEST: Final = timedelta(seconds=20)


@dataclass(frozen=True)
class Minute:
    """What came in the minute up to `at`, by outcome, and what waited then; None where there is no sample."""

    at: datetime
    seen: int | None = None
    used: int | None = None
    filtered: int | None = None
    refused: int | None = None
    dead: int | None = None
    lag: int | None = None


def pace(key: UUID, seen: int, now: datetime) -> float | None:
    """Messages a second between the last sample that is not too fresh and now; None where there is none of late."""
    samples = FeedSample.objects.filter(integration_id=key, at__lte=now - SHORTEST, at__gt=now - timedelta(minutes=5))
    last = samples.order_by("-at").first()
    return None if last is None else max(seen - last.seen_count, 0) / (now - last.at).total_seconds()


def minutes(key: UUID, now: datetime, count: int) -> list[Minute]:
    """The last `count` whole minutes, oldest first; a gap between samples has no figures but the lag."""
    end = now.replace(second=0, microsecond=0)
    start = end - timedelta(minutes=count)
    rows = {row.at: row for row in FeedSample.objects.filter(integration_id=key, at__gte=start, at__lte=end)}
    times = [start + timedelta(minutes=number) for number in range(1, count + 1)]
    return [_between(at, rows.get(at - timedelta(minutes=1)), rows.get(at)) for at in times]


def total(of: Sequence[Minute]) -> int:
    """Messages of these minutes."""
    return sum(minute.seen or 0 for minute in of)


def _between(at: datetime, before: FeedSample | None, after: FeedSample | None) -> Minute:
    if after is None:
        return Minute(at)
    if before is None:
        return Minute(at, lag=after.lag_count)
    return Minute(
        at,
        seen=after.seen_count - before.seen_count,
        used=max(after.used_count - before.used_count, 0),
        filtered=max(after.filtered_count - before.filtered_count, 0),
        refused=max(after.refused_count - before.refused_count, 0),
        dead=max(after.dead_count - before.dead_count, 0),
        lag=after.lag_count,
    )
