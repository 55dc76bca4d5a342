"""How feeds fare: status, lag, freshness, counters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from integrations.kinds.registry import kinds
from integrations.models import FeedGap, FeedMember, FeedPosition, FeedStatus, FeedTally, Integration, IntegrationState

QUIET_MINUTES: Final = 15
_ORDER: Final = (
    FeedStatus.TRIPPED,
    FeedStatus.GAP,
    FeedStatus.REFUSED,
    FeedStatus.MISSING,
    FeedStatus.WAITING,
    FeedStatus.STARTING,
    FeedStatus.RUNNING,
    FeedStatus.FINISHED,
    FeedStatus.STOPPED,
)


_AT_REST: Final = {FeedStatus.TRIPPED, FeedStatus.GAP, FeedStatus.STOPPED}
_ALARMING: Final = {FeedStatus.TRIPPED, FeedStatus.GAP, FeedStatus.REFUSED, FeedStatus.MISSING}


@dataclass(frozen=True)
class FeedHealth:
    """One integration's feed as people see it.

    `status` is a FeedStatus or empty while there is no feed; `is_silent` says that its owner does not report any more;
    `is_quiet` that nothing came for the kind's `quiet_minutes` though it runs.
    """

    status: str
    word: str
    detail: str = ""
    lag: int | None = None
    owner: str = ""
    last_message_at: datetime | None = None
    is_silent: bool = False
    is_quiet: bool = False
    quiet_minutes: int = QUIET_MINUTES
    seen: int = 0
    used: int = 0
    filtered: int = 0
    refused: int = 0
    dead: int = 0

    @property
    def needs_somebody(self) -> bool:
        """Whether it is an alarm."""
        return self.status in _ALARMING or self.is_silent


def feed_health(integration: Integration, now: datetime) -> FeedHealth:
    """Of an integration whose positions and members were fetched along. The worst of them is shown."""
    positions = list(integration.positions.all())
    is_active = integration.state == IntegrationState.ACTIVE
    if integration.transport == "http" and is_active:
        return _receiving(positions)
    told: list[FeedPosition | FeedMember] = [*positions, *_living(list(integration.members.all()), now)]
    if not told:
        return FeedHealth("", "Not started yet" if is_active else "No feed")
    worst = min(told, key=lambda one: _ORDER.index(FeedStatus(one.status)))
    is_at_rest = worst.status in _AT_REST
    is_silent = is_active and not is_at_rest and (worst.lease_until is None or worst.lease_until < now)
    last = max((p.last_message_at for p in positions if p.last_message_at), default=None)
    kind = kinds().get(integration.kind)
    quiet = kind.quiet_minutes(integration.settings["kind"]) if kind else QUIET_MINUTES
    is_running = is_active and worst.status == FeedStatus.RUNNING
    return FeedHealth(
        status=worst.status,
        word="Worker silent" if is_silent else worst.get_status_display(),
        detail="The worker that ran it does not report; another takes over." if is_silent else worst.status_detail,
        lag=_sum(p.lag_count for p in positions),
        owner=worst.owner,
        last_message_at=last,
        is_silent=is_silent,
        is_quiet=is_running and now - (last or integration.changed_at) > timedelta(minutes=quiet),
        quiet_minutes=quiet,
        seen=sum(p.seen_count for p in positions),
        used=sum(p.used_count for p in positions),
        filtered=sum(p.filtered_count for p in positions),
        refused=sum(p.refused_count for p in positions),
        dead=sum(p.dead_count for p in positions),
    )


def _living(members: list[FeedMember], now: datetime) -> list[FeedMember]:
    """Those who still report; all of them where none does."""
    return [member for member in members if member.lease_until >= now] or members


def _receiving(positions: list[FeedPosition]) -> FeedHealth:
    """Of an integration that partners push to: nobody reads, so nothing can stop."""
    return FeedHealth(
        status=FeedStatus.RUNNING,
        word="Receives over HTTP",
        last_message_at=max((p.last_message_at for p in positions if p.last_message_at), default=None),
        seen=sum(p.seen_count for p in positions),
        used=sum(p.used_count for p in positions),
        filtered=sum(p.filtered_count for p in positions),
        refused=sum(p.refused_count for p in positions),
        dead=sum(p.dead_count for p in positions),
    )


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


@dataclass(frozen=True)
class Tally:
    """How many messages came to one outcome with one code, and when the last one did."""

    outcome: str
    code: str
    count: int
    last_at: datetime


def tallies(key: UUID) -> list[Tally]:
    """Of an integration the caller may see, the most frequent first within used, filtered, refused, dead."""
    order = ("used", "filtered", "refused", "dead")
    rows = [
        Tally(row.outcome, row.code, row.count, row.last_at)
        for row in FeedTally.objects.filter(integration_id=key, count__gt=0)
    ]
    return sorted(rows, key=lambda row: (order.index(row.outcome), -row.count, row.code))


def waiting_gaps(key: UUID) -> list[FeedGap]:
    """Gaps that nobody accepted yet, of an integration the caller may see."""
    return list(FeedGap.objects.filter(integration_id=key, accepted_at=None).order_by("topic", "partition"))


def positions(key: UUID) -> list[FeedPosition]:
    """Of an integration the caller may see."""
    return list(FeedPosition.objects.filter(integration_id=key))
