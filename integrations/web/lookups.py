"""What belongs to an app above and is offered to choose from."""

from collections.abc import Callable

from django.db.models import Model, QuerySet
from django.utils.module_loading import import_string

from backoffice import subscriptions
from backoffice.tenancy.scope import Scope


def known_sources(scope: Scope) -> list[str]:
    """Ids of the sources that bets of the operator can contribute to."""
    query: Callable[[Scope], QuerySet[Model]] = import_string(subscriptions.LOOKUPS["sources"])
    return sorted(set(query(scope).values_list("source_id", flat=True)))
