"""Bars of players."""

from reporting.queries.players import PlayerSum
from reporting.web.widget import Figures


def player_row(figures: Figures, player: PlayerSum, micros: int) -> tuple[str, int, str, str]:
    """A player as a bar: the id as the viewer may see it, the brand where there are several, the contributions."""
    brand = player.brand_id.partition(":")[2]
    shown = figures.player(player.player_id)
    url = ""
    if shown == player.player_id:
        url = figures.listed("contributions", brand=player.brand_id, player=player.player_id)
    return f"{shown} · {brand}", micros, figures.money(micros), url


def left_out_note(count: int) -> list[str]:
    """What had no rate."""
    return [f"{count:,} contributions and wins are left out for want of a rate."] if count else []
