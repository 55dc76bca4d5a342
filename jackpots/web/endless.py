"""Lists without an end: no count, no page numbers, but "newer" and "older" from where one stands.

A page is found by the time and the id of the row beside it, so that the millionth row is as near as the first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponseBase

from backoffice.core import clock
from backoffice.web.downloads import download
from backoffice.web.lists import ListPage
from backoffice.web.tables import OfficeTable
from jackpots.web.panels import whole_table

CHUNK = 2000


@dataclass(frozen=True)
class Place:
    """A row's place in the order: its time and its id."""

    at: datetime
    id: UUID | int

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """From the address; None for anything that is none."""
        time, _, key = text.partition("~")
        try:
            at = datetime.fromisoformat(time)
            known = int(key) if key.isdecimal() and len(key) < 19 else UUID(key)
            return cls(at, known) if at.tzinfo is not None else None
        except ValueError:
            return None

    def text(self) -> str:
        """For the address."""
        return f"{self.at.isoformat()}~{self.id}"


class EndlessList(ListPage):
    """Rows that have a time (`time_field`) and an id, the newest first."""

    template_name = "jackpots/endless.html"
    time_field: ClassVar[str]

    def beyond(self, rows: QuerySet[Any], place: Place, *, older: bool) -> QuerySet[Any]:
        """The rows after or before a place, the nearest first."""
        word = "lt" if older else "gt"
        same = Q(**{self.time_field: place.at, f"id__{word}": place.id})
        first = Q(**{f"{self.time_field}__{'lte' if older else 'gte'}": place.at})
        found = rows.filter(first).filter(Q(**{f"{self.time_field}__{word}": place.at}) | same)
        return found if older else found.order_by(self.time_field, "id")

    def turned(self, rows: QuerySet[Any], size: int) -> tuple[list[Any], bool, bool]:
        """The rows of the page, and whether there are newer and older ones."""
        after, before = (Place.read(self.request.GET.get(name, "")) for name in ("after", "before"))
        if before is not None:
            found = list(self.beyond(rows, before, older=False)[: size + 1])
            return found[:size][::-1], len(found) > size, True
        found = list((self.beyond(rows, after, older=True) if after else rows)[: size + 1])
        return found[:size], after is not None, len(found) > size

    def table(self, rows: Any) -> OfficeTable:
        """The table with the columns that the address asks for; its order is that of the rows."""
        table = whole_table(self.table_class, rows, self.request)
        self.hide_columns(table)
        return table

    def place_of(self, row: Any) -> Place:
        """Where a row stands."""
        return Place(getattr(row, self.time_field), row.pk)

    def _address(self, **place: str) -> str:
        kept = [
            (key, value)
            for key, values in self.request.GET.lists()
            if key not in ("after", "before", "page", "export")
            for value in values
        ]
        return f"?{urlencode([*kept, *place.items()])}"

    def context(self) -> dict[str, Any]:
        """The parts of jackpots/endless.html."""
        bar, rows = self.filtered()
        size = self.chosen_page_size()
        shown, has_newer, has_older = self.turned(rows, size)  # type: ignore[arg-type]
        return {
            **self.around(self.table(shown), bar),
            "shown": len(shown),
            "newer": self._address(before=self.place_of(shown[0]).text()) if shown and has_newer else "",
            "older": self._address(after=self.place_of(shown[-1]).text()) if shown and has_older else "",
            "newest": self._address() if has_newer else "",
        }

    def export(self) -> HttpResponseBase:
        """All filtered rows, read and written in parts."""
        _, rows = self.filtered()
        name = self.export_name or self.title.lower().replace(" ", "-")
        return download(self.request, name, clock.now(), self._lines(rows), self.export_right)  # type: ignore[arg-type]

    def _lines(self, rows: QuerySet[Any]) -> Iterator[Sequence[Any]]:
        read = rows.iterator(chunk_size=CHUNK)
        part, is_first = list(islice(read, CHUNK)), True
        while part or is_first:
            table = self.table(part)
            hidden = [column.name for column in table.columns.iterall() if not column.visible]
            lines = table.as_values(exclude_columns=hidden)
            yield from lines if is_first else islice(lines, 1, None)
            part, is_first = list(islice(read, CHUNK)), False
