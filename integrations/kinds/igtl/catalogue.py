"""What the feed brings, event by event and attribute by attribute, and what becomes of it."""

from typing import Final

from integrations.kinds.base import Fact
from integrations.kinds.igtl.tables import EVENTS, OPT_OUT_EVENT, PREFERENCES, TYPES, attribute_name

_WORDS: Final = {"string": "text", "number": "number", "datetime": "date and time", "boolean": "true or false"}
_MEANINGS: Final = {
    OPT_OUT_EVENT: "The player opted out by law: messages are forbidden",
    "account_status": "One of the statuses that exclude forbids messages",
    "dob": "Stays the text that was sent",
    "linkToken": "The personal link of a second chance",
}


def _event(stream: str, name: str, properties: tuple[str, ...]) -> Fact:
    told = ", ".join(properties) or "no properties"
    return Fact(name, f"event, {stream}", _MEANINGS.get(name, f"In the player's timeline; brings {told}"))


CATALOGUE: Final = (
    Fact("igtl_edraw", "event, eDraw", "Winning numbers of all draws, once a day; starts a campaign"),
    *(_event(stream, name, properties) for stream, events in EVENTS.items() for name, properties in events.items()),
    Fact("any other name", "event", "Created by itself under its name with igtl_ before it; brings no attributes"),
    *(
        Fact(attribute_name(name), f"attribute, {_WORDS[type_]}, {stream}", _MEANINGS.get(name, "Of the player"))
        for name, (type_, stream) in TYPES.items()
    ),
    Fact(PREFERENCES, "object by channel and name", "All preferences of the player; changed ones are written"),
    Fact("any other property", "", "Counted and not mapped"),
)
