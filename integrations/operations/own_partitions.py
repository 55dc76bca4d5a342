"""Become the owner of partitions that the broker gave to this process; whoever had them before is fenced."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import connection

from integrations.models import FeedGap, FeedStatus
from integrations.operations.feed_transaction import feed_transaction
from integrations.operations.own_feed import LEASE_SECONDS, Move
from integrations.operations.report_feed import Fenced
from integrations.wire.outcomes import Item
from integrations.wire.raw import RawMessage, number_of

Place = tuple[str, int]
OPEN: Final = "open"
ACCEPTED: Final = "accepted"


@dataclass(frozen=True)
class Member:
    """A process that reads an integration together with others, logged in with one set of credentials."""

    operator_id: str
    integration_id: UUID
    credentials: str
    owner: str


@dataclass
class OwnedPartition:
    """A partition that is this process's as long as nobody raised its epoch further.

    `next_offset` is where the position stands, None where reading never began; `gap` whether messages are gone, and
    somebody accepted it; `lag_count` is None until it is known.
    """

    position_id: int
    topic: str
    partition: int
    epoch: int
    next_offset: int | None
    generation: int = 0
    gap: str = ""
    lag_count: int | None = None

    @property
    def place(self) -> Place:
        """Its topic and number."""
        return self.topic, self.partition


@dataclass
class OwnedPartitions:
    """Those of one member at one moment, for a batch to move."""

    operator_id: str
    integration_id: UUID
    partitions: dict[Place, OwnedPartition] = field(default_factory=dict)

    def claims(self) -> list[tuple[int, int]]:
        """Ids of positions, with their epochs."""
        return sorted((one.position_id, one.epoch) for one in self.partitions.values())

    def kept(self, messages: Sequence[RawMessage]) -> Sequence[RawMessage]:
        """The messages that were read under epochs that still hold (their tags); the others come to somebody again."""
        stale = {key for key in {(raw.topic, raw.partition, raw.tag) for raw in messages} if not self._holds(*key)}
        if not stale:
            return messages
        return [raw for raw in messages if (raw.topic, raw.partition, raw.tag) not in stale]

    def position_ids(self, items: Sequence[Item]) -> list[int]:
        """The position of each message."""
        ids = {place: one.position_id for place, one in self.partitions.items()}
        return [ids[item.raw.topic, item.raw.partition] for item in items]

    def moves(self, items: Sequence[Item]) -> list[Move]:
        """Each partition goes from where it stands to behind its last message; numbers may have holes."""
        counts = Counter((item.raw.topic, item.raw.partition) for item in items)
        last = {(item.raw.topic, item.raw.partition): item.raw.offset for item in items}
        moves = [self._move(place, count, last[place]) for place, count in counts.items()]
        return sorted(moves, key=lambda move: move.position_id)

    def moved(self, moves: Sequence[Move]) -> None:
        """The positions stand there now."""
        by_id = {one.position_id: one for one in self.partitions.values()}
        for move in moves:
            by_id[move.position_id].next_offset = move.next_offset

    def _holds(self, topic: str, partition: int, epoch: int) -> bool:
        owned = self.partitions.get((topic, partition))
        return owned is not None and owned.epoch == epoch

    def _move(self, place: Place, count: int, last: str) -> Move:
        owned = self.partitions[place]
        if owned.next_offset is None:
            raise Fenced
        return Move(owned.position_id, owned.epoch, count, owned.next_offset, number_of(last) + 1)


def own_partitions(
    member: Member, places: Collection[Place], *, lease_seconds: int = LEASE_SECONDS
) -> list[OwnedPartition]:
    """Raise the epoch of each partition's position, which is made where there was none.

    Fenced where the integration is no longer connected, or its breaker stopped it.
    """
    rows = [(topic, partition) for topic, partition in sorted(places)]
    topics, numbers = [topic for topic, _ in rows], [number for _, number in rows]
    with feed_transaction(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO integrations_feedposition
                (operator_id, integration_id, topic, partition, next_offset, owner_epoch, owner, status, status_detail,
                 seen_count, used_count, filtered_count, refused_count, dead_count, moved_at)
            SELECT %s, %s, k.topic, k.partition, 0, 0, '', 'stopped', '', 0, 0, 0, 0, 0, now()
            FROM unnest(%s::text[], %s::int[]) AS k (topic, partition)
            ON CONFLICT (operator_id, integration_id, topic, partition) DO NOTHING
            """,
            [member.operator_id, member.integration_id, topics, numbers],
        )
        cursor.execute(
            """
            UPDATE integrations_feedposition p
            SET owner_epoch = owner_epoch + 1, owner = %s, lease_until = now() + %s * interval '1 second',
                status = CASE WHEN p.status = %s THEN p.status ELSE %s END,
                status_detail = CASE WHEN p.status = %s THEN p.status_detail ELSE '' END
            FROM unnest(%s::text[], %s::int[]) AS k (topic, partition)
            WHERE p.operator_id = %s AND p.integration_id = %s AND p.topic = k.topic AND p.partition = k.partition
              AND p.status <> %s
              AND EXISTS (SELECT 1 FROM integrations_integration i
                          WHERE i.operator_id = p.operator_id AND i.id = p.integration_id AND i.state = 'active')
            RETURNING p.id, p.topic, p.partition, p.owner_epoch,
                CASE WHEN p.first_offset IS NOT NULL THEN p.next_offset END, p.generation
            """,
            [
                member.owner, lease_seconds, FeedStatus.GAP, FeedStatus.RUNNING, FeedStatus.GAP, topics, numbers,
                member.operator_id, member.integration_id, FeedStatus.TRIPPED,
            ],
        )  # fmt: skip
        owned = [OwnedPartition(*row) for row in cursor.fetchall()]
        if len(owned) < len(rows):
            raise Fenced
    gaps = _gaps(member)
    for one in owned:
        one.gap = gaps.get(one.position_id, "")
    return owned


def _gaps(member: Member) -> dict[int, str]:
    """Positions before messages that are gone, with whether somebody accepted that."""
    waiting = FeedGap.objects.filter(
        operator_id=member.operator_id, integration_id=member.integration_id, resumed_at=None
    )
    accepted = dict(waiting.values_list("position_id", "accepted_at"))
    return {key: ACCEPTED if at else OPEN for key, at in accepted.items()}
