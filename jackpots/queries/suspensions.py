"""Suspensions: those that hold, all there were, and whom one would meet."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, Source, SourceMapping, Suspension
from jackpots.queries.instances import RUNNING

COUNTED_AT_MOST: Final = 100_000
_SEEN: Final = """
SELECT count(DISTINCT (brand_id, player_id)), count(*) FILTER (WHERE accepted_at >= %(hour)s), count(*) FROM (
    SELECT brand_id, player_id, accepted_at FROM jackpots_contribution
    WHERE operator_id = %(operator)s AND accepted_at >= %(since)s
      AND (%(brand)s::text IS NULL OR brand_id = %(brand)s)
      AND (%(source)s::bigint IS NULL OR source_id = %(source)s)
    ORDER BY accepted_at DESC LIMIT %(limit)s
) AS latest
"""


class Suspended(NamedTuple):
    """What is suspended: a brand or a source (by its row), or everything of the operator where neither is named."""

    operator_id: str
    brand_id: str | None = None
    source_key: int | None = None


class Reach(NamedTuple):
    """Whom a suspension meets. `is_all` is False where only the latest contributions were looked at."""

    instances: Sequence[str]
    sources: int
    players_today: int
    contributions_last_hour: int
    is_all: bool


def suspensions(scope: Scope) -> QuerySet[Suspension]:
    """Every suspension that concerns the scope, the newest first."""
    rows = Suspension.objects.select_related("brand", "source", "operator")
    found = scope.rows(rows, brand_field="brand_id")
    if scope.brand_ids is not None:
        found = found.filter(Q(source__brand__isnull=True) | Q(source__brand_id__in=scope.brand_ids))
    return found.order_by("-started_at", "-pk")


def holding(scope: Scope) -> QuerySet[Suspension]:
    """Those that hold now."""
    return suspensions(scope).filter(ended_at__isnull=True)


def suspension(scope: Scope, suspension_id: UUID) -> Suspension:
    """One of them; Refusal(NOT_FOUND) outside the scope."""
    found = suspensions(scope).filter(pk=suspension_id).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such suspension.")
    return found


def reach(what: Suspended, *, today: datetime, now: datetime) -> Reach:
    """Whom a suspension of this would meet: jackpots that are not over, by name; sources; who played since `today`."""
    instances = Instance.objects.filter(operator_id=what.operator_id, state__in=RUNNING)
    sources = Source.objects.filter(operator_id=what.operator_id)
    if what.brand_id is not None:
        instances = instances.filter(
            Q(allowed_brands__brand_id=what.brand_id)
            | Q(allowed_brands__isnull=True, brand__isnull=True)
            | Q(allowed_brands__isnull=True, brand_id=what.brand_id)
        )
        sources = sources.filter(Q(brand__isnull=True) | Q(brand_id=what.brand_id))
    if what.source_key is not None:
        mapped = SourceMapping.objects.filter(source_id=what.source_key).values("instance_id")
        instances, sources = instances.filter(pk__in=mapped), sources.filter(pk=what.source_key)
    names = list(instances.order_by("name").values_list("name", flat=True).distinct())
    players, hour, counted = _seen(what, today, now)
    return Reach(names, sources.count(), players, hour, counted < COUNTED_AT_MOST)


def _seen(what: Suspended, today: datetime, now: datetime) -> tuple[int, int, int]:
    hour = now - timedelta(hours=1)
    parameters: dict[str, Any] = {
        "operator": what.operator_id,
        "brand": what.brand_id,
        "source": what.source_key,
        "since": min(today, hour),
        "hour": hour,
        "limit": COUNTED_AT_MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, parameters)
        players, last_hour, counted = cursor.fetchone()
    return int(players), int(last_hour), int(counted)
