"""What players got, or get no more, beside the wins that the meters count; and what returned to the house."""

from typing import Final

BESIDE: Final = """
SELECT s.number, date_trunc(%(unit)s, m.at AT TIME ZONE %(zone)s), width_bucket(m.at, %(cuts)s::timestamptz[]),
       m.brand_id, i.currency, 0::bigint, 0::bigint, 0::bigint, 0::bigint, sum(m.given)::bigint, sum(m.back)::bigint
FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) WITH ORDINALITY AS s (since, until, number)
JOIN (
    SELECT operator_id, brand_id, instance_id, owed_at AS at, value_micros - residual_micros AS given, 0 AS back
    FROM jackpots_credit WHERE state <> 'cancelled'
    UNION ALL
    SELECT operator_id, brand_id, instance_id, changed_at, 0, cost_micros FROM jackpots_win WHERE state = 'cancelled'
    UNION ALL
    SELECT l.operator_id, a.brand_id, a.instance_id, l.occurred_at, 0, l.amount_micros
    FROM jackpots_transfer t
    JOIN jackpots_line l ON l.transfer_id = t.id
    JOIN jackpots_account a ON a.id = l.account_id AND a.kind = 'house_funding'
    WHERE t.kind IN ('return', 'sweep')
) m ON (s.since IS NULL OR m.at >= s.since) AND m.at < s.until
JOIN jackpots_instance i ON i.id = m.instance_id
WHERE (%(operator)s::text IS NULL OR m.operator_id = %(operator)s)
  AND (%(brands)s::text[] IS NULL OR m.brand_id = ANY(%(brands)s))
GROUP BY 1, 2, 3, 4, 5
"""
"""Rows of the shape of the meters' sums: community payouts and prizes that are not cancelled, and what came back (wins
that were cancelled, what was left at an end, what a raffle did not give away)."""
