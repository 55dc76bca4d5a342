"""Create what an integration brings into the data manager, before any data comes (IGT-21)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from backoffice.core.errors import Refusal
from backoffice.core.json import encode
from campaigns.queries.books import books
from integrations.wire.players import Definitions, MessageSource


def define_for_integration(definitions: Definitions, source: MessageSource, now: datetime) -> None:
    """Create what is missing of events, attributes and channels. An event that was seen already, or that another
    integration brought, takes over the title and whatever properties are new; an attribute keeps its type.

    Refusal(FORBIDDEN) where a brand is not the operator's.
    """
    brand_ids = sorted(set(definitions.brand_ids))
    if books(source.operator_id, brand_ids).keys() != set(brand_ids):
        raise Refusal("FORBIDDEN", "A brand of the integration is none of the operator's.")
    with transaction.atomic():
        _events(definitions, source, brand_ids, now)
        _attributes(definitions, source, brand_ids, now)
        _channels(definitions, source, brand_ids, now)


def _events(definitions: Definitions, source: MessageSource, brand_ids: Sequence[str], now: datetime) -> None:
    events = sorted(definitions.events, key=lambda event: (event.name, event.topic))
    _run(
        """
        INSERT INTO campaigns_eventdefinition AS d
            (operator_id, integration_kind, created_at, brand_id, name, topic, title, description, properties,
             is_listed, is_segmentable, event_count)
        SELECT %s, %s, %s, b.id, k.*, 0
        FROM unnest(%s::text[]) AS b (id)
        CROSS JOIN unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::jsonb[], %s::bool[], %s::bool[]) AS k
        ON CONFLICT (operator_id, brand_id, name, topic) DO UPDATE SET
            integration_kind = excluded.integration_kind, title = excluded.title, description = excluded.description,
            properties = d.properties || (
                SELECT coalesce(jsonb_agg(one), '[]') FROM jsonb_array_elements(excluded.properties) AS one
                WHERE NOT d.properties @> one
            )
        """,
        [
            source.operator_id, source.kind, now, brand_ids, [event.name for event in events],
            [event.topic for event in events], [event.title for event in events],
            [event.description for event in events], [encode(event.properties).decode() for event in events],
            [event.is_listed for event in events], [event.is_segmentable for event in events],
        ],
    )  # fmt: skip


def _attributes(definitions: Definitions, source: MessageSource, brand_ids: Sequence[str], now: datetime) -> None:
    attributes = sorted({one.name: one for one in definitions.attributes}.items())
    _run(
        """
        INSERT INTO campaigns_attributedefinition
            (operator_id, integration_kind, created_at, brand_id, name, type, topic, is_system)
        SELECT %s, %s, %s, b.id, k.*
        FROM unnest(%s::text[]) AS b (id)
        CROSS JOIN unnest(%s::text[], %s::text[], %s::text[], %s::bool[]) AS k
        ON CONFLICT (operator_id, brand_id, name) DO NOTHING
        """,
        [
            source.operator_id, source.kind, now, brand_ids, [name for name, _ in attributes],
            [one.type for _, one in attributes], [one.topic for _, one in attributes],
            [one.is_system for _, one in attributes],
        ],
    )  # fmt: skip


def _channels(definitions: Definitions, source: MessageSource, brand_ids: Sequence[str], now: datetime) -> None:
    _run(
        """
        INSERT INTO campaigns_subscription
            (operator_id, integration_kind, created_at, brand_id, channel, preference, subscribed_count,
             unsubscribed_count)
        SELECT %s, %s, %s, b.id, k.channel, '', 0, 0
        FROM unnest(%s::text[]) AS b (id) CROSS JOIN unnest(%s::text[]) AS k (channel)
        ON CONFLICT (operator_id, brand_id, channel, preference) DO NOTHING
        """,
        [source.operator_id, source.kind, now, brand_ids, sorted(set(definitions.channels))],
    )


def _run(sql: str, parameters: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
