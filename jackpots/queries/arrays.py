"""PostgreSQL's array literals, for statements that take a column at a time: far cheaper than the driver's own."""

from collections.abc import Iterable


def array(values: Iterable[object]) -> str:
    """Of numbers, uuids, dates and truth values; None is NULL."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def text_array(values: Iterable[str | None]) -> str:
    """Of texts; None is NULL."""
    values = list(values)
    texts = [value for value in values if value is not None]
    if len(texts) == len(values):
        joined = '","'.join(texts)
        # Nothing to escape, if all the quotes are ours.
        if "\\" not in joined and joined.count('"') == 2 * len(texts) - 2:
            return f'{{"{joined}"}}'
    return "{" + ",".join(["NULL" if text is None else _quoted(text) for text in values]) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
