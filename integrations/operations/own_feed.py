"""Become, stay and cease to be the one owner of a feed; the database's clock rules the lease."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db import connection

from integrations.models import FeedStatus, Integration
from integrations.operations.feed_transaction import feed_transaction
from integrations.wire.outcomes import Item

LEASE_SECONDS = 10


@dataclass(frozen=True)
class Move:
    """A step of a position by `count` messages. Where the broker numbers them it goes from `expected` to `next_offset`;
    else both are None."""

    position_id: int
    epoch: int
    count: int
    expected: int | None = None
    next_offset: int | None = None


class Owned(Protocol):
    """Positions of one integration that this process owns, as a batch moves them."""

    @property
    def operator_id(self) -> str:
        """Whose they are."""
        ...

    @property
    def integration_id(self) -> UUID:
        """What they belong to."""
        ...

    def claims(self) -> list[tuple[int, int]]:
        """Ids of positions, with the epochs that make them this process's."""
        ...

    def position_ids(self, items: Sequence[Item]) -> list[int]:
        """The position of each message."""
        ...

    def moves(self, items: Sequence[Item]) -> list[Move]:
        """What the batch does to the positions, in the order of their ids."""
        ...

    def moved(self, moves: Sequence[Move]) -> None:
        """The moves are committed."""
        ...


@dataclass(frozen=True)
class OwnedFeed:
    """A position that this process owns as long as nobody raised its epoch further."""

    position_id: int
    operator_id: str
    integration_id: UUID
    topic: str
    epoch: int

    def claims(self) -> list[tuple[int, int]]:
        """The only one."""
        return [(self.position_id, self.epoch)]

    def position_ids(self, items: Sequence[Item]) -> list[int]:
        """The same for all."""
        return [self.position_id] * len(items)

    def moves(self, items: Sequence[Item]) -> list[Move]:
        """Counted: the broker gives no numbers."""
        return [Move(self.position_id, self.epoch, len(items))]

    def moved(self, moves: Sequence[Move]) -> None:
        """Nothing to remember."""


def own_feed(
    integration: Integration, topic: str, *, owner: str, lease_seconds: int = LEASE_SECONDS
) -> OwnedFeed | None:
    """Take the feed of an integration if its last owner let go or went silent; None while another one lives.

    Raising the epoch fences the former owner: whatever it still tries to write is refused.
    """
    with feed_transaction(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO integrations_feedposition
                (operator_id, integration_id, topic, partition, next_offset, owner_epoch, owner, status, status_detail,
                 seen_count, used_count, filtered_count, refused_count, dead_count, moved_at)
            SELECT %s, %s, %s, 0, 0, 0, '', 'stopped', '', 0, 0, 0, 0, 0, now()
            ON CONFLICT (operator_id, integration_id, topic, partition) DO NOTHING
            """,
            [integration.operator_id, integration.pk, topic],
        )
        cursor.execute(
            """
            UPDATE integrations_feedposition p
            SET owner_epoch = owner_epoch + 1, owner = %s, lease_until = now() + %s * interval '1 second',
                status = %s, status_detail = ''
            WHERE operator_id = %s AND integration_id = %s AND topic = %s AND partition = 0
              AND (lease_until IS NULL OR lease_until < now()) AND status <> %s
              AND EXISTS (SELECT 1 FROM integrations_integration i
                          WHERE i.operator_id = p.operator_id AND i.id = p.integration_id AND i.state = 'active')
            RETURNING id, owner_epoch
            """,
            [
                owner, lease_seconds, FeedStatus.STARTING, integration.operator_id, integration.pk, topic,
                FeedStatus.TRIPPED,
            ],
        )  # fmt: skip
        row = cursor.fetchone()
    return None if row is None else OwnedFeed(row[0], integration.operator_id, integration.pk, topic, row[1])
