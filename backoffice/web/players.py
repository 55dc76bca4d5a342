"""Player ids, for those who may see them and for those who may not."""

from backoffice.accounts.models import StaffUser
from backoffice.accounts.rights import has_right

HIDDEN = "\N{BULLET}" * 3


def shown_player(viewer: StaffUser, player_id: str) -> str:
    """The id, or its first and last two letters for who lacks `players.view`; a short one is hidden altogether."""
    if has_right(viewer, "players.view"):
        return player_id
    return f"{player_id[:2]}{HIDDEN}{player_id[-2:]}" if len(player_id) > 6 else HIDDEN
