"""Behind the feeds: sessions and figures of players that became stale, and what their profiles are told of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
import structlog
from django.db import InterfaceError, OperationalError, transaction

from backoffice.core.bulk import run_bulk
from integrations.models import PlayerFigures, StalePlayer
from integrations.operations.build_game_sessions import PlayerKey, Span, build_game_sessions
from integrations.operations.build_player_figures import build_player_figures
from integrations.operations.store_player_figures import store_player_figures
from integrations.operations.tell_player_figures import Telling, tell_player_figures
from integrations.queries.stale_players import due_players, noted_players

NOTES_AT_ONCE: Final = 500
RETRY_AFTER: Final = timedelta(minutes=5)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Refresh:
    """When, after which silence a session is over, and how often the figures of an active player are handed over."""

    now: datetime
    gap: timedelta
    told_every: timedelta = timedelta(minutes=5)


class _Note(msgspec.Struct, frozen=True):
    integration_id: UUID
    player: PlayerKey
    played_from: datetime | None
    played_until: datetime | None
    login_from: datetime | None
    login_until: datetime | None
    is_urgent: bool


def refresh_players(refresh: Refresh) -> int:
    """Compute anew what feeds left notes of, and tell what is due; gives how many players there were.

    Notes are claimed so that any number of workers may call it at once. A player who cannot be computed, or of whom
    nobody will hear, is tried again later and holds up nobody else.
    """
    due = due_players(refresh.now - refresh.gap, refresh.now - refresh.told_every, NOTES_AT_ONCE)
    try:
        return _refresh(refresh, due, None)
    except (OperationalError, InterfaceError, ImportError):
        raise
    except Exception:
        log.exception("players_not_refreshed")
    done = 0
    for key in dict.fromkeys([*noted_players(refresh.now, NOTES_AT_ONCE), *due]):
        try:
            done += _refresh(refresh, [key], key)
        except (OperationalError, InterfaceError, ImportError):
            raise
        except Exception:
            log.exception("player_not_refreshed", brand=key[1])
            _postpone(key, refresh.now + RETRY_AFTER)
    return done


def _refresh(refresh: Refresh, due: Sequence[PlayerKey], only: PlayerKey | None) -> int:
    with transaction.atomic():
        notes = _claim(refresh.now, only)
        rows = _locked(notes, due, refresh.now)
        if not rows:
            return 0
        noted = _take_notes(rows, notes)
        _cut_sessions(rows, notes, refresh.gap)
        changed = build_player_figures([rows[key] for key in noted]) if noted else []
        for row in changed:
            row.is_untold, row.changed_at = True, refresh.now
        urgent = frozenset(note.player for note in notes if note.is_urgent)
        tell_player_figures(rows, Telling(refresh.now, refresh.gap, refresh.told_every, urgent))
        store_player_figures(list(rows.values()))
    return len(rows)


def _claim(now: datetime, only: PlayerKey | None) -> list[_Note]:
    """Take notes away; where all of this is undone they are there again."""
    operator_id, brand_id, player_id = only or (None, None, None)
    found = run_bulk(_CLAIM, [now, operator_id, operator_id, brand_id, player_id, NOTES_AT_ONCE])
    return [_Note(row[0], (row[1], row[2], row[3]), *row[4:]) for row in sorted(found, key=lambda row: row[1:4])]


def _locked(notes: Sequence[_Note], due: Collection[PlayerKey], now: datetime) -> dict[PlayerKey, PlayerFigures]:
    """The figures of all, made where they are not there, locked in the order of their keys."""
    told_by = {note.player: note.integration_id for note in notes}
    keys = sorted({*told_by, *due})
    if not keys:
        return {}
    columns = [[*column] for column in zip(*keys, strict=True)]
    if told_by:
        fresh = [[*column] for column in zip(*((*key, told_by[key]) for key in sorted(told_by)), strict=True)]
        run_bulk(_MAKE, [now, *fresh])
    ids = [row[0] for row in run_bulk(_LOCK, columns)]
    found = PlayerFigures.objects.filter(pk__in=ids)
    return {(row.operator_id, row.brand_id, row.player_id): row for row in found}


def _take_notes(rows: dict[PlayerKey, PlayerFigures], notes: Sequence[_Note]) -> list[PlayerKey]:
    """What notes say by themselves, onto the rows; whose rows they are."""
    for note in notes:
        row = rows[note.player]
        row.integration_id = note.integration_id
        if note.login_from is not None and note.login_until is not None:
            row.first_login_at = min(row.first_login_at or note.login_from, note.login_from)
            row.last_login_at = max(row.last_login_at or note.login_until, note.login_until)
            row.is_untold = True
    return sorted({note.player for note in notes})


def _cut_sessions(rows: dict[PlayerKey, PlayerFigures], notes: Sequence[_Note], gap: timedelta) -> None:
    spans: dict[PlayerKey, Span] = {}
    for note in notes:
        if note.played_from is None or note.played_until is None:
            continue
        former = spans.get(note.player)
        spans[note.player] = Span(
            note.player,
            min(former.played_from, note.played_from) if former else note.played_from,
            max(former.played_until, note.played_until) if former else note.played_until,
            rows[note.player].forgotten_until,
        )
    build_game_sessions(list(spans.values()), gap)


def _postpone(key: PlayerKey, until: datetime) -> None:
    operator_id, brand_id, player_id = key
    StalePlayer.objects.filter(operator_id=operator_id, brand_id=brand_id, player_id=player_id).update(due_at=until)


_CLAIM: Final = """
    DELETE FROM integrations_staleplayer WHERE id = ANY(ARRAY(
        SELECT id FROM integrations_staleplayer
        WHERE due_at <= %b AND (%b::text IS NULL OR (operator_id, brand_id, player_id) = (%b, %b, %b))
        ORDER BY id LIMIT %b FOR UPDATE SKIP LOCKED
    ))
    RETURNING integration_id, operator_id, brand_id, player_id, played_from, played_until, login_from, login_until,
              is_urgent
"""
_MAKE: Final = """
    INSERT INTO integrations_playerfigures
        (operator_id, brand_id, player_id, integration_id, session_count, round_count, bet_count, bet_base_micros,
         win_count, win_base_micros, deposit_count, deposit_base_micros, withdrawal_count, withdrawal_base_micros,
         bonus_count, bonus_completed_count, bonus_base_micros, games, forgotten, is_untold, changed_at)
    SELECT k.*, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '[]', '{}', true, %b
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::uuid[]) AS k
    ON CONFLICT (operator_id, brand_id, player_id) DO NOTHING
"""
_LOCK: Final = """
    SELECT f.id FROM integrations_playerfigures f
    JOIN unnest(%b::text[], %b::text[], %b::text[]) AS k (operator_id, brand_id, player_id)
        USING (operator_id, brand_id, player_id)
    ORDER BY f.operator_id, f.brand_id, f.player_id FOR UPDATE OF f
"""
