"""Names of events as they are sent, and what each event's properties become."""

from collections.abc import Collection
from typing import Any

import msgspec

from integrations.kinds.igtl.settings import IgtlSettings, status_word
from integrations.kinds.igtl.tables import EVENTS, PREFERENCES, PREFIX, STATUS, TYPES, attribute_name
from integrations.wire.players import AttributeType


class Property(msgspec.Struct, frozen=True):
    """A property that is mapped: to which attribute, of which type, and whether it tells the account's status."""

    attribute: str
    type: AttributeType
    is_status: bool


class Event(msgspec.Struct, frozen=True):
    """An event under its name in the data manager, and its properties by the name in the message."""

    name: str
    properties: dict[str, Property]


class EventTable:
    """The events of one stream as one integration is sent them."""

    def __init__(self, stream: str, settings: IgtlSettings) -> None:
        self._events = {name: Event(name, _properties(names)) for name, names in EVENTS[stream].items()}
        self._by_word: dict[str, Event] = {}
        for name, event in self._events.items():
            self._by_word[status_word(name)] = event
            self._by_word[status_word(bare(name))] = event
        self._by_word |= {status_word(line.sent): self.find(line.event) for line in settings.event_names}

    def find(self, sent: str) -> Event:
        """The event that is meant, with or without the prefix; one that is not known keeps its name and has none of
        its properties mapped."""
        known = self._by_word.get(status_word(sent))
        return known if known is not None else Event(f"{PREFIX}{bare(sent)}", {})

    def literal(self) -> dict[str, Event]:
        """The events by each name that needs no comparison."""
        names = {name: event for name, event in self._events.items() if self.find(name) is event}
        short = {bare(name): event for name, event in names.items() if self.find(bare(name)) is event}
        return names | short


def bare(name: str) -> str:
    """Without the prefix."""
    return name[len(PREFIX) :] if name.casefold().startswith(PREFIX) else name


def _properties(names: Collection[str]) -> dict[str, Property]:
    return {
        name: Property(attribute_name(name), TYPES[name][0], name == STATUS) for name in names if name != PREFERENCES
    }


def block_of(status: str, excluded: Collection[str], restored: Collection[str]) -> bool | None:
    """Whether a status forbids messages, allows them again, or says nothing of it."""
    word = status_word(status)
    return True if word in excluded else False if word in restored else None


def words(statuses: Collection[Any]) -> frozenset[str]:
    """Statuses for comparison."""
    return frozenset(status_word(status) for status in statuses)
