"""Which jackpots a viewer's brands take part in."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from backoffice.tenancy.scope import Scope
from jackpots.models import Instance


class Participated(NamedTuple):
    """A jackpot as reports name it."""

    id: UUID
    operator_id: str
    name: str
    currency: str
    state: str


def open_to(scope: Scope) -> QuerySet[Instance]:
    """The jackpots of the operator that are open to a brand of the scope, each once."""
    found = scope.rows(Instance.objects.all())
    if scope.brand_ids is None:
        return found
    everybody = Q(allowed_brands__isnull=True)
    return found.filter(everybody | Q(allowed_brands__brand_id__in=scope.brand_ids)).distinct()


def participated(scope: Scope) -> list[Participated]:
    """The same, by name, in every state."""
    rows = open_to(scope).order_by("name", "id").values_list("id", "operator_id", "name", "currency", "state")
    return [Participated(*row) for row in rows]
