"""A player's figures as typed attributes."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Protocol

from backoffice.core.money import decimal_from_micros
from integrations.kinds.fasttrack import names
from integrations.wire.players import AttributeValue


class Figures(Protocol):
    """What has a player's figures, by the names that the row has."""

    bet_base_micros: Any
    win_base_micros: Any
    games: Any


_COUNTS: Final = (
    "session_count", "round_count", "bet_count", "win_count", "deposit_count", "withdrawal_count", "bonus_count",
    "bonus_completed_count",
)  # fmt: skip
_AMOUNTS: Final = ("bet", "win", "deposit", "withdrawal", "bonus")
_INSTANTS: Final = tuple(f"{end}_{what}_at" for what in ("activity", "deposit", "withdrawal", "login")
                         for end in ("first", "last"))  # fmt: skip


def attributes_of(figures: Figures) -> dict[str, AttributeValue]:
    """The attributes by name; what is not known has none."""
    found: dict[str, AttributeValue] = {f"ft_{name}": Decimal(getattr(figures, name)) for name in _COUNTS}
    for name in _AMOUNTS:
        found[f"ft_{name}_amount"] = decimal_from_micros(int(getattr(figures, f"{name}_base_micros")))
    found["ft_net_amount"] = decimal_from_micros(int(figures.bet_base_micros) - int(figures.win_base_micros))
    for name in _INSTANTS:
        instant: datetime | None = getattr(figures, name)
        if instant is not None:
            found[f"ft_{name}"] = names.instant_text(instant)
    return found | _favourites(figures.games)


def _favourites(games: Sequence[Sequence[Any]]) -> dict[str, AttributeValue]:
    """Game, vendor and type with the highest stakes; among equals the first by id."""
    if not games:
        return {}
    game = max(games, key=lambda line: line[5])
    found: dict[str, AttributeValue] = {"ft_favourite_game": game[3], "ft_favourite_game_id": game[1]}
    vendor_id = _highest(games, 0)
    found["ft_favourite_vendor"] = next(line[2] for line in games if line[0] == vendor_id)
    kind = _highest([line for line in games if line[4]], 4)
    return found | ({"ft_favourite_game_type": kind} if kind else {})


def _highest(games: Sequence[Sequence[Any]], column: int) -> str:
    stakes: dict[str, int] = {}
    for line in games:
        stakes[line[column]] = stakes.get(line[column], 0) + line[5]
    return max(sorted(stakes), key=lambda name: stakes[name], default="")
