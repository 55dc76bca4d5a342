"""JSON of requests and of the audit log, as people read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backoffice.accounts.models import StaffUser
from backoffice.accounts.players import shown_players
from backoffice.accounts.rights import has_right
from backoffice.core import json
from backoffice.web.words import BLANK


@dataclass(frozen=True)
class Evidence:
    """One piece: a text, a list, or a table of (name, text)."""

    label: str
    text: str = ""
    items: list[str] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)


def shown_payload(viewer: StaffUser, payload: bytes) -> str:
    """An event's bytes as text; written anew, with players masked, for who may not see them."""
    if has_right(viewer, "players.view"):
        return payload.decode("utf-8", "replace")
    return json.encode(shown_players(viewer, json.decode(payload))).decode()


def words_of(name: str) -> str:
    """`seed_micros` as people say it."""
    return name.replace("_", " ")


def shown(value: Any) -> str:
    """One value that is neither a list nor an object."""
    if value is None or value == "":
        return BLANK
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def flattened(value: Any) -> dict[str, Any]:
    """Nested objects and lists as one level: {"pots": [{"code": "a"}]} becomes {"pots 1 code": "a"}."""
    return dict(_leaves(value, ())) if isinstance(value, Mapping) and value else {}


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(inner, (*path, words_of(str(name))))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for number, inner in enumerate(value, start=1):
            yield from _leaves(inner, (*path, str(number)))
    else:
        yield " ".join(path), value


def shown_evidence(evidence: Any) -> list[Evidence]:
    """Every piece of a request's evidence, in its order; what is empty says so."""
    if not isinstance(evidence, Mapping):
        return []
    return [_piece(words_of(str(name)).capitalize(), value) for name, value in evidence.items()]


def _piece(label: str, value: Any) -> Evidence:
    if isinstance(value, Mapping):
        return Evidence(label, pairs=[(name, shown(inner)) for name, inner in flattened(value).items()])
    if isinstance(value, list):
        return Evidence(label, items=[_line(one) for one in value])
    return Evidence(label, text=shown(value))


def _line(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {shown(inner)}" for name, inner in flattened(value).items())
    return shown(value)
