"""Filters that several lists share."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict

from backoffice.accounts.rights import has_right
from backoffice.tenancy.models import Operator
from backoffice.web.filters import Chip, OfficeFilter
from backoffice.web.page import OfficeRequest

PERIOD = ("from", "to")


class PeriodWidget(django_filters.widgets.DateRangeWidget):  # type: ignore[misc]
    """Two days, in the address as `from` and `to`, as the reports write them."""

    suffixes = list(PERIOD)

    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"})

    def suffixed(self, name: str, suffix: str) -> str:
        """The name in the address."""
        return suffix or name


def operators(request: Any) -> QuerySet[Operator]:
    """All, for the platform; nobody else chooses one, so that nothing is read."""
    if request is None or request.user.operator_id is not None:
        return Operator.objects.none()
    return Operator.objects.order_by("name")


class ScopedFilter(OfficeFilter):
    """A bar whose choices are the viewer's own: an operator to choose for the platform, nobody's player for others."""

    operator = django_filters.ModelChoiceFilter(queryset=operators, label="Operator", empty_label="All")
    player_fields: tuple[str, ...] = ()

    def __init__(self, data: QueryDict, queryset: QuerySet[Any], *, request: Any) -> None:
        super().__init__(data, queryset, request=request)
        if request.user.operator_id is not None:
            self._leave_out("operator")
        if "brand" in self.form.fields:
            self.form.fields["brand"].choices = [("", "All"), *brand_choices(request)]
        if request.brands.chosen:
            self._leave_out("brand")
        if not has_right(request.user, "players.view"):
            for name in self.player_fields:
                self._leave_out(name)

    def _leave_out(self, name: str) -> None:
        self.filters.pop(name, None)
        self.form.fields.pop(name, None)

    def chips(self) -> list[Chip]:
        """As ever; a period is taken away by both of its days."""
        found = super().chips()
        rest = self.data.copy()
        for key in (*PERIOD, "page", "export", "after", "before"):
            rest.pop(key, None)
        without = f"?{rest.urlencode()}"
        return [Chip(chip.label, chip.text, without) if chip.label == PERIOD_LABEL else chip for chip in found]


def brand_choices(request: OfficeRequest) -> list[tuple[str, str]]:
    """The viewer's brands, which the page has read already."""
    return [(brand.pk, f"{brand.name} ({brand.pk})") for brand in request.brands.options]


def owner_choices(request: OfficeRequest) -> list[tuple[str, str]]:
    """The operators of the viewer's brands as a whole, then each brand."""
    operators = sorted({brand.operator_id for brand in request.brands.options})
    return [*((operator, f"{operator}, all brands") for operator in operators), *brand_choices(request)]


def owned_choices(request: OfficeRequest) -> list[tuple[str, str]]:
    """Who may own what the viewer makes: the whole operator only for who sees all its brands."""
    choices = owner_choices(request)
    return choices if not request.scope.is_limited else [one for one in choices if ":" in one[0]]


def brand_filter() -> django_filters.ChoiceFilter:
    """The brand switch once more, where one looks for it: the scope is narrowed by the same word of the address."""
    return django_filters.ChoiceFilter(label="Brand", empty_label="All", method=lambda rows, _name, _value: rows)


PERIOD_LABEL = "Days"


def period(field: str) -> django_filters.DateFromToRangeFilter:
    """From a day to a day, both included, in the viewer's zone."""
    return django_filters.DateFromToRangeFilter(field_name=field, label=PERIOD_LABEL, widget=PeriodWidget())
