"""What must always hold of raffles and credits, re-proved from the rows."""

from collections.abc import Iterable
from typing import Final

from backoffice.core.invariants import Violation, violations_by_sql

_CHECKS: Final[dict[str, list[str]]] = {
    "I10 tickets are what was counted": [
        """
        SELECT e.round_id || ' ' || e.player_id, e.ticket_count || ' tickets and ' || e.carry_micros || ' carried for '
               || e.metric_micros || ' at ' || t.ticket_price_micros
        FROM jackpots_ticketentry e
        JOIN jackpots_raffleround r ON r.id = e.round_id
        JOIN jackpots_instance i ON i.id = r.instance_id
        JOIN jackpots_template t ON t.id = i.template_id
        WHERE e.ticket_count * t.ticket_price_micros + e.carry_micros <> e.metric_micros
           OR e.carry_micros >= t.ticket_price_micros
        """,
        """
        SELECT coalesce(e.round_id, g.round_id) || ' ' || coalesce(e.player_id, g.player_id),
               'counts ' || coalesce(e.ticket_count, 0) || ' tickets, has ' || coalesce(g.tickets, 0)
        FROM jackpots_ticketentry e
        FULL JOIN (
            SELECT round_id, brand_id, player_id, sum(count) AS tickets FROM jackpots_ticketrange GROUP BY 1, 2, 3
        ) g ON g.round_id = e.round_id AND g.brand_id = e.brand_id AND g.player_id = e.player_id
        WHERE coalesce(e.ticket_count, 0) <> coalesce(g.tickets, 0)
        """,
        """
        SELECT c.id, 'was answered ' || coalesce(c.tickets_awarded::text, 'no tickets') || ', has '
               || coalesce(g.tickets, 0)
        FROM jackpots_contribution c
        JOIN jackpots_instance i ON i.id = c.instance_id AND i.jackpot_type = 'Raffle'
        LEFT JOIN (
            SELECT contribution_id, sum(count) AS tickets FROM jackpots_ticketrange GROUP BY 1
        ) g ON g.contribution_id = c.id
        WHERE c.tickets_awarded IS DISTINCT FROM coalesce(g.tickets, 0)
        """,
    ],
    "I11 ticket numbers are dense": [
        """
        SELECT g.round_id || ' ' || g.first_number, 'follows on ' || g.upto
        FROM (
            SELECT round_id, first_number,
                   coalesce(lag(first_number + count - 1) OVER (PARTITION BY round_id ORDER BY first_number), 0) AS upto
            FROM jackpots_ticketrange
        ) g WHERE g.first_number <> g.upto + 1
        """,
        """
        SELECT r.id, 'says ' || r.ticket_count || ' tickets, has ' || coalesce(g.tickets, 0)
        FROM jackpots_raffleround r
        LEFT JOIN (SELECT round_id, sum(count) AS tickets FROM jackpots_ticketrange GROUP BY 1) g ON g.round_id = r.id
        WHERE r.ticket_count <> coalesce(g.tickets, 0)
        """,
        """
        SELECT g.round_id || ' ' || g.first_number, 'was awarded at ' || g.awarded_at || ', outside of its round'
        FROM jackpots_ticketrange g JOIN jackpots_raffleround r ON r.id = g.round_id
        WHERE g.awarded_at < r.starts_at OR g.awarded_at >= r.ends_at
        """,
    ],
    "I12 one draw a round": [
        """
        SELECT r.id, 'is ' || r.state || ' and says ' || coalesce(r.outcome ->> 'winners', 'no') || ' winners, has '
               || count(c.id) || ' for ' || coalesce(sum(c.value_micros), 0)
        FROM jackpots_raffleround r LEFT JOIN jackpots_credit c ON c.group_id = r.id
        GROUP BY r.id
        HAVING count(c.id) <> coalesce((r.outcome ->> 'winners')::bigint, 0)
            OR coalesce(sum(c.value_micros), 0) <> coalesce((r.outcome ->> 'prizes_micros')::bigint, 0)
            OR count(DISTINCT c.ticket_number) <> count(c.id)
            OR (r.drawn_at IS NULL) <> (r.outcome = '{}')
        """,
        """
        SELECT c.id, 'won with ticket ' || c.ticket_number || ', which is not the player''s'
        FROM jackpots_credit c
        WHERE c.kind = 'prize' AND NOT EXISTS (
            SELECT 1 FROM jackpots_ticketrange g
            WHERE g.operator_id = c.operator_id AND g.round_id = c.group_id AND g.brand_id = c.brand_id
              AND g.player_id = c.player_id
              AND c.ticket_number BETWEEN g.first_number AND g.first_number + g.count - 1
        )
        """,
        """
        SELECT p.id, 'is in cycle ' || p.cycle || ' with ' || count(c.id) || ' cycles, ' || count(c.ended_at)
               || ' ended, and ' || count(r.id) || ' rounds, ' || count(r.drawn_at) || ' drawn'
        FROM jackpots_pot p
        JOIN jackpots_instance i ON i.id = p.instance_id AND i.jackpot_type = 'Raffle'
        LEFT JOIN jackpots_potcycle c ON c.pot_id = p.id
        LEFT JOIN jackpots_raffleround r ON r.pot_id = p.id AND r.number = c.cycle
        GROUP BY p.id
        HAVING count(c.id) <> p.cycle OR max(c.cycle) <> p.cycle OR count(r.id) <> count(c.id)
            OR count(c.ended_at) <> count(r.drawn_at)
            OR count(*) FILTER (WHERE c.ended_at IS DISTINCT FROM r.drawn_at) > 0
        """,
    ],
    "I13 a credit is what the ledger owes": [
        """
        SELECT c.group_id, 'is ' || c.owed || ' owed, ' || c.withheld || ' withheld, ' || c.paid || ' settled; the '
               || 'ledger has ' || coalesce(l.owed, 0) || ', ' || coalesce(l.withheld, 0) || ', ' || coalesce(l.paid, 0)
        FROM (
            SELECT group_id,
                   sum(CASE state WHEN 'failed' THEN value_micros WHEN 'owed' THEN cost_micros ELSE 0 END) AS owed,
                   sum(CASE state WHEN 'withheld' THEN cost_micros ELSE 0 END) AS withheld,
                   sum(CASE state WHEN 'settled' THEN cost_micros ELSE 0 END) AS paid
            FROM jackpots_credit GROUP BY group_id
        ) c
        LEFT JOIN (
            SELECT t.subject_id, sum(l.amount_micros) FILTER (WHERE a.kind = 'payable') AS owed,
                   sum(l.amount_micros) FILTER (WHERE a.kind = 'withheld') AS withheld,
                   sum(l.amount_micros) FILTER (WHERE a.kind = 'player_clearing') AS paid
            FROM jackpots_transfer t
            JOIN jackpots_line l ON l.transfer_id = t.id
            JOIN jackpots_account a ON a.id = l.account_id
            GROUP BY t.subject_id
        ) l ON l.subject_id = c.group_id
        WHERE (c.owed, c.withheld, c.paid)
              <> (coalesce(l.owed, 0), coalesce(l.withheld, 0), coalesce(l.paid, 0))
        """,
    ],
    "I15 a round has its event": [
        """
        SELECT r.id, 'is ' || r.state || ' without its event'
        FROM jackpots_raffleround r
        WHERE r.state IN ('paying', 'complete') AND r.drawn_at IS NOT NULL
          AND r.drawn_at >= least(
            now() - interval '29 days',
            (SELECT min(o.occurred_at) FROM events_outboxevent o WHERE o.kind = 'RaffleWinEvent'
             AND NOT EXISTS (SELECT 1 FROM events_eventdeadletter d WHERE d.event_id = o.event_id))
          )
          AND NOT EXISTS (
            SELECT 1 FROM events_outboxevent e
            WHERE e.operator_id = r.operator_id AND e.kind = 'RaffleWinEvent' AND e.object_id = r.id::text
          )
        """,
    ],
}


def raffle_violations() -> Iterable[Violation]:
    """Those of raffles and credits."""
    for name, statements in _CHECKS.items():
        for sql in statements:
            yield from violations_by_sql(name, sql)


def invariant_names() -> list[str]:
    """The invariants of raffles, as the health pages list them."""
    return list(_CHECKS)
