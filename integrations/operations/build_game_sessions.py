"""Game sessions, cut anew from the bets and wins of a stretch of time: the order of the messages leaves no trace."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from backoffice.core.bulk import copy_rows, run_bulk

PlayerKey = tuple[str, str, str]


class Span(msgspec.Struct, frozen=True):
    """Where bets and wins of a player changed, both ends included. Until `forgotten_until` no session is made."""

    player: PlayerKey
    played_from: datetime
    played_until: datetime
    forgotten_until: datetime | None = None


def build_game_sessions(spans: Sequence[Span], gap: timedelta) -> None:
    """Write the sessions of each span and of what lies within `gap` of it. Needs the lock of the players' figures.

    A session that grows, or that two grow together into, counts as told if one of them was.
    """
    if not spans:
        return
    keys = [*zip(*(span.player for span in spans), strict=True)]
    columns = [[*key] for key in keys]
    edges = [[span.played_from for span in spans], [span.played_until for span in spans]]
    former: dict[PlayerKey, list[tuple[datetime, datetime, datetime | None]]] = {}
    for operator_id, brand_id, player_id, *row in run_bulk(_TAKE_AWAY, [*columns, *edges, gap, gap]):
        former.setdefault((operator_id, brand_id, player_id), []).append(tuple(row))
    starts, ends = _windows(spans, former)
    found = run_bulk(_CUT, [gap, *columns, starts, ends])
    rows = [_row(row, former) for row in found]
    if rows:
        copy_rows("integrations_gamesession", _COLUMNS, rows)


def _windows(
    spans: Sequence[Span], former: dict[PlayerKey, list[tuple[datetime, datetime, datetime | None]]]
) -> tuple[list[datetime], list[datetime]]:
    """From and until when bets and wins are looked at: the span with the sessions that it touches."""
    starts, ends = [], []
    for span in spans:
        touched = former.get(span.player, [])
        start = min([span.played_from, *(started_at for started_at, _, _ in touched)])
        if span.forgotten_until is not None:
            start = max(start, span.forgotten_until + timedelta(microseconds=1))
        starts.append(start)
        ends.append(max([span.played_until, *(last_at for _, last_at, _ in touched)]))
    return starts, ends


def _row(
    row: tuple[Any, ...], former: dict[PlayerKey, list[tuple[datetime, datetime, datetime | None]]]
) -> tuple[Any, ...]:
    *key, started_at, last_at = row[:5]
    told = [
        told_at
        for began_at, ended_at, told_at in former.get((key[0], key[1], key[2]), [])
        if told_at is not None and began_at <= last_at and ended_at >= started_at
    ]
    return (*row, min(told, default=None))


_COLUMNS: Final = (
    "operator_id", "brand_id", "player_id", "started_at", "last_at", "round_count", "bet_count", "bet_base_micros",
    "win_count", "win_base_micros", "games", "told_at",
)  # fmt: skip
_TAKE_AWAY: Final = """
    DELETE FROM integrations_gamesession s
    USING unnest(%b::text[], %b::text[], %b::text[], %b::timestamptz[], %b::timestamptz[])
        AS k (operator_id, brand_id, player_id, played_from, played_until)
    WHERE s.operator_id = k.operator_id AND s.brand_id = k.brand_id AND s.player_id = k.player_id
        AND s.last_at >= k.played_from - %b::interval AND s.started_at <= k.played_until + %b::interval
    RETURNING s.operator_id, s.brand_id, s.player_id, s.started_at, s.last_at, s.told_at
"""
# The lateral keeps to the index by player whatever the planner thinks of the table; OFFSET 0 is what keeps it lateral.
_CUT: Final = """
    WITH played AS (
        SELECT k.operator_id, k.brand_id, k.player_id, a.*,
               a.is_standing AND a.kind = 'bet' AS is_bet, a.is_standing AND a.kind = 'win' AS is_win,
               a.happened_at - lag(a.happened_at) OVER (PARTITION BY k.number ORDER BY a.happened_at, a.id)
                   > k.gap AS is_first
        FROM (SELECT *, %b::interval AS gap FROM unnest(%b::text[], %b::text[], %b::text[], %b::timestamptz[],
                                                        %b::timestamptz[]) WITH ORDINALITY
                  AS u (operator_id, brand_id, player_id, start_at, end_at, number)) k
        CROSS JOIN LATERAL (
            SELECT id, happened_at, kind, integration_id, round_id, vendor_id, vendor_name, game_id, game_name,
                   game_type, base_micros, activity_id, NOT is_rolled_back AS is_standing
            FROM integrations_gameactivity
            WHERE operator_id = k.operator_id AND brand_id = k.brand_id AND player_id = k.player_id
                AND happened_at BETWEEN k.start_at AND k.end_at AND is_approved
            OFFSET 0
        ) a
    ), numbered AS (
        SELECT *, count(*) FILTER (WHERE is_first) OVER (
            PARTITION BY operator_id, brand_id, player_id ORDER BY happened_at, id) AS session
        FROM played
    ), by_game AS (
        SELECT operator_id, brand_id, player_id, session, vendor_id, game_id, sum(base_micros) AS staked,
               (array_agg(vendor_name ORDER BY happened_at, activity_id))[1] AS vendor_name,
               (array_agg(game_name ORDER BY happened_at, activity_id))[1] AS game_name,
               (array_agg(game_type ORDER BY happened_at, activity_id))[1] AS game_type
        FROM numbered WHERE is_bet GROUP BY 1, 2, 3, 4, 5, 6
    ), games AS (
        SELECT operator_id, brand_id, player_id, session, jsonb_agg(jsonb_build_array(
            vendor_id, game_id, vendor_name, game_name, game_type, staked) ORDER BY vendor_id, game_id) AS games
        FROM by_game GROUP BY 1, 2, 3, 4
    )
    SELECT operator_id, brand_id, player_id, min(happened_at), max(happened_at),
           count(DISTINCT (integration_id, round_id)) FILTER (WHERE is_standing),
           count(*) FILTER (WHERE is_bet), coalesce(sum(base_micros) FILTER (WHERE is_bet), 0),
           count(*) FILTER (WHERE is_win), coalesce(sum(base_micros) FILTER (WHERE is_win), 0),
           coalesce((SELECT games::text FROM games g WHERE (g.operator_id, g.brand_id, g.player_id, g.session)
               = (n.operator_id, n.brand_id, n.player_id, n.session)), '[]')
    FROM numbered n GROUP BY operator_id, brand_id, player_id, session
"""
