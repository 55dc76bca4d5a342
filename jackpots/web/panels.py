"""Tables that show all the rows they are given: in the tabs of an object, and in lists without an end."""

from collections.abc import Iterable, Sequence
from typing import Any

from backoffice.web.page import OfficeRequest
from backoffice.web.tables import OfficeTable


def whole_table(table_class: type[OfficeTable], rows: Iterable[Any], request: OfficeRequest) -> OfficeTable:
    """The table in the order of its rows. Given its request at once it would divide and sort them by the address."""
    table = table_class(rows, orderable=False)
    table.request = request
    return table


def panel_table(
    table_class: type[OfficeTable],
    rows: Iterable[Any],
    request: OfficeRequest,
    *,
    caption: str,
    left_out: Sequence[str] = (),
) -> OfficeTable:
    """The same for a tab: without the columns that a first view hides, and those that the object says already."""
    table = whole_table(table_class, rows, request)
    table.caption = caption
    for name in (*table.hidden, *left_out):
        table.columns.hide(name)
    return table
