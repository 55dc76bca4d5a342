"""Count events and what was ignored of them; an event that is new gets its definition (IGT-45)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from backoffice.core.bulk import run_bulk
from integrations.wire.players import MessageSource

EventKey = tuple[str, str, str]
IgnoredKey = tuple[str, str, str, str]


@dataclass
class Counts:
    """Of one batch: by brand, name and topic when each of the events happened, in epoch milliseconds; how often by
    brand, event, name and reason something was ignored."""

    events: dict[EventKey, list[int]] = field(default_factory=dict)
    ignored: Counter[IgnoredKey] = field(default_factory=Counter)


def count_events(source: MessageSource, counts: Counts, now: datetime) -> None:
    """Add the counts, in the order of their keys."""
    if counts.events:
        _count_seen(source, counts, now)
    if counts.ignored:
        _count_ignored(source, counts.ignored, now)


def _count_seen(source: MessageSource, counts: Counts, now: datetime) -> None:
    keys = sorted(counts.events)
    brands, names, topics = (list(column) for column in zip(*keys, strict=True))
    run_bulk(
        """
        INSERT INTO campaigns_eventdefinition AS d
            (operator_id, brand_id, name, topic, event_count, first_seen_at, last_seen_at, integration_kind, created_at,
             title, description, properties, is_listed, is_segmentable)
        SELECT %b, k.brand_id, k.name, k.topic, k.number, to_timestamp(k.first_ms / 1000.0),
               to_timestamp(k.last_ms / 1000.0), '', %b, '', '', '[]', true, %b
        FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[], %b::bigint[], %b::bigint[])
            AS k (brand_id, name, topic, number, first_ms, last_ms)
        ON CONFLICT (operator_id, brand_id, name, topic)
        DO UPDATE SET event_count = d.event_count + excluded.event_count, is_listed = true,
                      first_seen_at = least(d.first_seen_at, excluded.first_seen_at),
                      last_seen_at = greatest(d.last_seen_at, excluded.last_seen_at)
        """,
        [
            source.operator_id, now, source.is_segmentable, brands, names, topics,
            [len(counts.events[key]) for key in keys], [min(counts.events[key]) for key in keys],
            [max(counts.events[key]) for key in keys],
        ],
    )  # fmt: skip


def _count_ignored(source: MessageSource, ignored: Mapping[IgnoredKey, int], now: datetime) -> None:
    keys = sorted(ignored)
    brands, events, names, reasons = (list(column) for column in zip(*keys, strict=True))
    run_bulk(
        """
        INSERT INTO campaigns_ignoredattribute AS i
            (operator_id, integration_id, last_at, brand_id, event, name, reason, count)
        SELECT %b, %b, %b, k.* FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::bigint[]) AS k
        ON CONFLICT (operator_id, integration_id, brand_id, event, name, reason)
        DO UPDATE SET count = i.count + excluded.count, last_at = greatest(i.last_at, excluded.last_at)
        """,
        [
            source.operator_id,
            source.integration_id,
            now,
            brands,
            events,
            names,
            reasons,
            [ignored[key] for key in keys],
        ],
    )
