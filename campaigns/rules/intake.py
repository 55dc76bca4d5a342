"""What is taken of a message at all."""

from collections.abc import Iterator, Sequence
from typing import Final, get_args

from integrations.wire.players import Identifier, PlayerMessage, PlayerResult

UNKNOWN_ATTRIBUTE: Final = "UNKNOWN_ATTRIBUTE"
NOT_OF_ITS_TYPE: Final = "NOT_OF_ITS_TYPE"
IDENTIFIERS: Final = frozenset(get_args(Identifier))
# How far ahead of its receipt a message may be dated: whatever is further would stand against all that is true for as
# long. A day is what a time without its zone may be off.
MOST_AHEAD_MS: Final = 86_400_000
MOST_CHARACTERS: Final = 200


def refusal_of(message: PlayerMessage, received_at_ms: int) -> PlayerResult | None:
    """Why the message, received at this instant, cannot be taken, whoever's it is."""
    if not 0 < len(message.event) <= MOST_CHARACTERS or len(message.topic) > 100:
        return PlayerResult("INVALID_EVENT", "The event has no name, or one of more than 200 characters.")
    if not 0 < message.happened_at_ms <= received_at_ms + MOST_AHEAD_MS:
        return _refusal_of_time(message.happened_at_ms)
    if message.identifier is None:
        return None
    if message.identifier not in IDENTIFIERS:
        return PlayerResult("UNKNOWN_IDENTIFIER", f"Players are not found by {message.identifier!r}.")
    if not 0 < len(message.identifier_value.strip()) <= MOST_CHARACTERS:
        return PlayerResult("UNKNOWN_IDENTIFIER", f"The {message.identifier} is missing or too long.")
    return None


def _refusal_of_time(happened_at_ms: int) -> PlayerResult:
    if happened_at_ms <= 0:
        return PlayerResult("INVALID_TIME", f"{happened_at_ms} is no time from 1970 on.")
    return PlayerResult("TIME_AHEAD", f"{happened_at_ms} is more than a day after it was received.")


def parts_of(messages: Sequence[PlayerMessage]) -> Iterator[Sequence[PlayerMessage]]:
    """The messages in their order, parted behind each by which a player is found otherwise than before: those that
    follow may name the player by it already."""
    start = 0
    for place, message in enumerate(messages, 1):
        if message.identifier != "player_id" and place < len(messages) and _is_renaming(message):
            yield messages[start:place]
            start = place
    yield messages[start:] if start else messages


def _is_renaming(message: PlayerMessage) -> bool:
    name = message.identifier
    told = message.attributes.get(name) if name is not None else None
    return isinstance(told, str) and told.lower() != message.identifier_value.strip().lower()
