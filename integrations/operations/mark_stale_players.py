"""Leave a note of whose figures a batch has made stale; they are computed behind it."""

from datetime import datetime
from typing import Final

import msgspec

from backoffice.core.bulk import copy_rows
from integrations.operations.settle_messages import Feed

_COLUMNS: Final = (
    "operator_id", "integration_id", "brand_id", "player_id", "played_from", "played_until", "login_from",
    "login_until", "is_urgent", "due_at",
)  # fmt: skip


class _Mark(msgspec.Struct):
    played_from: datetime | None = None
    played_until: datetime | None = None
    login_from: datetime | None = None
    login_until: datetime | None = None
    is_urgent: bool = False


class StaleMarks:
    """What a batch did to which players, one mark for each; a player is a pair of brand and id."""

    def __init__(self) -> None:
        self.marks: dict[tuple[str, str], _Mark] = {}

    def played(self, brand_id: str, player_id: str, at: datetime) -> None:
        """A bet or a win at this instant came, changed or went."""
        mark = self._of(brand_id, player_id)
        if mark.played_from is None or at < mark.played_from:
            mark.played_from = at
        if mark.played_until is None or at > mark.played_until:
            mark.played_until = at

    def logged_in(self, brand_id: str, player_id: str, at: datetime) -> None:
        """The player logged in at this instant."""
        mark = self._of(brand_id, player_id)
        mark.login_from = min(mark.login_from or at, at)
        mark.login_until = max(mark.login_until or at, at)
        mark.is_urgent = True

    def urgent(self, brand_id: str, player_id: str) -> None:
        """A payment or a bonus changed."""
        self._of(brand_id, player_id).is_urgent = True

    def _of(self, brand_id: str, player_id: str) -> _Mark:
        key = (brand_id, player_id)
        mark = self.marks.get(key)
        if mark is None:
            mark = self.marks[key] = _Mark()
        return mark


def mark_stale_players(feed: Feed, stale: StaleMarks) -> None:
    """Write the marks in the transaction of the batch. They are only ever appended: no batch waits for a reader."""
    owner = (feed.operator_id, feed.integration_id)
    rows = [
        (*owner, brand_id, player_id, *msgspec.structs.astuple(mark), feed.now)
        for (brand_id, player_id), mark in stale.marks.items()
    ]
    if rows:
        copy_rows("integrations_staleplayer", _COLUMNS, rows)
