"""What of the integrations needs somebody to look at it."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from backoffice.tenancy.models import Operator
from backoffice.tenancy.scope import Scope
from integrations.models import DeadLetter, FeedMember, FeedPosition, Integration
from integrations.models.feed import FeedStatus
from integrations.models.integration import IntegrationState
from integrations.queries.feeds import feed_health
from integrations.queries.integrations import integrations

HEALTHY = (FeedStatus.STARTING, FeedStatus.RUNNING, FeedStatus.FINISHED)
BARRED = (FeedStatus.REFUSED, FeedStatus.MISSING)


class FeedAlarms(NamedTuple):
    """Counts of one scope: active integrations that do not run, or not whole, messages that wait in the dead letters,
    and integrations that stop soon because of them: four fifths of the most that may wait are there.

    An integration runs whole while one of its feeds runs, no partition is halted by a gap, and no login is refused.
    """

    stopped_feeds: int
    dead_letters: int
    crowded_feeds: int


def feed_alarms(scope: Scope) -> FeedAlarms:
    """Counted in one read."""
    running = FeedPosition.objects.filter(status__in=HEALTHY).values("integration_id")
    halted = FeedPosition.objects.filter(status=FeedStatus.GAP).values("integration_id")
    barred = FeedMember.objects.filter(status__in=BARRED).values("integration_id")
    stopped = Integration.objects.filter(
        ~Q(pk__in=running) | Q(pk__in=halted) | Q(pk__in=barred),
        state=IntegrationState.ACTIVE,
        operator_id=OuterRef("pk"),
    ).exclude(transport="http")
    letters = DeadLetter.objects.filter(state="waiting")
    waiting = letters.filter(operator_id=OuterRef("pk"))
    counted = letters.order_by().values("integration_id").annotate(number=Count("pk"))
    crowded = Integration.objects.filter(
        state=IntegrationState.ACTIVE,
        operator_id=OuterRef("pk"),
        pk__in=counted.filter(number__gte=settings.DEAD_LETTERS_MOST * 4 // 5).values("integration_id"),
    )
    operators = Operator.objects.order_by("pk")
    if scope.operator_id is not None:
        operators = operators.filter(pk=scope.operator_id)
    rows = list(operators.values_list(_count(stopped), _count(waiting), _count(crowded)))
    return FeedAlarms(*(sum(column) for column in zip(*rows, strict=True))) if rows else FeedAlarms(0, 0, 0)


def _count(rows: QuerySet[Integration] | QuerySet[DeadLetter]) -> Coalesce:
    counted = rows.order_by().values("operator_id").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), Value(0))


class FeedLag(NamedTuple):
    """How far a running feed is behind; `lag` None where its transport cannot tell."""

    integration_id: str
    kind: str
    status: str
    lag: int | None
    seconds_since_message: float | None


def feed_lags(now: datetime) -> list[FeedLag]:
    """Every active integration that has a feed, all of its partitions together, for the metrics."""
    active = integrations(Scope(None)).filter(state=IntegrationState.ACTIVE).order_by("pk")
    found = [(row, feed_health(row, now)) for row in active]
    return [
        FeedLag(
            integration_id=str(row.pk),
            kind=row.kind,
            status=health.status,
            lag=health.lag,
            seconds_since_message=(now - health.last_message_at).total_seconds() if health.last_message_at else None,
        )
        for row, health in found
        if health.status
    ]
