"""What one page says of an instance: its running cycles, its last drops, what leads to it, who played today."""

from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet

from backoffice.tenancy.scope import Scope
from jackpots.models import PotCycle, Source, SourceMapping, Win
from jackpots.queries.wins import wins

COUNTED_AT_MOST: Final = 100_000
_PLAYERS: Final = """
SELECT count(DISTINCT (brand_id, player_id)), count(*) FROM (
    SELECT brand_id, player_id FROM jackpots_contribution
    WHERE operator_id = %(operator)s AND instance_id = %(instance)s AND accepted_at >= %(since)s
      AND (%(brands)s::text[] IS NULL OR brand_id = ANY(%(brands)s))
    ORDER BY accepted_at DESC LIMIT %(limit)s
) AS latest
"""


class Seen(NamedTuple):
    """Players and contributions of a time; `is_all` is False where only the latest were counted."""

    players: int
    contributions: int
    is_all: bool


def running_cycles(instance_id: UUID) -> dict[UUID, PotCycle]:
    """The cycle that each pot of the instance is in, by pot. The caller has asked for the instance in its scope."""
    rows = PotCycle.objects.filter(pot__instance_id=instance_id, cycle=F("pot__cycle"))
    return {row.pot_id: row for row in rows}


def last_drops(scope: Scope, instance_id: UUID) -> dict[UUID, Win]:
    """The last win of each pot that the viewer may see."""
    rows = wins(scope).filter(instance_id=instance_id).order_by("pot_id", "-cycle").distinct("pot_id")
    return {row.pot_id: row for row in rows}


def mappings_to(scope: Scope, instance_id: UUID) -> QuerySet[SourceMapping]:
    """The sources that lead to the instance, those where it comes first first."""
    seen = scope.rows(Source.objects.all(), brand_field="brand_id")
    rows = SourceMapping.objects.select_related("source").filter(instance_id=instance_id, source__in=seen)
    return rows.order_by("priority", "source__source_id")


def seen_since(scope: Scope, *, operator_id: str, instance_id: UUID, since: datetime) -> Seen:
    """Who contributed to the instance since then; of a very busy one the latest hundred thousand contributions."""
    parameters: dict[str, Any] = {
        "operator": operator_id,
        "instance": instance_id,
        "since": since,
        "brands": None if scope.brand_ids is None else list(scope.brand_ids),
        "limit": COUNTED_AT_MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PLAYERS, parameters)
        players, contributions = cursor.fetchone()
    return Seen(players, contributions, contributions < COUNTED_AT_MOST)
