"""The journal of contributions."""

from uuid import UUID

from django.db.models import QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Contribution


def contributions(scope: Scope) -> QuerySet[Contribution]:
    """The contributions of the viewer's brands, the newest first, with instance and source."""
    rows = scope.rows(Contribution.objects.select_related("instance", "source"), brand_field="brand_id")
    return rows.order_by("-accepted_at", "-id")


def contribution(scope: Scope, contribution_id: UUID | str) -> Contribution:
    """One contribution; Refusal(NOT_FOUND) outside the scope."""
    found = contributions(scope).filter(pk=contribution_id).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such contribution.")
    return found
