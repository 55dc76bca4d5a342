"""What must always hold of players: the counts are the rows, and the history leads to what is known."""

from collections.abc import Iterable
from typing import Final

from backoffice.core.invariants import Violation, violations_by_sql

_CHECKS: Final[dict[str, list[str]]] = {
    "P1 subscriptions are counted": [
        """
        SELECT coalesce(s.id::text, c.brand_id || ' ' || c.channel || ' ' || c.preference),
               'counted ' || coalesce(s.subscribed_count, 0) || ' and ' || coalesce(s.unsubscribed_count, 0)
               || ', players say ' || coalesce(c.yes, 0) || ' and ' || coalesce(c.no, 0)
        FROM campaigns_subscription s
        FULL JOIN (
            SELECT operator_id, brand_id, channel, preference, count(*) FILTER (WHERE value) AS yes,
                   count(*) FILTER (WHERE NOT value) AS no
            FROM (
                SELECT operator_id, brand_id, key AS channel, '' AS preference, (value->>'status')::bool AS value
                FROM campaigns_profile CROSS JOIN jsonb_each(channels)
                UNION ALL
                SELECT operator_id, brand_id, c.key, p.key, (p.value->>0)::bool
                FROM campaigns_profile CROSS JOIN jsonb_each(channels) c
                CROSS JOIN jsonb_each(coalesce(c.value->'preferences', '{}')) p
            ) one GROUP BY 1, 2, 3, 4
        ) c USING (operator_id, brand_id, channel, preference)
        WHERE (coalesce(s.subscribed_count, 0), coalesce(s.unsubscribed_count, 0))
              <> (coalesce(c.yes, 0), coalesce(c.no, 0))
        """,
    ],
    "P2 events are counted": [
        """
        SELECT coalesce(d.id::text, e.brand_id || ' ' || e.event || ' ' || e.topic),
               'counted ' || coalesce(d.event_count, 0) || ', there are ' || coalesce(e.number, 0)
        FROM campaigns_eventdefinition d
        FULL JOIN (
            SELECT operator_id, brand_id, event, topic, count(*) AS number FROM campaigns_playerevent
            GROUP BY 1, 2, 3, 4
        ) e ON e.operator_id = d.operator_id AND e.brand_id = d.brand_id AND e.event = d.name AND e.topic = d.topic
        WHERE coalesce(d.event_count, 0) <> coalesce(e.number, 0)
        """,
    ],
    "P3 the history leads to what is known": [
        """
        SELECT p.id, coalesce(h.name, k.key) || ' is ' || coalesce(k.value::text, 'missing') || ', the history says '
               || coalesce(h.after::text, 'nothing')
        FROM (SELECT id, key, value FROM campaigns_profile CROSS JOIN jsonb_each(attributes)) k
        FULL JOIN (
            SELECT DISTINCT ON (e.profile_id, c.key) e.profile_id AS id, c.key AS name, c.value->1 AS after
            FROM campaigns_playerevent e CROSS JOIN jsonb_each(e.changes->'attributes') c
            WHERE e.profile_id IS NOT NULL ORDER BY e.profile_id, c.key, e.id DESC
        ) h ON h.id = k.id AND h.name = k.key
        JOIN campaigns_profile p ON p.id = coalesce(h.id, k.id)
        WHERE k.value IS DISTINCT FROM h.after
        """,
        """
        SELECT h.profile_id, h.name || ' was ' || h.previous::text || ', yet the next change is from ' || h.before::text
        FROM (
            SELECT e.profile_id, c.key AS name, c.value->0 AS before,
                   lag(c.value->1) OVER (PARTITION BY e.profile_id, c.key ORDER BY e.id) AS previous
            FROM campaigns_playerevent e CROSS JOIN jsonb_each(e.changes->'attributes') c
        ) h
        WHERE h.previous IS NOT NULL AND h.previous <> h.before
        """,
    ],
    "P4 a player's columns are the attributes": [
        """
        SELECT id, 'the columns of ' || player_id || ' are not the attributes'
        FROM campaigns_profile
        WHERE (first_name, last_name, email, mobile_number) IS DISTINCT FROM
              (coalesce(attributes->>'first_name', ''), coalesce(attributes->>'last_name', ''),
               coalesce(attributes->>'email', ''), coalesce(attributes->>'mobile_number', ''))
           OR length(attribute_times) <> 8 * (SELECT count(*) FROM jsonb_object_keys(attributes))
           OR is_blocked <> (coalesce((blocks->>'on')::bigint, 0) > 0
                             AND jsonb_array_length(coalesce(blocks->'offs', '[]')) = 0)
           OR first_event_at > last_event_at
        """,
    ],
}


def player_violations() -> Iterable[Violation]:
    """Every violated invariant of players."""
    for name, statements in _CHECKS.items():
        for sql in statements:
            yield from violations_by_sql(name, sql)
