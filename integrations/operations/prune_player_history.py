"""Forget sessions, payments and bonuses of players; what they add up to stays in the players' figures."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from msgspec.json import decode

from backoffice.core.bulk import run_bulk
from integrations.models import GameSession, Payment, PlayerBonus, PlayerFigures
from integrations.operations.build_game_sessions import PlayerKey
from integrations.operations.build_player_figures import add_games
from integrations.operations.store_player_figures import store_player_figures


def prune_player_history(*, now: datetime, kept: timedelta, limit: int = 200) -> int:
    """Delete what lies before `now - kept` of up to `limit` players, and add it to what is forgotten; gives how many.

    All that is old of a player goes at once: no session is made any more of what happened before the last that went.
    A payment or a bonus stays for as long after its last message, too, whenever that says that it happened.
    """
    before = now - kept
    keys = _old_players(before, limit)
    if not keys:
        return 0
    with transaction.atomic():
        columns = [[*column] for column in zip(*keys, strict=True)]
        rows = list(PlayerFigures.objects.filter(pk__in=[row[0] for row in run_bulk(_LOCK, columns)]))
        if not rows:
            return 0
        found = {(row.operator_id, row.brand_id, row.player_id): row for row in rows}
        columns = [[*column] for column in zip(*found, strict=True)]
        for sql, forget in ((_SESSIONS, _forget_session), (_PAYMENTS, _forget_payment), (_BONUSES, _forget_bonus)):
            for operator_id, brand_id, player_id, *values in run_bulk(sql, [*columns, *[before] * sql.count("< %b")]):
                forget(found[operator_id, brand_id, player_id], values)
        store_player_figures(rows)
    return len(rows)


def _old_players(before: datetime, limit: int) -> list[PlayerKey]:
    found: dict[PlayerKey, None] = {}
    aged = {"last_at__lt": before, "changed_at__lt": before}
    sessions = GameSession.objects.filter(last_at__lt=before)
    for rows in (sessions, Payment.objects.filter(**aged), PlayerBonus.objects.filter(**aged)):
        found |= dict.fromkeys(
            rows.order_by("last_at", "pk").values_list("operator_id", "brand_id", "player_id")[:limit]
        )
    return sorted(found)[:limit]


def _forget_session(row: PlayerFigures, values: Sequence[Any]) -> None:
    started_at, last_at, rounds, bets, bet, wins, won, games = values
    _count(row, session_count=1, round_count=rounds, bet_count=bets, bet_base_micros=bet, win_count=wins)
    _count(row, win_base_micros=won)
    _instants(row, "activity", started_at, last_at)
    row.forgotten["games"] = add_games(row.forgotten.get("games", []), decode(games))
    row.forgotten_until = max(row.forgotten_until or last_at, last_at)


def _forget_payment(row: PlayerFigures, values: Sequence[Any]) -> None:
    direction, status, base_micros, approved = values
    if status == "approved":
        _count(row, **{f"{direction}_count": 1, f"{direction}_base_micros": base_micros})
        at = datetime.fromisoformat(approved)
        _instants(row, direction, at, at)


def _forget_bonus(row: PlayerFigures, values: Sequence[Any]) -> None:
    status, base_micros = values
    if status not in {"Pending", "Reversed"}:
        is_completed = status in {"Completed", "AutoCompleted"}
        _count(row, bonus_count=1, bonus_completed_count=int(is_completed), bonus_base_micros=base_micros)


def _count(row: PlayerFigures, **numbers: int) -> None:
    for name, number in numbers.items():
        row.forgotten[name] = row.forgotten.get(name, 0) + int(number)


def _instants(row: PlayerFigures, what: str, first: datetime, last: datetime) -> None:
    for name, at, choose in ((f"first_{what}_at", first, min), (f"last_{what}_at", last, max)):
        former = row.forgotten.get(name)
        row.forgotten[name] = choose(at, datetime.fromisoformat(former) if former else at).isoformat()


_LOCK: Final = """
    SELECT f.id FROM integrations_playerfigures f
    JOIN unnest(%b::text[], %b::text[], %b::text[]) AS k (operator_id, brand_id, player_id)
        USING (operator_id, brand_id, player_id)
    ORDER BY f.operator_id, f.brand_id, f.player_id FOR UPDATE OF f
"""
_OLD: Final = """
    USING unnest(%b::text[], %b::text[], %b::text[]) AS k (operator_id, brand_id, player_id)
    WHERE r.operator_id = k.operator_id AND r.brand_id = k.brand_id AND r.player_id = k.player_id AND r.last_at < %b
    RETURNING r.operator_id, r.brand_id, r.player_id
"""
_SESSIONS: Final = f"""
    DELETE FROM integrations_gamesession r {_OLD}, started_at, last_at, round_count, bet_count, bet_base_micros,
        win_count, win_base_micros, games::text
"""  # noqa: S608 - the parts are constants of this module
_AGED: Final = _OLD.replace("RETURNING", "AND r.changed_at < %b RETURNING")
_PAYMENTS: Final = f"DELETE FROM integrations_payment r {_AGED}, direction, status, base_micros, steps->>'approved'"  # noqa: S608
_BONUSES: Final = f"DELETE FROM integrations_playerbonus r {_AGED}, status, base_micros"  # noqa: S608
