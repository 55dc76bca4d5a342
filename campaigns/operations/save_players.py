"""Write what has changed of the players of a batch, and the counts of their subscriptions."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, LiteralString

from backoffice.core import arrays
from backoffice.core.arrays import BinaryArray
from backoffice.core.bulk import run_bulk
from campaigns.operations.load_players import Player, SubscriptionKey
from campaigns.rules.player import Blocks
from campaigns.wire.stored import stored_standing

_ATTRIBUTES: Final[LiteralString] = """
    UPDATE campaigns_profile p
    SET attributes = k.attributes::jsonb, attribute_times = k.times, updated_at = %b,
        first_event_at = least(p.first_event_at, k.first_at), last_event_at = greatest(p.last_event_at, k.last_at)
"""
_MOST: Final[LiteralString] = (
    _ATTRIBUTES
    + """
    FROM unnest(%b, %b, %b, %b, %b) AS k (id, attributes, times, first_at, last_at)
    WHERE p.id = k.id
"""
)
_RARE: Final[LiteralString] = (
    _ATTRIBUTES
    + """,
        first_name = k.first_name, last_name = k.last_name, email = k.email, mobile_number = k.mobile_number,
        channels = k.channels::jsonb, tags = k.tags::jsonb, blocks = k.blocks::jsonb, is_blocked = k.is_blocked,
        blocked_at = to_timestamp(nullif(k.blocked_ms, 0) / 1000.0)
    FROM unnest(%b, %b, %b, %b, %b, %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[],
                %b::bool[], %b::bigint[])
        AS k (id, attributes, times, first_at, last_at, first_name, last_name, email, mobile_number, channels, tags,
              blocks, is_blocked, blocked_ms)
    WHERE p.id = k.id
"""
)


def save_players(players: Sequence[Player], now: datetime) -> None:
    """Write the players, who are locked and closed. Names, channels and what else is rarely news only of some."""
    most = [player for player in players if not player.is_told_rarely]
    if most:
        run_bulk(_MOST, [now, *_columns(most)])
    rare = [player for player in players if player.is_told_rarely]
    if rare:
        told = zip(*(_rare_row(player) for player in rare), strict=True)
        run_bulk(_RARE, [now, *_columns(rare), *(list(column) for column in told)])


def _columns(players: Sequence[Player]) -> list[BinaryArray]:
    stored = [player.attributes for player in players]
    texts = [text if isinstance(text, bytes) else text.encode() for text, _ in stored]
    return [
        arrays.integers([player.id for player in players]),
        arrays.texts(texts),
        arrays.byteas([times for _, times in stored]),
        arrays.instants([player.first_ms for player in players]),
        arrays.instants([player.last_ms for player in players]),
    ]


def _rare_row(player: Player) -> tuple[Any, ...]:
    standing = player.read_standing()
    blocks: Blocks = standing.blocks
    return (
        *player.names,
        *stored_standing(standing),
        blocks.is_blocked,
        blocks.on if blocks.is_blocked else 0,
    )


def count_choices(operator_id: str, kind: str, players: Sequence[Player], now: datetime) -> None:
    """Count what the players say to channels and preferences by now, and no more what they said before.

    In the order of the keys; a channel or preference that is new is created (IGT-48).
    """
    changes: Counter[tuple[SubscriptionKey, bool]] = Counter()
    for player in players:
        if player.is_moved:
            changes.update(player.choices().items())
            changes.subtract(player.before.items())
    keys = sorted({key for (key, _), number in changes.items() if number})
    if not keys:
        return
    brands, channels, preferences = (list(column) for column in zip(*keys, strict=True))
    run_bulk(
        """
        INSERT INTO campaigns_subscription AS s
            (operator_id, integration_kind, created_at, brand_id, channel, preference, subscribed_count,
             unsubscribed_count)
        SELECT %b, %b, %b, k.* FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[], %b::bigint[]) AS k
        ON CONFLICT (operator_id, brand_id, channel, preference)
        DO UPDATE SET subscribed_count = s.subscribed_count + excluded.subscribed_count,
                      unsubscribed_count = s.unsubscribed_count + excluded.unsubscribed_count
        """,
        [
            operator_id, kind, now, brands, channels, preferences, [changes[key, True] for key in keys],
            [changes[key, False] for key in keys],
        ],
    )  # fmt: skip
