"""Sources: the list, one of them, and what leads where."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html_join

from backoffice.accounts.rights import has_right
from backoffice.core import clock
from backoffice.tenancy.queries import brands
from backoffice.web.found import found_or_404
from backoffice.web.lists import Empty, ListPage
from backoffice.web.objects import Fact, HistoryPanel, ObjectPage, Tab
from backoffice.web.page import Action, OfficeRequest, reason_of
from backoffice.web.render import when
from backoffice.web.tables import MenuColumn, OfficeTable, WhenColumn
from jackpots.models import Instance, Source
from jackpots.queries.instances import instances
from jackpots.queries.sources import source, sources
from jackpots.web.columns import shown_state
from jackpots.web.filters import ScopedFilter, owner_choices
from jackpots.web.reach import reaches


def source_address(record: Source) -> str:
    """The page of a source."""
    return reverse("source", args=[record.pk])


def _map_action(row: Source) -> Action:
    return Action("Map a jackpot", reverse("source_map", args=[row.pk]), "plus", "sources.change")


class SourceTable(OfficeTable):
    """A source a row."""

    source_id = tables.Column(verbose_name="Source", linkify=source_address)
    name = tables.Column()
    owner = tables.Column(accessor="operator_id", order_by=("operator_id", "brand_id"))
    behind = tables.Column(accessor="pk", verbose_name="Jackpots by priority", orderable=False)
    created_at = WhenColumn(verbose_name="Created")
    menu = MenuColumn(lambda record, _: [_map_action(record)])

    class Meta(OfficeTable.Meta):
        sequence = ("source_id", "name", "owner", "behind", "created_at", "menu")

    def row_address(self, record: Source) -> str:
        """The source's page."""
        return source_address(record)

    def render_owner(self, record: Source) -> str:
        """The pair, or the operator alone."""
        return record.brand_id or record.operator_id

    def value_owner(self, record: Source) -> str:
        """The same in the export."""
        return record.brand_id or record.operator_id

    def render_behind(self, record: Source) -> Any:
        """The jackpots, the first first."""
        behind = [
            (
                reverse("instance", args=[one.instance_id]),
                one.instance.name,
                "" if _is_open(one.instance) else " (closed)",
            )
            for one in record.mappings.all()
        ]
        if not behind:
            return "none: contributions are refused"
        return format_html_join(", ", '<a href="{}">{}</a>{}', behind)

    def value_behind(self, record: Source) -> str:
        """The names in the export."""
        return "; ".join(one.instance.name for one in record.mappings.all())


def _is_open(row: Instance) -> bool:
    return shown_state(row) == "Active"


class SourceFilter(ScopedFilter):
    """By text, owner, and whether anything is behind it."""

    q = django_filters.CharFilter(method="search", label="Id or name")
    owner = django_filters.ChoiceFilter(method="owned_by", label="Owner", empty_label="All")
    mapped = django_filters.BooleanFilter(
        field_name="mappings", lookup_expr="isnull", exclude=True, distinct=True, label="Leads somewhere"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["owner"].choices = [("", "All"), *owner_choices(self.request)]

    def search(self, rows: QuerySet[Source], _name: str, value: str) -> QuerySet[Source]:
        """A part of either."""
        return rows.filter(Q(source_id__icontains=value) | Q(name__icontains=value))

    def owned_by(self, rows: QuerySet[Source], _name: str, value: str) -> QuerySet[Source]:
        """`operator:brand`, or `operator` for what every brand uses."""
        return rows.filter(brand_id=value) if ":" in value else rows.filter(operator_id=value, brand__isnull=True)


class SourceList(ListPage):
    """`/office/sources/`."""

    title = "Sources"
    right = "sources.view"
    table_class = SourceTable
    filter_class = SourceFilter
    lead_in = (
        "What partners name when they contribute: a game, a journey, a deposit. The first jackpot behind it that is "
        "open to the brand takes the contribution."
    )

    def rows(self) -> QuerySet[Source]:
        """Those in scope."""
        return sources(self.request.scope).order_by("source_id", "id")

    def actions(self) -> Sequence[Action]:
        """Creating one."""
        return [Action("New source", reverse("source_new"), "plus", "sources.change")]

    def empty(self) -> Empty:
        """What starts it."""
        text = (
            "A source stands between partners and jackpots, so that another jackpot can take over without their doing."
        )
        return Empty("No sources yet", text, self.actions()[0], "route")


class SourceBase(ObjectPage):
    """What every tab shows above its panel."""

    right = "sources.view"

    @cached_property
    def source(self) -> Source:
        """The source of the address."""
        return found_or_404(lambda: source(self.request.scope, self.kwargs["source_key"]))

    def check_change(self) -> None:
        """The brands that own it."""
        self.request.scope.check_change(self.source.brand_id)

    def name(self) -> str:
        """Its id."""
        return self.source.source_id

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Sources", reverse("sources"))]

    def facts(self) -> Sequence[Fact]:
        """Id, name, owner, since when."""
        row = self.source
        return [
            Fact("Id", row.source_id, copy=row.source_id),
            Fact("Name", row.name),
            Fact("Owner", row.brand_id or row.operator_id),
            Fact("Created", when(row.created_at)),
        ]

    def tabs(self) -> Sequence[Tab]:
        """Two."""
        key = [self.source.pk]
        count = len(self.source.mappings.all())
        return [
            Tab("Overview", reverse("source", args=key), count),
            Tab("History", reverse("source_history", args=key)),
        ]

    def primary(self) -> Action | None:
        """Putting a jackpot behind it."""
        return _map_action(self.source)


class SourcePage(SourceBase):
    """`/office/sources/<key>/`."""

    template_name = "jackpots/source.html"

    def context(self) -> dict[str, Any]:
        """The mappings by priority, and where each brand's contribution would go now."""
        row, scope = self.source, self.request.scope
        keys = [mapping.instance_id for mapping in row.mappings.all()]
        behind = {one.pk: one for one in instances(scope).filter(pk__in=keys)}
        own = (
            sources(scope)
            .prefetch_related(None)
            .filter(operator_id=row.operator_id, source_id=row.source_id, brand__isnull=False)
        )
        shadowed = frozenset(one.brand_id for one in own if one.brand_id)
        return {
            **super().context(),
            "source": row,
            "can_change": _may_map(self.request, row),
            "mappings": [(one, behind.get(one.instance_id), shown_state(one.instance)) for one in row.mappings.all()],
            "reaches": reaches(row, list(brands(scope)), behind, clock.now(), shadowed=shadowed),
        }


def _may_map(request: OfficeRequest, row: Source) -> bool:
    return has_right(request.user, "sources.change") and not reason_of(lambda: request.scope.check_change(row.brand_id))


class SourceHistory(HistoryPanel, SourceBase):
    """The audit log of the source."""

    object_type = "source"

    def object_id(self) -> str:
        """Its row, once it is known to be in scope."""
        return str(self.source.pk)
