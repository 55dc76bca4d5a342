"""What the feed brings, and what becomes of it."""

from typing import Final

from integrations.kinds.base import Fact
from integrations.kinds.gig.tables import BLOCKED, CONSENT_CHANNELS, EVENTS, SELF_EXCLUDED, TYPES, attribute_name

_WORDS: Final = {"string": "text", "number": "number", "datetime": "date and time", "boolean": "true or false"}
_MEANINGS: Final = {
    BLOCKED: "Forbids messages while it is true",
    SELF_EXCLUDED: "Forbids messages while it is true",
    "tags": "Each tag is set or taken away, too",
    **{name: f"The overall status of {channel}" for name, channel in CONSENT_CHANNELS.items()},
}

CATALOGUE: Final = (
    *(Fact(title, "event", description) for title, description in EVENTS),
    *(
        Fact(attribute_name(name), f"attribute, {_WORDS[type_]}", _MEANINGS.get(name, "Of the player"))
        for name, type_ in TYPES.items()
    ),
    Fact("any other property", "", "Counted and not mapped"),
)
