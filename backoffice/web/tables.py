"""Columns and the table that every list of the backoffice is made of."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.core.money import decimal_from_micros
from backoffice.web import render
from backoffice.web.page import Action, offered, reason_of


class OfficeTable(tables.Table):  # type: ignore[misc]
    """A table with the kit's looks. Set `Meta.sequence` and, for narrow first views, `hidden` (names)."""

    hidden: Sequence[str] = ()
    caption: str = "Rows"

    class Meta:
        template_name = "office/table.html"
        attrs = {"class": "table table-vcenter"}
        row_attrs = {"data-href": lambda record, table: table.row_address(record)}

    def row_address(self, record: Any) -> str | None:
        """Where Enter leads from a row; the record's own address by default."""
        address: Callable[[], str] | None = getattr(record, "get_absolute_url", None)
        return address() if address else None


class MoneyColumn(tables.Column):  # type: ignore[misc]
    """Micro-units, right-aligned; the currency is a field of the row (`currency=` its accessor or a fixed code)."""

    def __init__(self, *args: Any, currency: str = "currency", **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "num"}, "th": {"class": "num"}})
        super().__init__(*args, **kwargs)
        self.currency = currency

    def _code(self, record: Any) -> str:
        if len(self.currency) == 3 and self.currency.isupper():
            return self.currency
        return str(tables.A(self.currency).resolve(record))

    def render(self, value: int, record: Any) -> SafeString:
        """The cell of the page."""
        return render.money(value, self._code(record))

    def value(self, value: int, record: Any) -> str:
        """The cell of the export: the plain decimal, six places."""
        return format(decimal_from_micros(value), "f")


class NumberColumn(tables.Column):  # type: ignore[misc]
    """A whole number or a Decimal, right-aligned, thousands separated."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "num"}, "th": {"class": "num"}})
        super().__init__(*args, **kwargs)

    def render(self, value: int | Decimal) -> str:
        """The cell of the page."""
        return f"{value:,}"

    def value(self, value: int | Decimal) -> str:
        """The cell of the export."""
        return str(value)


class WhenColumn(tables.Column):  # type: ignore[misc]
    """A time in the viewer's zone, relative where recent; UTC in the export."""

    def render(self, value: datetime) -> SafeString:
        """The cell of the page."""
        return render.when(value)

    def value(self, value: datetime) -> str:
        """The cell of the export."""
        return render.utc_text(value)


class StateColumn(tables.Column):  # type: ignore[misc]
    """A state as word, icon and colour."""

    def render(self, value: object) -> SafeString:
        """The cell of the page; `value` may be the word of a choices field."""
        return render.state(str(value))

    def value(self, value: object) -> str:
        """The cell of the export."""
        return str(value)


class IdColumn(tables.Column):  # type: ignore[misc]
    """An id: monospace, shortened in the middle where long, whole in the title and in the export."""

    def render(self, value: object) -> SafeString:
        """The cell of the page."""
        text = str(value)
        short = text if len(text) <= 18 else f"{text[:8]}…{text[-6:]}"
        return format_html('<span class="id" title="{}">{}</span>', text, short)

    def value(self, value: object) -> str:
        """The cell of the export."""
        return str(value)


class MenuColumn(tables.Column):  # type: ignore[misc]
    """What can be done with the row as it is now: `actions(record, request)` gives the acts.

    `brands_of(record)` are the brands that it belongs to, none meaning the whole operator.
    """

    def __init__(
        self, actions: Callable[[Any, Any], Sequence[Action]], brands_of: Callable[[Any], Collection[str]] | None = None
    ) -> None:
        super().__init__(
            verbose_name="Acts",
            empty_values=(),
            orderable=False,
            exclude_from_export=True,
            attrs={"td": {"class": "row-menu"}, "th": {"class": "row-menu"}},
        )
        self.actions = actions
        self.brands_of = brands_of or _brand_of

    def render(self, record: Any, table: OfficeTable) -> str:
        """The menu; nothing where there is nothing to do."""
        request = table.request
        why_not = reason_of(lambda: request.scope.check_change_of(self.brands_of(record)))
        actions = offered(self.actions(record, request), request.user, why_not)
        if not actions:
            return ""
        refused = next((action.refused for action in actions if action.refused), "")
        return render_to_string("parts/row_menu.html", {"actions": actions, "name": str(record), "why_not": refused})


def _brand_of(record: Any) -> tuple[str, ...]:
    brand_id: str | None = getattr(record, "brand_id", None)
    return () if brand_id is None else (brand_id,)
