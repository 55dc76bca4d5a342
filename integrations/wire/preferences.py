"""Preferences by channel, as a feed sends them."""

from typing import Any, Final

from integrations.wire.players import Channel
from integrations.wire.values import boolean_of

UNKNOWN_ATTRIBUTE: Final = "UNKNOWN_ATTRIBUTE"
NOT_OF_ITS_TYPE: Final = "NOT_OF_ITS_TYPE"
CHANNELS: Final[tuple[Channel, ...]] = ("email", "sms", "push", "on_site", "telephone", "post")
MOST_CHARACTERS: Final = 100
_SPELLINGS: Final[dict[str, Channel]] = {
    **{channel: channel for channel in CHANNELS},
    "e_mail": "email",
    "text": "sms",
    "phone": "telephone",
    "call": "telephone",
    "push_notification": "push",
    "mobile_push": "push",
    "onsite": "on_site",
    "site_notification": "on_site",
    "in_app": "on_site",
    "postal": "post",
    "post_mail": "post",
    "postmail": "post",
    "direct_mail": "post",
}


def channel_of(name: str) -> Channel | None:
    """The channel that is meant, or None."""
    return _SPELLINGS.get(name.strip().casefold().replace("-", "_").replace(" ", "_"))


def read_preferences(sent: Any, name: str) -> tuple[dict[str, dict[str, bool]] | None, list[tuple[str, str]]]:
    """`{channel: {name: true or false}}` as it stands, None where nothing was sent; and what could not be used."""
    if sent is None:
        return None, []
    if not isinstance(sent, dict):
        return None, [(name, NOT_OF_ITS_TYPE)]
    found: dict[str, dict[str, bool]] = {}
    ignored: list[tuple[str, str]] = []
    for word, choices in sent.items():
        channel, place = channel_of(word), f"{name}.{word[:60]}"
        if channel is None:
            ignored.append((place, UNKNOWN_ATTRIBUTE))
        elif not isinstance(choices, dict):
            ignored.append((place, NOT_OF_ITS_TYPE))
        else:
            read, unused = _choices(choices, place)
            ignored += unused
            if read:
                found[channel] = found.get(channel, {}) | read
    return found or None, ignored


def _choices(choices: dict[str, Any], place: str) -> tuple[dict[str, bool], list[tuple[str, str]]]:
    read = {name: boolean_of(choice) for name, choice in choices.items() if 0 < len(name) <= MOST_CHARACTERS}
    unused = [(f"{place}.{name[:60]}", NOT_OF_ITS_TYPE) for name in choices if read.get(name) is None]
    return {name: truth for name, truth in read.items() if truth is not None}, unused
