"""What a casino feed hands to the app above: bets that may become contributions, and what became of each."""

from typing import Any

import msgspec


class Bet(msgspec.Struct, frozen=True, kw_only=True):
    """A bet of a casino feed, mapped to a brand and a source.

    `brand_id` is the pair `operator:brand`; `gameround_id` is the feed's activity id; `base_wager_micros` is in
    `currency`; `player_country` is empty where the feed does not tell. With `is_rollback` the bet of the same
    identity was taken back: what was contributed stays and is marked `bet_rolled_back`.
    """

    operator_id: str
    brand_id: str
    source_id: str
    player_id: str
    player_country: str
    gameround_id: str
    currency: str
    base_wager_micros: int
    metadata: dict[str, Any]
    is_rollback: bool = False


class BetResult(msgspec.Struct, frozen=True):
    """What became of a bet, in the order they were handed over.

    `code` is ACCEPTED (contributed now), REPLAYED (contributed before), MARKED (a rollback: the contribution is
    marked), NO_CONTRIBUTION (a rollback of a bet that never contributed), or the code of the refusal.
    """

    code: str
    detail: str = ""

    @property
    def is_used(self) -> bool:
        """Whether the bet had its effect; a refusal of the business is none, and no error either."""
        return self.code in USED_CODES


USED_CODES = frozenset({"ACCEPTED", "REPLAYED", "MARKED", "NO_CONTRIBUTION"})
