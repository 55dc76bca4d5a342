"""What belongs to an app above and is offered to choose from."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.module_loading import import_string

from backoffice import subscriptions
from backoffice.tenancy.scope import Scope


def known_sources(scope: Scope) -> list[str]:
    """Ids of the sources that bets of the operator can contribute to."""
    query: Callable[[Scope], QuerySet[Model]] = import_string(subscriptions.LOOKUPS["sources"])
    return sorted(set(query(scope).values_list("source_id", flat=True)))


def ignored_by(operator_id: str, integration_id: UUID) -> list[Model]:
    """What messages of an integration brought and was not taken: rows with event, name, reason, count, last_at."""
    query: Callable[[Scope], QuerySet[Model]] = import_string(subscriptions.LOOKUPS["ignored_attributes"])
    return list(query(Scope(operator_id)).filter(integration_id=integration_id)[:20])
