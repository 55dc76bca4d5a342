"""Pasted text that is nearly JSON: comments, trailing commas, a point for a comma, commas left out (I-11)."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from backoffice.core import json
from backoffice.core.errors import Refusal

MAX_CHARACTERS: Final = 65_536
# What is left open reaches to the end, a text to that of its line: no start is tried in vain, so the time is linear.
_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<comment>//[^\n]*|\#[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<text>"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+(?:"|\\?(?=\n|\Z)))
    |(?P<word>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|[A-Za-z_]\w*)|(?P<mark>[][{}:,.])|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ENDS_VALUE: Final = frozenset(("text", "word", "}", "]"))
_BEGINS_VALUE: Final = frozenset(("text", "word", "{", "["))


class Change(NamedTuple):
    """A line that was repaired: its number from 1, as it was pasted, as it is read, and what was done to it."""

    line: int
    before: str
    after: str
    what: str


class Repaired(NamedTuple):
    """Strict JSON, what it says, and the lines that had to be changed."""

    text: str
    value: Any
    changes: tuple[Change, ...]


class _Token(NamedTuple):
    kind: str
    start: int
    end: int


class _Edit(NamedTuple):
    start: int
    end: int
    put: str
    what: str


def repair(pasted: str) -> Repaired:
    """Read pasted text leniently.

    Refusal(INVALID_REQUEST) with the line for what is broken in another way, PAYLOAD_TOO_LARGE over 65,536 characters.
    """
    if len(pasted) > MAX_CHARACTERS:
        raise Refusal("PAYLOAD_TOO_LARGE", f"The text has more than {MAX_CHARACTERS:,} characters.")
    pasted = pasted.replace("\r\n", "\n")
    edits = _edits(pasted)
    text = _applied(pasted, edits)
    try:
        value = _plain(json.decode_strict(text.encode("utf-8", "surrogatepass")))
    except json.StrictJsonError as error:
        raise Refusal("INVALID_REQUEST", f"This is no JSON{_line_of(text, error.detail)}: {error.detail}") from None
    return Repaired(text, value, _changes(pasted, edits))


def _edits(text: str) -> list[_Edit]:
    edits: list[_Edit] = []
    tokens: list[_Token] = []
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "other"
        if kind == "comment":
            # Lines stay where they are, so that before and after can be shown side by side.
            edits.append(_Edit(found.start(), found.end(), "\n" * found.group().count("\n"), "comment removed"))
        elif kind != "space":
            tokens.append(_Token(found.group() if kind == "mark" else kind, found.start(), found.end()))
    edits.extend(_repairs(tokens))
    return sorted(edits)


def _repairs(tokens: Sequence[_Token]) -> list[_Edit]:
    edits: list[_Edit] = []
    before = "["
    for place, token in enumerate(tokens):
        after = tokens[place + 1].kind if place + 1 < len(tokens) else ""
        if token.kind in {".", ","}:
            edit = _separator(token, before, after)
            if edit is not None:
                edits.append(edit)
            # A separator that is dropped leaves what stood before it to be looked at again.
            before = before if edit is not None and not edit.put else ","
            continue
        if before in _ENDS_VALUE and token.kind in _BEGINS_VALUE:
            end = tokens[place - 1].end
            edits.append(_Edit(end, end, ",", "comma added"))
        before = token.kind
    return edits


def _separator(token: _Token, before: str, after: str) -> _Edit | None:
    is_point = token.kind == "."
    if before not in _ENDS_VALUE and before != ",":
        return None
    if before == "," or after in {"}", "]", ",", ""}:
        return _Edit(token.start, token.end, "", "point removed" if is_point else "trailing comma removed")
    return _Edit(token.start, token.end, ",", "point read as a comma") if is_point else None


def _applied(text: str, edits: Sequence[_Edit]) -> str:
    pieces, at = [], 0
    for edit in edits:
        pieces += [text[at : edit.start], edit.put]
        at = edit.end
    return "".join([*pieces, text[at:]])


def _changes(text: str, edits: Sequence[_Edit]) -> tuple[Change, ...]:
    before, after = text.split("\n"), _applied(text, edits).split("\n")
    breaks = [found.start() for found in re.finditer("\n", text)]
    done: dict[int, list[str]] = {}
    for edit in edits:
        for line in range(bisect_left(breaks, edit.start), bisect_left(breaks, edit.end) + 1):
            done.setdefault(line, []).append(edit.what)
    return tuple(
        Change(line + 1, before[line].rstrip(), after[line].rstrip(), ", ".join(dict.fromkeys(what)))
        for line, what in sorted(done.items())
    )


def _plain(value: Any) -> Any:
    """Whole numbers as integers; the strict decoder gives a Decimal for each."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, str | bool) or value is None:
        return value
    return int(value) if value == value.to_integral_value() else value


def _line_of(text: str, detail: str) -> str:
    found = re.search(r"line (\d+)", detail)
    return f" in line {found.group(1)}" if found and text else ""
