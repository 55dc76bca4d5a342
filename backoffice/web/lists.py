"""Lists: title with count, filters in the address, chips, sort, columns, page size, export of what is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from backoffice.accounts.rights import has_right
from backoffice.core import clock
from backoffice.web.downloads import RIGHT, download
from backoffice.web.filters import OfficeFilter
from backoffice.web.models import SavedView
from backoffice.web.page import Action, OfficeView, offered, reason_of
from backoffice.web.tables import OfficeTable

PAGE_SIZES = (25, 50, 100, 200)


@dataclass(frozen=True)
class Empty:
    """What an empty list says: what would be here, why it is not, and the button that starts it."""

    title: str
    text: str
    action: Action | None = None
    icon: str = "inbox"


@dataclass(frozen=True)
class ColumnChoice:
    """One box of the column chooser."""

    name: str
    label: str
    shown: bool


class ListPage(OfficeView):
    """Give it `title`, `table_class`, `rows()`; and, where there are any, `filter_class`, `actions()`, `empty`."""

    template_name = "office/list.html"
    table_class: ClassVar[type[OfficeTable]]
    filter_class: ClassVar[type[OfficeFilter] | None] = None
    export_name: ClassVar[str] = ""
    export_right: ClassVar[str] = RIGHT
    page_size: ClassVar[int] = 50
    lead_in: str = ""

    def rows(self) -> QuerySet[Any] | Sequence[Any]:
        """Every row that the viewer may see (`self.request.scope`), unfiltered."""
        raise NotImplementedError

    def actions(self) -> Sequence[Action]:
        """Buttons beside the title; the first is the primary one."""
        return ()

    def empty(self) -> Empty:
        """What the list says while there is nothing."""
        return Empty("Nothing here yet", "Rows appear as soon as there are any.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page, or its CSV with `?export=csv`."""
        if request.GET.get("export") == "csv":
            return self.export()
        return super().get(request, *args, **kwargs)

    def filtered(self) -> tuple[OfficeFilter | None, QuerySet[Any] | Sequence[Any]]:
        """The filter as the address says, and the rows that pass it; made once a request."""
        return self._filtered

    @cached_property
    def _filtered(self) -> tuple[OfficeFilter | None, QuerySet[Any] | Sequence[Any]]:
        rows = self.rows()
        if self.filter_class is None:
            return None, rows
        bar = self.filter_class(self.request.GET, queryset=rows, request=self.request)
        return bar, bar.qs

    def table(self, rows: QuerySet[Any] | Sequence[Any]) -> OfficeTable:
        """The table with the columns and the order that the address asks for."""
        table = self.table_class(rows, request=self.request, order_by=self.request.GET.getlist("sort") or None)
        self.hide_columns(table)
        return table

    def hide_columns(self, table: OfficeTable) -> None:
        """All but those that the address asks for; without a wish, the ones that the table hides at first."""
        asked = self.request.GET.getlist("columns")
        for column in table.columns.iterall():
            if column.column.exclude_from_export:
                continue
            if (column.name not in asked) if asked else (column.name in table.hidden):
                table.columns.hide(column.name)

    def export(self) -> HttpResponseBase:
        """All filtered rows, in the order and with the columns that the page shows."""
        _, rows = self.filtered()
        table = self.table(rows)
        hidden = [column.name for column in table.columns.iterall() if not column.visible]
        name = self.export_name or self.title.lower().replace(" ", "-")
        return download(self.request, name, clock.now(), table.as_values(exclude_columns=hidden), self.export_right)

    def chosen_page_size(self) -> int:
        """Rows on a page: the address's wish if it is one of the sizes."""
        asked = self.request.GET.get("per_page", "")
        return int(asked) if asked in map(str, PAGE_SIZES) else self.page_size

    def turn_to_page(self, table: OfficeTable, size: int) -> None:
        """The page that the address asks for; the first or the last one if there is no such page."""
        try:
            table.paginate(page=self.request.GET.get("page", 1), per_page=size)
        except PageNotAnInteger:
            table.paginate(page=1, per_page=size)
        except EmptyPage:
            table.paginate(page=table.paginator.num_pages, per_page=size)

    def context(self) -> dict[str, Any]:
        """The list's parts for office/list.html."""
        bar, rows = self.filtered()
        table = self.table(rows)
        self.turn_to_page(table, self.chosen_page_size())
        return {**self.around(table, bar), "count": table.paginator.count}

    def around(self, table: OfficeTable, bar: OfficeFilter | None) -> dict[str, Any]:
        """What stands around the rows of every list: filters, columns, sizes, acts, views."""
        user, empty = self.request.user, self.empty()
        table.caption = self.page_title()
        columns = [
            ColumnChoice(column.name, str(column.header), column.visible)
            for column in table.columns.iterall()
            if not column.column.exclude_from_export
        ]
        return {
            **super().context(),
            "filter": bar,
            "chips": bar.chips() if bar else [],
            "table": table,
            "columns": columns,
            "page_sizes": PAGE_SIZES,
            "page_size": self.chosen_page_size(),
            "actions": offered(self.actions(), user, reason_of(self.check_change)),
            "empty": empty,
            "empty_action": empty.action if empty.action and empty.action.allowed_to(user) else None,
            "may_export": has_right(user, self.export_right),
            "saved_views": SavedView.objects.filter(user=user, path=self.request.path),
            "current_query": self.request.GET.urlencode(),
            "clear": f"?{self.request.brands.query}",
            "lead_in": self.lead_in,
        }
