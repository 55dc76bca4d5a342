"""Filters of lists, by the parameters that a resource names and no others."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from backoffice.accounts.rights import has_right
from backoffice.api.viewer import viewer_of
from backoffice.core.errors import Refusal

PAGING = frozenset(("cursor", "page_size"))


class ResourceFilters(filters.FilterSet):  # type: ignore[misc]
    """What a list can be narrowed by."""


class StrictFilterBackend(filters.DjangoFilterBackend):  # type: ignore[misc]
    """A parameter that the resource does not have is a mistake of the caller, not a wish for everything."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The rows that fit; 400 for a parameter or a value that cannot be meant."""
        known = PAGING | set(view.filterset_class.base_filters)
        for name in request.query_params:
            if name not in known:
                raise ValidationError({name[:60]: ["There is no such parameter."]})
            if name == "player_id" and not has_right(viewer_of(request), "players.view"):
                raise Refusal("FORBIDDEN", "Your role does not see players.")
        narrowed: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return narrowed
