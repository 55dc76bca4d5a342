"""What must always hold of jackpots and their money, re-proved from the rows."""

from collections.abc import Iterable
from typing import Final

from django.db import connection, transaction
from django.utils.module_loading import import_string

from backoffice import subscriptions
from backoffice.core.invariants import Check, Violation, violations_by_sql

_CHECKS: Final[dict[str, list[str]]] = {
    "I1 transfer balances": [
        """
        SELECT t.id, 'sums to ' || coalesce(sum(l.amount_micros), 0) || ' over ' || count(l.id) || ' of '
               || t.line_count || ' lines'
        FROM jackpots_transfer t LEFT JOIN jackpots_line l ON l.transfer_id = t.id
        GROUP BY t.id HAVING coalesce(sum(l.amount_micros), 0) <> 0 OR count(l.id) <> t.line_count
        """,
        """
        SELECT l.id, 'is in ' || a.currency || ' of instance ' || a.instance_id || ', its transfer in ' || t.currency
               || ' of ' || t.instance_id
        FROM jackpots_line l
        JOIN jackpots_account a ON a.id = l.account_id
        JOIN jackpots_transfer t ON t.id = l.transfer_id
        WHERE a.currency <> t.currency OR a.instance_id <> t.instance_id OR a.operator_id <> t.operator_id
           OR l.occurred_at <> t.occurred_at
        """,
    ],
    "I2 pot is its postings": [
        """
        SELECT p.id || ' ' || k.kind, 'row says ' || k.kept || ', ledger ' || coalesce(s.total, 0)
        FROM jackpots_pot p
        CROSS JOIN LATERAL (
            VALUES ('pot', p.value_micros), ('seed', p.seed_micros), ('boost', p.boost_micros)
        ) k (kind, kept)
        LEFT JOIN LATERAL (
            SELECT sum(l.amount_micros) AS total FROM jackpots_account a JOIN jackpots_line l ON l.account_id = a.id
            WHERE a.pot_id = p.id AND a.kind = k.kind
        ) s ON true
        WHERE k.kept <> coalesce(s.total, 0)
        """,
    ],
    "I3 no liability is negative": [
        """
        SELECT a.id, a.kind || ' of ' || a.instance_id || ' holds ' || sum(l.amount_micros)
        FROM jackpots_account a JOIN jackpots_line l ON l.account_id = a.id
        WHERE a.kind IN ('pot', 'seed', 'boost', 'payable', 'withheld')
        GROUP BY a.id HAVING sum(l.amount_micros) < 0
        """,
    ],
    "I4 one contribution a key": [
        """
        SELECT min(id::text), count(*) || ' for one game round of ' || player_id
        FROM jackpots_contribution
        GROUP BY operator_id, instance_id, brand_id, player_id, gameround_id HAVING count(*) > 1
        """,
        """
        SELECT min(id::text), count(*) || ' for one request of ' || player_id
        FROM jackpots_contribution GROUP BY operator_id, brand_id, player_id, target, gameround_id HAVING count(*) > 1
        """,
        """
        SELECT c.relname, 'is not a valid index' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE NOT i.indisvalid
        """,
    ],
    "I5 one win a cycle": [
        """
        SELECT pot_id || ' ' || cycle, count(*) || ' wins' FROM jackpots_win GROUP BY pot_id, cycle HAVING count(*) > 1
        """,
        """
        SELECT p.id, 'is in cycle ' || p.cycle || ' with ' || count(c.id) || ' cycles up to '
               || coalesce(max(c.cycle), 0)
               || ', ' || count(c.ended_at) || ' ended, ' || p.drop_count || ' drops'
        FROM jackpots_pot p JOIN jackpots_instance i ON i.id = p.instance_id AND i.jackpot_type = 'Jackpot'
        LEFT JOIN jackpots_potcycle c ON c.pot_id = p.id
        GROUP BY p.id
        HAVING count(c.id) <> p.cycle OR max(c.cycle) <> p.cycle OR min(c.cycle) <> 1
            -- The last cycle of a pot that is retired has ended too.
            OR count(c.ended_at) <> p.cycle - (p.retired_at IS NULL)::int
            OR p.drop_count <> (SELECT count(*) FROM jackpots_win w WHERE w.pot_id = p.id)
        """,
        """
        SELECT c.pot_id || ' ' || c.cycle, CASE WHEN w.id IS NULL THEN 'ended without a win' ELSE 'is won but runs' END
        FROM jackpots_potcycle c
        JOIN jackpots_pot p ON p.id = c.pot_id
        JOIN jackpots_instance i ON i.id = p.instance_id AND i.jackpot_type = 'Jackpot'
        LEFT JOIN jackpots_win w ON w.pot_id = c.pot_id AND w.cycle = c.cycle
        WHERE (c.ended_at IS NULL) <> (w.id IS NULL) AND NOT EXISTS (
            SELECT 1 FROM jackpots_modelswitch s WHERE s.instance_id = p.instance_id AND s.switched_at = c.ended_at
        )
        """,
        """
        SELECT w.id, 'is not what its contribution was answered'
        FROM jackpots_win w
        LEFT JOIN jackpots_contribution c ON c.id = w.contribution_id
        LEFT JOIN jackpots_pot p ON p.id = w.pot_id
        WHERE c.id IS NULL OR c.player_id <> w.player_id OR c.instance_id <> w.instance_id
           OR w.cause = 'draw' AND (c.win_pot IS DISTINCT FROM p.code OR c.win_micros <> w.pay_micros)
        """,
        """
        SELECT c.id, 'was answered a win that is not there' FROM jackpots_contribution c
        WHERE c.win_pot IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM jackpots_win w WHERE w.contribution_id = c.id AND w.cause = 'draw')
        """,
    ],
    "I6 a win is owed, settled or withheld": [
        """
        SELECT w.id, w.state || ' for ' || w.cost_micros || ', the ledger has payable ' || s.payable || ', withheld '
               || s.withheld || ', paid ' || s.paid
        FROM jackpots_win w
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(l.amount_micros) FILTER (WHERE a.kind = 'payable'), 0) AS payable,
                   coalesce(sum(l.amount_micros) FILTER (WHERE a.kind = 'withheld'), 0) AS withheld,
                   coalesce(sum(l.amount_micros) FILTER (WHERE a.kind = 'player_clearing'), 0) AS paid
            FROM jackpots_transfer t
            JOIN jackpots_line l ON l.transfer_id = t.id
            JOIN jackpots_account a ON a.id = l.account_id
            WHERE t.subject_id = w.id
        ) s
        WHERE (s.payable, s.withheld, s.paid) IS DISTINCT FROM (
            CASE w.state WHEN 'owed' THEN w.cost_micros ELSE 0 END,
            CASE w.state WHEN 'withheld' THEN w.cost_micros ELSE 0 END,
            CASE w.state WHEN 'settled' THEN w.cost_micros ELSE 0 END)
        """,
    ],
    "I7 payable is the open wins and credits": [
        """
        SELECT i.id, 'payable ' || coalesce(b.payable, 0) || ', withheld ' || coalesce(b.withheld, 0) || ', open wins '
               || coalesce(w.owed, 0) || ', withheld wins ' || coalesce(w.withheld, 0) || ', open credits '
               || coalesce(c.owed, 0) || ', withheld credits ' || coalesce(c.withheld, 0)
        FROM jackpots_instance i
        LEFT JOIN (
            SELECT a.instance_id, sum(l.amount_micros) FILTER (WHERE a.kind = 'payable') AS payable,
                   sum(l.amount_micros) FILTER (WHERE a.kind = 'withheld') AS withheld
            FROM jackpots_account a JOIN jackpots_line l ON l.account_id = a.id GROUP BY a.instance_id
        ) b ON b.instance_id = i.id
        LEFT JOIN (
            SELECT instance_id, sum(cost_micros) FILTER (WHERE state = 'owed') AS owed,
                   sum(cost_micros) FILTER (WHERE state = 'withheld') AS withheld
            FROM jackpots_win GROUP BY instance_id
        ) w ON w.instance_id = i.id
        LEFT JOIN (
            SELECT instance_id,
                   sum(CASE state WHEN 'failed' THEN value_micros WHEN 'owed' THEN cost_micros ELSE 0 END) AS owed,
                   sum(cost_micros) FILTER (WHERE state = 'withheld') AS withheld
            FROM jackpots_credit GROUP BY instance_id
        ) c ON c.instance_id = i.id
        WHERE coalesce(b.payable, 0) <> coalesce(w.owed, 0) + coalesce(c.owed, 0)
           OR coalesce(b.withheld, 0) <> coalesce(w.withheld, 0) + coalesce(c.withheld, 0)
        """,
    ],
    "I9 legal transitions": [
        """
        SELECT s.instance_id, 'went from ' || coalesce(nullif(s.from_state, ''), 'nothing') || ' to ' || s.to_state
        FROM (
            SELECT *, lag(to_state, 1, '') OVER (PARTITION BY instance_id ORDER BY id) AS stood
            FROM jackpots_statechange
        ) s
        WHERE s.from_state <> s.stood OR (s.from_state, s.to_state) NOT IN (
            ('', 'Pending'), ('', 'Active'), ('Pending', 'Active'), ('Pending', 'Terminated'), ('Active', 'Paused'),
            ('Paused', 'Active'), ('Active', 'Terminated'), ('Paused', 'Terminated'), ('Active', 'Ended'),
            ('Paused', 'Ended'))
        """,
        """
        SELECT i.id, 'is ' || i.state || ', its log ends with ' || coalesce(s.to_state, 'nothing')
        FROM jackpots_instance i
        LEFT JOIN LATERAL (
            SELECT to_state FROM jackpots_statechange WHERE instance_id = i.id ORDER BY id DESC LIMIT 1
        ) s ON true
        WHERE i.state IS DISTINCT FROM s.to_state
        """,
    ],
    "I14 a win has its event": [
        """
        SELECT w.id, 'has no event' FROM jackpots_win w
        WHERE w.won_at >= least(
            now() - interval '29 days',
            -- The event of a dead letter is kept when those around it are forgotten.
            (SELECT min(o.occurred_at) FROM events_outboxevent o WHERE o.kind = 'JackpotWinEvent'
             AND NOT EXISTS (SELECT 1 FROM events_eventdeadletter d WHERE d.event_id = o.event_id))
          )
          AND NOT EXISTS (
            SELECT 1 FROM events_outboxevent e
            WHERE e.operator_id = w.operator_id AND e.kind = 'JackpotWinEvent' AND e.object_id = w.id::text
          )
        """,
    ],
    "I20 finite money": [
        """
        SELECT c.conrelid::regclass || ' ' || c.conname, 'is not validated' FROM pg_constraint c
        WHERE NOT c.convalidated
        """,
        """
        SELECT id, 'moves ' || amount_micros FROM jackpots_line WHERE abs(amount_micros) >= 1000000000000000
        """,
    ],
    "J1 journal is the ledger": [
        """
        SELECT t.id, 'took ' || coalesce(j.amount, 0) || ' by the journal, ' || coalesce(l.amount, 0)
               || ' by the ledger'
        FROM jackpots_transfer t
        LEFT JOIN (
            SELECT transfer_id, sum(amount_micros) AS amount FROM jackpots_contribution GROUP BY transfer_id
        ) j ON j.transfer_id = t.id
        LEFT JOIN (
            SELECT transfer_id, sum(amount_micros) FILTER (WHERE amount_micros > 0) AS amount FROM jackpots_line
            GROUP BY transfer_id
        ) l ON l.transfer_id = t.id
        WHERE t.kind = 'contributions' AND coalesce(j.amount, 0) <> coalesce(l.amount, 0)
        """,
        """
        SELECT c.id, 'was accepted without its transfer' FROM jackpots_contribution c
        LEFT JOIN jackpots_transfer t
          ON t.id = c.transfer_id AND t.kind = 'contributions' AND t.instance_id = c.instance_id
        WHERE (c.amount_micros > 0 OR c.transfer_id IS NOT NULL) AND t.id IS NULL
        """,
    ],
    "J2 meters are the journal": [
        """
        SELECT coalesce(m.instance_id, c.instance_id) || ' ' || coalesce(m.brand_id, c.brand_id),
               'meters ' || coalesce(m.number, 0) || ' for ' || coalesce(m.amount, 0) || ', journal '
               || coalesce(c.number, 0) || ' for ' || coalesce(c.amount, 0)
        FROM (
            SELECT instance_id, brand_id, sum(contribution_count) AS number, sum(contribution_micros) AS amount
            FROM jackpots_meter GROUP BY 1, 2
        ) m
        FULL JOIN (
            SELECT instance_id, brand_id, count(*) AS number, sum(amount_micros) AS amount
            FROM jackpots_contribution GROUP BY 1, 2
        ) c ON c.instance_id = m.instance_id AND c.brand_id = m.brand_id
        WHERE (coalesce(m.number, 0), coalesce(m.amount, 0)) <> (coalesce(c.number, 0), coalesce(c.amount, 0))
        """,
        """
        SELECT coalesce(m.instance_id, w.instance_id) || ' ' || coalesce(m.brand_id, w.brand_id),
               'meters ' || coalesce(m.number, 0) || ' wins for ' || coalesce(m.amount, 0) || ', there are '
               || coalesce(w.number, 0) || ' for ' || coalesce(w.amount, 0)
        FROM (
            SELECT instance_id, brand_id, sum(win_count) AS number, sum(win_micros) AS amount
            FROM jackpots_meter GROUP BY 1, 2
        ) m
        FULL JOIN (
            SELECT instance_id, brand_id, count(*) AS number, sum(cost_micros) AS amount FROM jackpots_win GROUP BY 1, 2
        ) w ON w.instance_id = m.instance_id AND w.brand_id = m.brand_id
        WHERE (coalesce(m.number, 0), coalesce(m.amount, 0)) <> (coalesce(w.number, 0), coalesce(w.amount, 0))
        """,
    ],
    "J3 accumulators are the journal": [
        """
        SELECT coalesce(o.instance_id, c.instance_id) || ' ' || coalesce(o.player_id, c.player_id),
               'accumulated ' || coalesce(o.contribution_count, 0) || ' for ' || coalesce(o.contribution_micros, 0)
               || ', journal ' || coalesce(c.number, 0) || ' for ' || coalesce(c.amount, 0)
        FROM jackpots_optin o
        FULL JOIN (
            SELECT instance_id, brand_id, player_id, count(*) AS number, sum(amount_micros) AS amount
            FROM jackpots_contribution GROUP BY 1, 2, 3
        ) c ON c.instance_id = o.instance_id AND c.brand_id = o.brand_id AND c.player_id = o.player_id
        WHERE (coalesce(o.contribution_count, 0), coalesce(o.contribution_micros, 0))
              <> (coalesce(c.number, 0), coalesce(c.amount, 0))
        """,
    ],
}


def violations() -> list[Violation]:
    """Every violated invariant of every app, all as of one instant: one transaction that repeats its reads.

    Inside another transaction it reads with that one's eyes.
    """
    return _at_once(subscriptions.INVARIANTS)


def _at_once(names: Iterable[str]) -> list[Violation]:
    checks: list[Check] = [import_string(name) for name in names]
    with transaction.atomic():
        if len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return [violation for check in checks for violation in check()]


def money_violations() -> list[Violation]:
    """Those of jackpots alone, the ones that money depends on."""
    return _at_once([name for name in subscriptions.INVARIANTS if name.startswith("jackpots.")])


def jackpot_violations() -> Iterable[Violation]:
    """Those of jackpots and of the ledger."""
    for name, statements in _CHECKS.items():
        for sql in statements:
            yield from violations_by_sql(name, sql)


def invariant_names() -> list[str]:
    """The invariants of jackpots, as the health pages list them."""
    return list(_CHECKS)
