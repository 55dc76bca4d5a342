"""What must always hold of feeds: every message is accounted for, none has its effect twice."""

from collections.abc import Iterable
from typing import Final

from backoffice.core.invariants import Violation, violations_by_sql
from integrations.queries.player_invariants import PLAYER_CHECKS

_CHECKS: Final[dict[str, list[str]]] = {
    "I12 every message is accounted for": [
        """
        SELECT id, topic || ': seen ' || seen_count || ', used ' || used_count || ', filtered ' || filtered_count
               || ', refused ' || refused_count || ', dead ' || dead_count
        FROM integrations_feedposition
        WHERE seen_count <> used_count + filtered_count + refused_count + dead_count
           OR first_offset IS NULL AND next_offset <> seen_count
        """,
        # Where the broker gives the numbers they have holes, and a partition goes on behind what is gone.
        """
        SELECT p.id, p.topic || '/' || p.partition || ': seen ' || p.seen_count || ' from ' || p.first_offset || ' to '
               || p.next_offset || ', of which ' || coalesce(g.skipped, 0) || ' were gone'
        FROM integrations_feedposition p
        LEFT JOIN (
            SELECT position_id, sum(to_offset - from_offset) AS skipped FROM integrations_feedgap
            WHERE resumed_at IS NOT NULL GROUP BY 1
        ) g ON g.position_id = p.id
        WHERE p.first_offset IS NOT NULL AND p.seen_count > p.next_offset - p.first_offset - coalesce(g.skipped, 0)
        """,
        """
        SELECT p.integration_id, k.outcome || ' by position ' || k.counted || ', by code ' || coalesce(t.counted, 0)
        FROM (
            SELECT integration_id, sum(used_count) AS used, sum(filtered_count) AS filtered,
                   sum(refused_count) AS refused, sum(dead_count) AS dead
            FROM integrations_feedposition GROUP BY integration_id
        ) p
        CROSS JOIN LATERAL (VALUES ('used', used), ('filtered', filtered), ('refused', refused), ('dead', dead))
            k (outcome, counted)
        LEFT JOIN (
            SELECT integration_id, outcome, sum(count) AS counted FROM integrations_feedtally GROUP BY 1, 2
        ) t ON t.integration_id = p.integration_id AND t.outcome = k.outcome
        WHERE k.counted <> coalesce(t.counted, 0)
        """,
        """
        SELECT p.id, 'counted ' || p.dead_count || ' dead, ' || count(d.id) || ' lie there and '
               || p.forgotten_count || ' were forgotten'
        FROM integrations_feedposition p
        LEFT JOIN integrations_deadletter d ON d.position_id = p.id AND d.state <> 'replayed'
        GROUP BY p.id HAVING p.dead_count <> count(d.id) + p.forgotten_count
        """,
    ],
    "I13 no message has two effects": [
        """
        SELECT min(id), count(*) || ' times ' || message_key || ' ' || variant
        FROM integrations_feedmessage GROUP BY operator_id, integration_id, message_key, variant HAVING count(*) > 1
        """,
    ],
    "F1 a game round is its activities": [
        """
        SELECT r.id, 'round ' || r.round_id || ': ' || r.bet_micros || ' bet, ' || r.win_micros || ' won; activities '
               || coalesce(a.bet, 0) || ', ' || coalesce(a.win, 0)
        FROM integrations_gameround r
        LEFT JOIN (
            SELECT operator_id, integration_id, round_id, player_id, currency,
                   count(*) FILTER (WHERE is_rolled_back) AS back,
                   sum(amount_micros) FILTER (WHERE kind = 'bet' AND is_approved AND NOT is_rolled_back) AS bet,
                   sum(amount_micros) FILTER (WHERE kind = 'win' AND is_approved AND NOT is_rolled_back) AS win
            FROM integrations_gameactivity GROUP BY 1, 2, 3, 4, 5
        ) a USING (operator_id, integration_id, round_id, player_id, currency)
        WHERE (r.bet_micros, r.win_micros, r.rollback_count)
              <> (coalesce(a.bet, 0), coalesce(a.win, 0), coalesce(a.back, 0))
        """,
    ],
}


def feed_violations() -> Iterable[Violation]:
    """Every violated invariant of the feeds."""
    for name, statements in (_CHECKS | PLAYER_CHECKS).items():
        for sql in statements:
            yield from violations_by_sql(name, sql)
