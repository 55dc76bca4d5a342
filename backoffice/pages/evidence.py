"""JSON of requests and of the audit log, as people read it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.module_loading import import_string

from backoffice import subscriptions
from backoffice.accounts.models import StaffUser
from backoffice.accounts.players import OF_PLAYER, shown_players
from backoffice.accounts.rights import has_right
from backoffice.core import json
from backoffice.web.changes import label_of
from backoffice.web.words import BLANK

DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Entry:
    """A piece of a piece: a line to open, and what stands in it as (name, text)."""

    title: str
    pairs: list[tuple[str, str]]


@dataclass(frozen=True)
class Evidence:
    """One piece: a text, a digest, a list, a table of (name, text), or entries to open."""

    label: str
    text: str = ""
    digest: str = ""
    items: list[str] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


def shown_payload(viewer: StaffUser, payload: bytes) -> str:
    """An event's bytes as text; written anew, with players masked, for who may not see them."""
    if has_right(viewer, "players.view"):
        return payload.decode("utf-8", "replace")
    return json.encode(shown_players(viewer, json.decode(payload))).decode()


def words_of(name: str) -> str:
    """`seed_micros` as people say it."""
    return name.replace("_", " ").replace(".", " ")


def shown(value: Any) -> str:
    """One value that is neither a list nor an object."""
    if value is None or value == "":
        return BLANK
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


class Words:
    """What people call the fields of an object of this type: `pots.mini.seed_share_ppm` is `Pot mini: seed share`."""

    def __init__(self, object_type: str = "") -> None:
        path = subscriptions.WORDS.get(object_type)
        self._known: Mapping[str, str] = import_string(path) if path else {}

    def label(self, path: str) -> str:
        """The words of a path of names, numbers and codes; the last is the field."""
        *place, field_name = path.split(".")
        said = self._known.get(field_name) or label_of(field_name)
        return f"{' '.join(self._known.get(one) or words_of(one) for one in place)}: {said}" if place else said

    def order(self, path: str) -> list[tuple[int, str]]:
        """Where the path stands: in the order of the words, what has none behind them."""
        places = {name: place for place, name in enumerate(self._known)}
        return [(places.get(part, len(places)), part) for part in path.split(".")]

    def value(self, path: str, value: Any) -> Any:
        """A word for the value of a field, where there is one; else the value."""
        return self._known.get(f"{path.rpartition('.')[2]}={value}", value) if isinstance(value, str) else value

    def told(self, value: Any) -> dict[str, Any]:
        """The object as one level, its values in words."""
        return {path: self.value(path, inner) for path, inner in flattened(value).items()}


def flattened(value: Any) -> dict[str, Any]:
    """Nested objects and lists as one level: {"pots": [{"code": "a", "kind": 1}]} becomes {"pots.a.kind": 1, …}."""
    return dict(_leaves(value, ())) if isinstance(value, Mapping) and value else {}


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(inner, (*path, str(name)))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for number, inner in enumerate(value, start=1):
            code = (inner.get("code") or inner.get("currency")) if isinstance(inner, Mapping) else None
            yield from _leaves(inner, (*path, str(code or number).replace(".", " ")))
    else:
        yield ".".join(path), value


def shown_evidence(evidence: Any) -> list[Evidence]:
    """Every piece of a request's evidence, in its order; what is empty says so."""
    if not isinstance(evidence, Mapping):
        return []
    return [_piece(words_of(str(name)).capitalize(), value) for name, value in evidence.items()]


def _piece(label: str, value: Any) -> Evidence:
    if isinstance(value, Mapping):
        return Evidence(label, pairs=[(words_of(name), shown(inner)) for name, inner in flattened(value).items()])
    if isinstance(value, list) and value and all(isinstance(one, Mapping) and "title" in one for one in value):
        return Evidence(label, entries=[_entry(one) for one in value])
    if isinstance(value, list):
        return Evidence(label, items=[_line(one) for one in value])
    if isinstance(value, str) and DIGEST.fullmatch(value):
        return Evidence(label, digest=value.removeprefix("sha256:"))
    return Evidence(label, text=shown(value))


def _entry(value: Mapping[str, Any]) -> Entry:
    inner = {name: one for name, one in value.items() if name != "title"}
    pairs = [(_member(name), shown(one)) for name, one in flattened(inner).items()]
    return Entry(shown(value["title"]), pairs)


def _member(path: str) -> str:
    """Attributes of a player by their own names."""
    name = path.removeprefix(f"{OF_PLAYER}.")
    return words_of(path) if name == path else name


def _line(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{words_of(name)} {shown(inner)}" for name, inner in flattened(value).items())
    return shown(value)
