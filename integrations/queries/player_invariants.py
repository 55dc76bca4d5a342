"""What must always hold of payments, bonuses, sessions and figures: they are the messages that made them."""

from typing import Final

_IS_STALE: Final = """
    EXISTS (SELECT 1 FROM integrations_staleplayer n WHERE n.operator_id = {row}.operator_id
            AND n.brand_id = {row}.brand_id AND n.player_id = {row}.player_id)
"""
PLAYER_CHECKS: Final[dict[str, list[str]]] = {
    "F2 a payment is its messages": [
        """
        SELECT p.id, p.payment_id || ': ' || p.status || ' after ' || p.steps FROM integrations_payment p
        WHERE p.status <> CASE WHEN jsonb_exists(p.steps, 'rollback') THEN 'rolled_back' ELSE coalesce(
            (SELECT key FROM jsonb_each_text(p.steps) WHERE key IN ('approved', 'cancelled', 'rejected')
             ORDER BY value::timestamptz DESC, array_position(ARRAY['rejected', 'cancelled', 'approved'], key) LIMIT 1),
            'requested') END OR NOT jsonb_exists(p.steps, p.told_by)
        """,
        """
        SELECT m.id, m.message_key || ' ' || m.variant || ' left no trace' FROM integrations_feedmessage m
        LEFT JOIN integrations_payment p ON p.operator_id = m.operator_id AND p.integration_id = m.integration_id
            AND p.payment_id = m.message_key
        WHERE m.variant LIKE 'payment:%' AND m.outcome = 'used'
            AND NOT coalesce(jsonb_exists(p.steps, substr(m.variant, 9)), false)
        """,
        """
        SELECT m.id, m.message_key || ' ' || m.variant || ' left no trace' FROM integrations_feedmessage m
        LEFT JOIN integrations_playerbonus b ON b.operator_id = m.operator_id AND b.integration_id = m.integration_id
            AND b.user_bonus_id = m.message_key
        WHERE m.variant LIKE 'bonus:%' AND m.outcome = 'used'
            AND NOT coalesce(jsonb_exists(b.statuses, substr(m.variant, 7)), false)
        """,
    ],
    "F3 a game session is its bets and wins": [
        f"""
        SELECT s.id, s.player_id || ' ' || s.started_at || ': ' || s.bet_base_micros || ' bet, ' || s.win_base_micros
               || ' won; activities ' || a.bet || ', ' || a.win
        FROM integrations_gamesession s
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE kind = 'bet') AS bets, count(*) FILTER (WHERE kind = 'win') AS wins,
                   coalesce(sum(base_micros) FILTER (WHERE kind = 'bet'), 0) AS bet,
                   coalesce(sum(base_micros) FILTER (WHERE kind = 'win'), 0) AS win
            FROM integrations_gameactivity g
            WHERE g.operator_id = s.operator_id AND g.brand_id = s.brand_id AND g.player_id = s.player_id
                AND g.happened_at BETWEEN s.started_at AND s.last_at AND g.is_approved AND NOT g.is_rolled_back
        ) a
        WHERE (s.bet_count, s.win_count, s.bet_base_micros, s.win_base_micros) <> (a.bets, a.wins, a.bet, a.win)
            AND NOT {_IS_STALE.format(row="s")}
        """,  # noqa: S608 - the parts are constants of this module
        """
        SELECT s.id, s.player_id || ' ' || s.started_at || ' lies within another session'
        FROM integrations_gamesession s JOIN integrations_gamesession o ON o.operator_id = s.operator_id
            AND o.brand_id = s.brand_id AND o.player_id = s.player_id AND o.started_at < s.started_at
            AND o.last_at >= s.started_at
        """,
    ],
    "F4 figures are what is forgotten and what is kept": [
        f"""
        SELECT f.id, f.player_id || ': ' || f.bet_base_micros || ' bet, ' || f.deposit_base_micros || ' paid in; rows '
               || s.bet || ', ' || p.paid
        FROM integrations_playerfigures f
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(bet_count), 0) AS bets, coalesce(sum(bet_base_micros), 0) AS bet,
                   coalesce(sum(win_base_micros), 0) AS win
            FROM integrations_gamesession g
            WHERE g.operator_id = f.operator_id AND g.brand_id = f.brand_id AND g.player_id = f.player_id
        ) s
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(base_micros) FILTER (WHERE direction = 'deposit'), 0) AS paid,
                   coalesce(sum(base_micros) FILTER (WHERE direction = 'withdrawal'), 0) AS drawn
            FROM integrations_payment g
            WHERE g.operator_id = f.operator_id AND g.brand_id = f.brand_id AND g.player_id = f.player_id
                AND g.status = 'approved'
        ) p
        WHERE NOT {_IS_STALE.format(row="f")}
            AND (f.bet_count, f.bet_base_micros, f.win_base_micros, f.deposit_base_micros, f.withdrawal_base_micros)
            <> (s.bets + coalesce((f.forgotten->>'bet_count')::numeric, 0),
                s.bet + coalesce((f.forgotten->>'bet_base_micros')::numeric, 0),
                s.win + coalesce((f.forgotten->>'win_base_micros')::numeric, 0),
                p.paid + coalesce((f.forgotten->>'deposit_base_micros')::numeric, 0),
                p.drawn + coalesce((f.forgotten->>'withdrawal_base_micros')::numeric, 0))
        """,  # noqa: S608 - the parts are constants of this module
    ],
}
