"""Player ids, for those who may see them and for those who may not."""

from collections.abc import Mapping
from typing import Any, Final

from backoffice.accounts.models import ServiceAccount, StaffUser
from backoffice.accounts.rights import has_right

HIDDEN: Final = "\N{BULLET}" * 3
# What a player's id is called in requests, events and messages.
PLAYER_NAMES: Final = frozenset({"player", "player_id", "ext_player_id", "user_id"})
# An object of this name holds what is known of one player: all of it is hidden together.
OF_PLAYER: Final = "of the player"


def shown_player(viewer: StaffUser | ServiceAccount | None, player_id: str) -> str:
    """The id, or its first and last two letters for who lacks `players.view`; a short one is hidden altogether."""
    if has_right(viewer, "players.view"):
        return player_id
    return f"{player_id[:2]}{HIDDEN}{player_id[-2:]}" if len(player_id) > 6 else HIDDEN


def shown_players(viewer: StaffUser | ServiceAccount | None, value: Any) -> Any:
    """JSON with every player id in it as the viewer may see it, however deep it stands."""
    if has_right(viewer, "players.view"):
        return value
    return _masked(viewer, value)


def _masked(viewer: StaffUser | ServiceAccount | None, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _masked_member(viewer, name, inner) for name, inner in value.items()}
    return [_masked(viewer, inner) for inner in value] if isinstance(value, list) else value


def _masked_member(viewer: StaffUser | ServiceAccount | None, name: str, value: Any) -> Any:
    if name == OF_PLAYER and isinstance(value, Mapping):
        return dict.fromkeys(value, HIDDEN)
    if name in PLAYER_NAMES and isinstance(value, str):
        return shown_player(viewer, value)
    return _masked(viewer, value)
