"""Which jackpots a viewer's brands take part in, as reports name them."""

from typing import NamedTuple
from uuid import UUID

from backoffice.tenancy.scope import Scope
from jackpots.models import Instance
from jackpots.queries.instances import in_scope


class Participated(NamedTuple):
    """A jackpot in few words."""

    id: UUID
    operator_id: str
    name: str
    currency: str
    state: str


def participated(scope: Scope) -> list[Participated]:
    """The jackpots in scope, by name, in every state."""
    rows = in_scope(Instance.objects.all(), scope).order_by("name", "id")
    return [Participated(*row) for row in rows.values_list("id", "operator_id", "name", "currency", "state")]
