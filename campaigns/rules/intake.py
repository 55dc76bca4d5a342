"""What is taken of a message at all."""

from typing import Final, get_args

from integrations.wire.players import Identifier, PlayerMessage, PlayerResult

UNKNOWN_ATTRIBUTE: Final = "UNKNOWN_ATTRIBUTE"
NOT_OF_ITS_TYPE: Final = "NOT_OF_ITS_TYPE"
IDENTIFIERS: Final = frozenset(get_args(Identifier))
# From 1970 to the year 9999.
LATEST_MS: Final = 253_402_300_799_999
MOST_CHARACTERS: Final = 200


def refusal_of(message: PlayerMessage) -> PlayerResult | None:
    """Why the message cannot be taken, whoever's it is."""
    if not 0 < len(message.event) <= MOST_CHARACTERS or len(message.topic) > 100:
        return PlayerResult("INVALID_EVENT", "The event has no name, or one of more than 200 characters.")
    if not 0 < message.happened_at_ms <= LATEST_MS:
        return PlayerResult("INVALID_TIME", f"{message.happened_at_ms} is no time between 1970 and 9999.")
    if message.identifier is None:
        return None
    if message.identifier not in IDENTIFIERS:
        return PlayerResult("UNKNOWN_IDENTIFIER", f"Players are not found by {message.identifier!r}.")
    if not 0 < len(message.identifier_value.strip()) <= MOST_CHARACTERS:
        return PlayerResult("UNKNOWN_IDENTIFIER", f"The {message.identifier} is missing or too long.")
    return None
