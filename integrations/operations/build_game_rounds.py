"""Game rounds, summed anew from their activities: the order of the messages leaves no trace."""

from collections.abc import Collection
from typing import Final

from backoffice.core.bulk import run_bulk
from integrations.operations.settle_messages import Feed

# The earliest activity names the game; only what stands (approved, not rolled back) is summed. The lateral keeps to
# the index by round whatever the planner thinks of the table; OFFSET 0 is what keeps it lateral.
_BUILD: Final = """
    INSERT INTO integrations_gameround
        (operator_id, integration_id, round_id, player_id, currency, brand_id, game_id, game_name, game_type,
         vendor_id, vendor_name, bet_count, bet_micros, bet_base_micros, win_count, win_micros, win_base_micros,
         rollback_count, is_ended, started_at, last_at)
    SELECT f.operator_id, f.integration_id, f.round_id, f.player_id, f.currency, f.brand_id, f.game_id, f.game_name,
           f.game_type, f.vendor_id, f.vendor_name, s.bet_count, coalesce(s.bet, 0), coalesce(s.bet_base, 0),
           s.win_count, coalesce(s.win, 0), coalesce(s.win_base, 0), s.rollback_count, s.is_ended, s.started_at,
           s.last_at
    FROM unnest(%b::text[], %b::text[]) AS k (round_id, player_id)
    CROSS JOIN LATERAL (
        SELECT (array_agg(a.id ORDER BY a.happened_at, a.activity_id, a.kind))[1] AS first_id,
            count(*) FILTER (WHERE a.kind = 'bet' AND is_approved AND NOT is_rolled_back) AS bet_count,
            sum(amount_micros) FILTER (WHERE a.kind = 'bet' AND is_approved AND NOT is_rolled_back)::bigint AS bet,
            sum(base_micros) FILTER (WHERE a.kind = 'bet' AND is_approved AND NOT is_rolled_back)::bigint AS bet_base,
            count(*) FILTER (WHERE a.kind = 'win' AND is_approved AND NOT is_rolled_back) AS win_count,
            sum(amount_micros) FILTER (WHERE a.kind = 'win' AND is_approved AND NOT is_rolled_back)::bigint AS win,
            sum(base_micros) FILTER (WHERE a.kind = 'win' AND is_approved AND NOT is_rolled_back)::bigint AS win_base,
            count(*) FILTER (WHERE is_rolled_back) AS rollback_count,
            bool_or(is_round_end) AS is_ended, min(happened_at) AS started_at, max(happened_at) AS last_at
        FROM integrations_gameactivity a
        WHERE a.operator_id = %b AND a.integration_id = %b AND a.round_id = k.round_id AND a.player_id = k.player_id
        GROUP BY a.currency OFFSET 0
    ) s
    CROSS JOIN LATERAL (SELECT * FROM integrations_gameactivity a WHERE a.id = s.first_id OFFSET 0) f
    ON CONFLICT (operator_id, integration_id, round_id, player_id, currency) DO UPDATE SET
        brand_id = excluded.brand_id, game_id = excluded.game_id, game_name = excluded.game_name,
        game_type = excluded.game_type, vendor_id = excluded.vendor_id, vendor_name = excluded.vendor_name,
        bet_count = excluded.bet_count, bet_micros = excluded.bet_micros, bet_base_micros = excluded.bet_base_micros,
        win_count = excluded.win_count, win_micros = excluded.win_micros, win_base_micros = excluded.win_base_micros,
        rollback_count = excluded.rollback_count, is_ended = excluded.is_ended, started_at = excluded.started_at,
        last_at = excluded.last_at
"""


def build_game_rounds(feed: Feed, rounds: Collection[tuple[str, str]]) -> None:
    """Write the rounds of these (round id, player id) as their activities stand now."""
    round_ids, player_ids = (list(column) for column in zip(*sorted(rounds), strict=True))
    run_bulk(_BUILD, [round_ids, player_ids, feed.operator_id, feed.integration_id])
