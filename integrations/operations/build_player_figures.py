"""The figures of players, summed anew from their sessions, payments and bonuses and from what is no longer kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from backoffice.core.bulk import run_bulk
from integrations.models import PlayerFigures
from integrations.operations.build_game_sessions import PlayerKey

COUNTS: Final = (
    "session_count", "round_count", "bet_count", "bet_base_micros", "win_count", "win_base_micros", "deposit_count",
    "deposit_base_micros", "withdrawal_count", "withdrawal_base_micros", "bonus_count", "bonus_completed_count",
    "bonus_base_micros",
)  # fmt: skip
FIRSTS: Final = ("first_activity_at", "first_deposit_at", "first_withdrawal_at")
LASTS: Final = ("last_activity_at", "last_deposit_at", "last_withdrawal_at")
FIGURES: Final = (*COUNTS, *FIRSTS, *LASTS, "first_login_at", "last_login_at", "games")


def build_player_figures(rows: Sequence[PlayerFigures]) -> list[PlayerFigures]:
    """Those whose figures changed, with what is so now; nothing is written. Needs the lock of the rows.

    Logins are on the row alone; the rest is `forgotten` and whatever lies in the tables.
    """
    keys: list[PlayerKey] = [(row.operator_id, row.brand_id, row.player_id) for row in rows]
    columns = [[*column] for column in zip(*keys, strict=True)]
    found: dict[PlayerKey, dict[str, Any]] = {key: {} for key in keys}
    for sql, names in _SUMS:
        for operator_id, brand_id, player_id, *values in run_bulk(sql, columns):
            found[operator_id, brand_id, player_id].update(zip(names, values, strict=True))
    games: dict[PlayerKey, list[list[Any]]] = {}
    for operator_id, brand_id, player_id, *game in run_bulk(_GAMES, columns):
        games.setdefault((operator_id, brand_id, player_id), []).append([*game[:-1], int(game[-1])])
    changed = []
    for row, key in zip(rows, keys, strict=True):
        before = [getattr(row, name) for name in FIGURES]
        combine(row, found[key], games.get(key, []))
        if before != [getattr(row, name) for name in FIGURES]:
            changed.append(row)
    return changed


def combine(row: PlayerFigures, found: Mapping[str, Any], games: Sequence[Sequence[Any]]) -> None:
    """Set the row's figures to what is forgotten and what was found."""
    for name in COUNTS:
        setattr(row, name, int(found.get(name) or 0) + int(row.forgotten.get(name, 0)))
    for names, choose in ((FIRSTS, min), (LASTS, max)):
        for name in names:
            told = row.forgotten.get(name)
            known = [at for at in (found.get(name), told and datetime.fromisoformat(told)) if at]
            setattr(row, name, choose(known) if known else None)
    row.games = add_games(row.forgotten.get("games", []), games)


def add_games(*lists: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Stakes by game added up. A game is [vendor id, game id, vendor, game, type, stake]; the last list names it."""
    total: dict[tuple[str, str], list[Any]] = {}
    for games in lists:
        for vendor_id, game_id, vendor, game, kind, staked in games:
            former = total.get((vendor_id, game_id))
            total[vendor_id, game_id] = [
                vendor_id, game_id, vendor, game, kind, int(staked) + (former[-1] if former else 0)
            ]  # fmt: skip
    return [total[key] for key in sorted(total)]


_PLAYERS: Final = "unnest(%b::text[], %b::text[], %b::text[]) AS k (operator_id, brand_id, player_id)"
_OF_PLAYER: Final = "operator_id = k.operator_id AND brand_id = k.brand_id AND player_id = k.player_id"
_SUMS: Final = (
    (
        f"""
        SELECT k.*, s.* FROM {_PLAYERS} CROSS JOIN LATERAL (
            SELECT count(*), sum(round_count), sum(bet_count), sum(bet_base_micros), sum(win_count),
                   sum(win_base_micros), min(started_at), max(last_at)
            FROM integrations_gamesession WHERE {_OF_PLAYER}
        ) s
        """,  # noqa: S608 - the parts are constants of this module
        (*COUNTS[:6], "first_activity_at", "last_activity_at"),
    ),
    (
        f"""
        SELECT k.*, p.* FROM {_PLAYERS} CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE direction = 'deposit'),
                   sum(base_micros) FILTER (WHERE direction = 'deposit'),
                   min((steps->>'approved')::timestamptz) FILTER (WHERE direction = 'deposit'),
                   max((steps->>'approved')::timestamptz) FILTER (WHERE direction = 'deposit'),
                   count(*) FILTER (WHERE direction = 'withdrawal'),
                   sum(base_micros) FILTER (WHERE direction = 'withdrawal'),
                   min((steps->>'approved')::timestamptz) FILTER (WHERE direction = 'withdrawal'),
                   max((steps->>'approved')::timestamptz) FILTER (WHERE direction = 'withdrawal')
            FROM integrations_payment WHERE {_OF_PLAYER} AND status = 'approved'
        ) p
        """,  # noqa: S608 - the parts are constants of this module
        ("deposit_count", "deposit_base_micros", "first_deposit_at", "last_deposit_at", "withdrawal_count",
         "withdrawal_base_micros", "first_withdrawal_at", "last_withdrawal_at"),
    ),
    (
        f"""
        SELECT k.*, b.* FROM {_PLAYERS} CROSS JOIN LATERAL (
            SELECT count(*), count(*) FILTER (WHERE status IN ('Completed', 'AutoCompleted')), sum(base_micros)
            FROM integrations_playerbonus WHERE {_OF_PLAYER} AND status NOT IN ('Pending', 'Reversed')
        ) b
        """,  # noqa: S608 - the parts are constants of this module
        ("bonus_count", "bonus_completed_count", "bonus_base_micros"),
    ),
)  # fmt: skip
# The last session in which a game was played names it.
_GAMES: Final = f"""
    SELECT k.*, g.* FROM {_PLAYERS} CROSS JOIN LATERAL (
        SELECT game->>0, game->>1, (array_agg(game->>2 ORDER BY started_at DESC))[1],
               (array_agg(game->>3 ORDER BY started_at DESC))[1], (array_agg(game->>4 ORDER BY started_at DESC))[1],
               sum((game->>5)::numeric)
        FROM integrations_gamesession, jsonb_array_elements(games) AS game WHERE {_OF_PLAYER} GROUP BY 1, 2
    ) g
"""  # noqa: S608 - the parts are constants of this module
