"""PostgreSQL's array literals, for statements that take a column at a time: far cheaper than the driver's own."""

from collections.abc import Iterable


def array(values: Iterable[object]) -> str:
    """Of numbers, uuids, dates and truth values; None is NULL."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def text_array(values: Iterable[str | None]) -> str:
    """Of texts; None is NULL."""
    return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
