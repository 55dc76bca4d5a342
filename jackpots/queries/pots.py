"""Pots and their cycles."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, Pot, PotCycle
from jackpots.queries.instances import in_scope


@dataclass(frozen=True)
class PotValue:
    """A pot as a ticker shows it; amounts in the instance's currency."""

    instance_id: UUID
    pot_id: UUID
    code: str
    is_progressive: bool
    value_micros: int
    reserve_micros: int
    cycle: int


def pots(scope: Scope) -> QuerySet[Pot]:
    """The pots of the instances in scope, by instance and position."""
    seen = in_scope(Instance.objects.all(), scope).values("pk")
    return Pot.objects.filter(instance_id__in=seen).select_related("instance", "instance__template")


def pot(scope: Scope, pot_id: UUID | str) -> Pot:
    """One pot; Refusal(NOT_FOUND) outside the scope."""
    found = pots(scope).filter(pk=pot_id).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such pot.")
    return found


_VALUES = """
SELECT p.instance_id, p.id, p.code, t.is_progressive, p.value_micros, p.seed_micros, p.cycle
FROM jackpots_pot p
JOIN jackpots_instance i ON i.id = p.instance_id
JOIN jackpots_templatepot t ON t.template_id = i.template_id AND t.code = p.code
WHERE p.instance_id = ANY(%s) ORDER BY p.instance_id, p.position
"""


def pot_values(instance_ids: Collection[UUID]) -> dict[UUID, list[PotValue]]:
    """The pots of these instances now, by position. The caller has asked for them in its scope."""
    found: dict[UUID, list[PotValue]] = {instance_id: [] for instance_id in instance_ids}
    with connection.cursor() as cursor:
        cursor.execute(_VALUES, [list(found)])
        for row in cursor.fetchall():
            found[row[0]].append(PotValue(*row))
    return found


def cycles(scope: Scope, *, pot_ids: Collection[UUID] | None = None) -> QuerySet[PotCycle]:
    """The cycles of the pots in scope, the newest first."""
    rows = PotCycle.objects.select_related("pot", "pot__instance").filter(pot__in=pots(scope).values("pk"))
    if pot_ids is not None:
        rows = rows.filter(pot_id__in=pot_ids)
    return rows.order_by("-started_at", "-id")
