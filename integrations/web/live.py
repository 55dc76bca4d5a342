"""A feed while one looks: what it does, how fast, how far behind, and what is missing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from backoffice.core import clock
from backoffice.web.charts import Chart, Series
from backoffice.web.words import BLANK
from integrations.models import FeedGap, FeedMember, FeedPosition, Integration, IntegrationState
from integrations.queries.feeds import FeedHealth
from integrations.queries.gaps import open_gaps
from integrations.queries.pace import Minute, minutes, pace, total
from integrations.web.integration import IntegrationBase
from integrations.web.lookups import ignored_by
from integrations.wire.words import minutes_in_words

SHOWN_MINUTES: Final = 60
MOST_POSITIONS: Final = 50


@dataclass(frozen=True)
class Partition:
    """A line of the table: where a partition stands and who reads it."""

    position: FeedPosition
    is_owned: bool

    @property
    def share(self) -> str:
        """The lag, or a dash."""
        lag = self.position.lag_count
        return BLANK if lag is None else f"{lag:,}"


def partitions_of(integration: Integration, now: datetime) -> list[Partition]:
    """The positions, those that are behind first."""
    rows = sorted(integration.positions.all(), key=lambda row: (-(row.lag_count or 0), row.topic, row.partition))
    return [Partition(row, bool(row.lease_until and row.lease_until >= now)) for row in rows]


def members_of(integration: Integration, now: datetime) -> list[tuple[FeedMember, bool]]:
    """Who reads together, and whether each still reports."""
    return [(row, row.lease_until >= now) for row in integration.members.all()]


def live_context(integration: Integration, health: FeedHealth, now: datetime) -> dict[str, Any]:
    """What the part of the page that is asked for again and again says."""
    found = partitions_of(integration, now)
    gaps: list[FeedGap] = open_gaps(integration.pk)
    return {
        "pace": pace_word(pace(integration.pk, health.seen, now)),
        "partitions": found[:MOST_POSITIONS],
        "partition_count": len(found),
        "members": members_of(integration, now),
        "gaps": gaps,
        "has_open_gap": any(gap.accepted_at is None for gap in gaps),
        "quiet_for": minutes_in_words(health.quiet_minutes),
        "ignored": ignored_by(integration.operator_id, integration.pk),
    }


def pace_word(per_second: float | None) -> str:
    """For people: whole messages where it is fast, a decimal where it is slow."""
    if per_second is None:
        return BLANK
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.1f}"


class LiveFeed(IntegrationBase):
    """`/office/integrations/<id>/live/`: the part of the page that is asked for every two seconds."""

    template_name = "integrations/live.html"

    def context(self) -> dict[str, Any]:
        """The feed as of now."""
        return {**super().context(), **live_context(self.integration, self.health, clock.now())}


class LiveCharts(IntegrationBase):
    """`/office/integrations/<id>/charts/`: the charts, which are asked for every minute."""

    template_name = "integrations/charts.html"

    def context(self) -> dict[str, Any]:
        """Messages and lag, minute by minute."""
        return {**super().context(), **chart_context(self.integration, clock.now())}


def chart_context(integration: Integration, now: datetime) -> dict[str, Any]:
    """The last hour against the hour before; nothing for what is not connected."""
    if integration.state != IntegrationState.ACTIVE:
        return {"charts": []}
    known = minutes(integration.pk, now, 2 * SHOWN_MINUTES)
    before, last = known[:SHOWN_MINUTES], known[SHOWN_MINUTES:]
    labels = [f"{minute.at:%H:%M}" for minute in last]
    charts = [_messages(labels, before, last)]
    if any(minute.lag is not None for minute in known):
        charts.append(_lag(labels, before, last))
    return {"charts": charts, "last_total": total(last), "before_total": total(before)}


def _messages(labels: list[str], before: list[Minute], last: list[Minute]) -> Chart:
    return Chart(
        "feed-messages", "Messages a minute, the last hour (UTC)", "line", labels,
        [
            Series("The last hour", [minute.seen for minute in last]),
            Series("Of them dead letters", [minute.dead for minute in last]),
            Series("The hour before", [minute.seen for minute in before], comparison=True),
        ],
        size="short", empty="No message came in the last hour, or nothing was sampled yet.",
    )  # fmt: skip


def _lag(labels: list[str], before: list[Minute], last: list[Minute]) -> Chart:
    return Chart(
        "feed-lag", "Messages waiting at the broker, the last hour (UTC)", "line", labels,
        [
            Series("The last hour", [minute.lag for minute in last]),
            Series("The hour before", [minute.lag for minute in before], comparison=True),
        ],
        size="short", empty="Nothing waited in the last hour.",
    )  # fmt: skip
