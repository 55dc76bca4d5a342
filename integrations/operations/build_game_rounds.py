"""Game rounds, summed anew from their activities: the order of the messages leaves no trace."""

from collections.abc import Collection

from integrations.operations.bulk import run_bulk
from integrations.operations.settle_messages import Feed

# The earliest activity names the game; only what stands (approved, not rolled back) is summed.
_BUILD = """
    WITH activity AS (
        SELECT a.*, a.is_approved AND NOT a.is_rolled_back AS stands
        FROM unnest(%b::text[], %b::text[]) AS k (round_id, player_id)
        JOIN integrations_gameactivity a USING (round_id, player_id)
        WHERE a.operator_id = %b AND a.integration_id = %b
    ), first AS (
        SELECT DISTINCT ON (round_id, player_id, currency) *
        FROM activity ORDER BY round_id, player_id, currency, happened_at, activity_id, kind
    ), summed AS (
        SELECT round_id, player_id, currency,
            count(*) FILTER (WHERE stands AND kind = 'bet') AS bet_count,
            coalesce(sum(amount_micros) FILTER (WHERE stands AND kind = 'bet'), 0)::bigint AS bet_micros,
            coalesce(sum(base_micros) FILTER (WHERE stands AND kind = 'bet'), 0)::bigint AS bet_base_micros,
            count(*) FILTER (WHERE stands AND kind = 'win') AS win_count,
            coalesce(sum(amount_micros) FILTER (WHERE stands AND kind = 'win'), 0)::bigint AS win_micros,
            coalesce(sum(base_micros) FILTER (WHERE stands AND kind = 'win'), 0)::bigint AS win_base_micros,
            count(*) FILTER (WHERE is_rolled_back) AS rollback_count,
            bool_or(is_round_end) AS is_ended, min(happened_at) AS started_at, max(happened_at) AS last_at
        FROM activity GROUP BY round_id, player_id, currency
    )
    INSERT INTO integrations_gameround
        (operator_id, integration_id, round_id, player_id, currency, brand_id, game_id, game_name, game_type, vendor_id,
         vendor_name, bet_count, bet_micros, bet_base_micros, win_count, win_micros, win_base_micros, rollback_count,
         is_ended, started_at, last_at)
    SELECT f.operator_id, f.integration_id, round_id, player_id, currency, f.brand_id, f.game_id, f.game_name,
           f.game_type, f.vendor_id, f.vendor_name, s.bet_count, s.bet_micros, s.bet_base_micros,
           s.win_count, s.win_micros, s.win_base_micros, s.rollback_count, s.is_ended, s.started_at, s.last_at
    FROM summed s JOIN first f USING (round_id, player_id, currency)
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
