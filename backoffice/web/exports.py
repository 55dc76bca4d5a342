"""CSV of exactly what is shown."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def _is_plain_number(text: str) -> bool:
    digits = text[1:] if text[:1] == "-" else text
    whole, _, rest = digits.partition(".")
    return whole.isascii() and whole.isdigit() and (not rest or (rest.isascii() and rest.isdigit()))


def safe_cell(value: object) -> str:
    """The text of a cell that no spreadsheet takes for a formula. Negative numbers stay numbers."""
    text = "" if value is None else str(value)
    if text.lstrip(" \u00a0\u3000").startswith(FORMULA_STARTS) and not _is_plain_number(text):
        return f"'{text}"
    return text


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The rows as lines of CSV."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])


def csv_response(name: str, at: datetime, rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A download called `<name>-<day>-<time>.csv`, streamed."""
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{at:%Y%m%d-%H%M%S}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
