"""How players and their values look on pages, for who may see them and for who may not."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from backoffice.accounts.models import StaffUser
from backoffice.accounts.players import HIDDEN, shown_player
from backoffice.accounts.rights import has_right
from backoffice.web.words import BLANK
from campaigns.models import Profile

CHANNELS = {
    "email": "E-mail",
    "sms": "SMS",
    "push": "Push",
    "on_site": "On site",
    "telephone": "Telephone",
    "post": "Post",
}


def player_address(player: Profile) -> str:
    """The page of a player."""
    return reverse("player", args=[player.pk])


def name_of(player: Profile) -> str:
    """First and last name, where they are known."""
    return f"{player.first_name} {player.last_name}".strip()


def shown_contact(viewer: StaffUser, text: str) -> str:
    """An e-mail address, a number or a name; hidden altogether for who lacks `players.view`."""
    if not text:
        return BLANK
    return text if has_right(viewer, "players.view") else HIDDEN


def shown_id(viewer: StaffUser, player: Profile) -> str:
    """The player's id."""
    return shown_player(viewer, player.player_id)


def channel_word(channel: str) -> str:
    """What people call a channel."""
    return CHANNELS.get(channel, channel.replace("_", " ").capitalize())


def value_text(value: Any, type_: str = "") -> str:
    """A value as people read it: numbers as they are, instants without their T and Z."""
    if value is None:
        return BLANK
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = str(value)
    if type_ == "datetime":
        return instant_text(text)
    return text or "(empty)"


def instant_text(text: str) -> str:
    """`2023-10-08T01:17:14.000Z` as `2023-10-08 01:17:14 UTC`; what is no instant stays as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at.utcoffset() is not None else text
