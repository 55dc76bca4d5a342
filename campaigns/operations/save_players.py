"""Write what has changed of the players of a batch, and the counts of their subscriptions."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backoffice.core.bulk import run_bulk
from backoffice.core.json import encode
from campaigns.operations.load_players import Player
from campaigns.rules.player import ChannelState
from campaigns.wire.stored import plain_text, stored_attributes

SubscriptionKey = tuple[str, str, str]


def save_players(players: Sequence[Player], now: datetime) -> None:
    """Write the players, who are locked; the search's columns and the channels only of those who need it."""
    marked = [player for player in players if player.state.is_marked]
    rows = [(player, *stored_attributes(player.state)) for player in players]
    if rows:
        run_bulk(
            """
            UPDATE campaigns_profile p
            SET attributes = k.attributes::jsonb, attribute_times = k.times,
                first_event_at = least(p.first_event_at, to_timestamp(k.first_ms / 1000.0)),
                last_event_at = greatest(p.last_event_at, to_timestamp(k.last_ms / 1000.0)),
                updated_at = CASE WHEN k.is_changed THEN %b ELSE p.updated_at END
            FROM unnest(%b::bigint[], %b::text[], %b::bytea[], %b::bigint[], %b::bigint[], %b::bool[])
                AS k (id, attributes, times, first_ms, last_ms, is_changed)
            WHERE p.id = k.id
            """,
            [
                now, [player.id for player, _, _ in rows], [attributes for _, attributes, _ in rows],
                [times for _, _, times in rows], [player.first_ms for player, _, _ in rows],
                [player.last_ms for player, _, _ in rows], [player.is_changed for player, _, _ in rows],
            ],
        )  # fmt: skip
    if marked:
        _save_marked(marked)


def _save_marked(players: Sequence[Player]) -> None:
    columns = zip(*(_marked_row(player) for player in players), strict=True)
    run_bulk(
        """
        UPDATE campaigns_profile p
        SET first_name = k.first_name, last_name = k.last_name, email = k.email, mobile_number = k.mobile_number,
            channels = k.channels::jsonb, tags = k.tags::jsonb, blocks = k.blocks::jsonb, is_blocked = k.is_blocked,
            blocked_at = to_timestamp(nullif(k.blocked_ms, 0) / 1000.0)
        FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[],
                    %b::bool[], %b::bigint[])
            AS k (id, first_name, last_name, email, mobile_number, channels, tags, blocks, is_blocked, blocked_ms)
        WHERE p.id = k.id
        """,
        [list(column) for column in columns],
    )


def _marked_row(player: Player) -> tuple[Any, ...]:
    state = player.state
    blocks = state.blocks
    return (
        player.id,
        *(plain_text(state.attributes.get(name)) for name in ("first_name", "last_name", "email", "mobile_number")),
        encode(state.channels).decode(),
        encode(state.tags).decode(),
        encode(blocks).decode(),
        blocks.is_blocked,
        blocks.on if blocks.is_blocked else 0,
    )


def choices_of(brand_id: str, channels: dict[str, ChannelState]) -> dict[SubscriptionKey, bool]:
    """What a player has said to each channel and preference."""
    found: dict[SubscriptionKey, bool] = {}
    for channel, known in channels.items():
        if known.status is not None:
            found[brand_id, channel, ""] = known.status
        for name, (value, _) in known.preferences.items():
            found[brand_id, channel, name] = value
    return found


def count_choices(operator_id: str, kind: str, changes: Counter[tuple[SubscriptionKey, bool]], now: datetime) -> None:
    """Add to the counts of those who said yes and no, in the order of the keys; what is new is created (IGT-48)."""
    keys = sorted({key for key, _ in changes})
    if not keys:
        return
    brands, channels, preferences = (list(column) for column in zip(*keys, strict=True))
    run_bulk(
        """
        INSERT INTO campaigns_subscription AS s
            (operator_id, brand_id, channel, preference, subscribed_count, unsubscribed_count, integration_kind,
             created_at)
        SELECT %b, k.*, %b, %b FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[], %b::bigint[]) AS k
        ON CONFLICT (operator_id, brand_id, channel, preference)
        DO UPDATE SET subscribed_count = s.subscribed_count + excluded.subscribed_count,
                      unsubscribed_count = s.unsubscribed_count + excluded.unsubscribed_count
        """,
        [
            operator_id, kind, now, brands, channels, preferences, [changes[key, True] for key in keys],
            [changes[key, False] for key in keys],
        ],
    )  # fmt: skip
