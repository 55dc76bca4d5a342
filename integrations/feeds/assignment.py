"""The partitions that are this member's, as the broker and the database see them."""

from collections.abc import Collection, Iterable
from threading import Lock
from typing import Protocol

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from backoffice.core import clock
from integrations.operations.begin_partition import begin_partition
from integrations.operations.find_gap import find_gap
from integrations.operations.own_partitions import Member, OwnedPartition, OwnedPartitions, Place, own_partitions
from integrations.operations.release_partitions import release_partitions
from integrations.operations.resume_partition import resume_partition

log = structlog.get_logger(__name__)


class Marks(Protocol):
    """Tells where a partition begins and ends at the broker."""

    def __call__(self, place: Place) -> tuple[int, int]:
        """The offset of the earliest message, and the one that the next message will get."""
        ...


class Assignment:
    """Changed by the thread that reads, looked at by the one that commits."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self._lock = Lock()
        self._owned: dict[Place, OwnedPartition] = {}

    def snapshot(self) -> OwnedPartitions:
        """As it is now."""
        with self._lock:
            return OwnedPartitions(self.member.operator_id, self.member.integration_id, dict(self._owned))

    def partitions(self) -> list[OwnedPartition]:
        """As it is now, in no order."""
        with self._lock:
            return list(self._owned.values())

    def find(self, place: Place) -> OwnedPartition | None:
        """The partition, if it is this member's."""
        return self._owned.get(place)

    def take(self, places: Collection[Place], marks: Marks) -> list[OwnedPartition]:
        """Own the partitions; those with a gap are marked so, and must not be read.

        First owned, then measured: nobody moves the position in between.
        """
        taken = own_partitions(self.member, places, lease_seconds=settings.FEED_LEASE_SECONDS)
        checked = [self._checked(one, *marks(one.place)) for one in taken]
        with self._lock:
            self._owned |= {one.place: one for one in checked}
        connection.close()
        return checked

    def halt(self, place: Place, marks: Marks) -> bool:
        """Messages are gone that were to be read next: whether that is a gap of a partition of this member."""
        owned = self.find(place)
        if owned is None:
            return False
        self._found(owned, marks(place)[0])
        connection.close()
        return True

    def resumed(self, marks: Marks) -> list[OwnedPartition]:
        """Partitions whose gap was accepted since, where they go on."""
        halted = [one for one in self.partitions() if one.gap]
        found: list[OwnedPartition] = []
        for one in halted:
            resumed = resume_partition(one, earliest=marks(one.place)[0], now=clock.now())
            if resumed is not None:
                found.append(resumed)
        if halted:
            with self._lock:
                self._owned |= {one.place: one for one in found}
            connection.close()
        return found

    def drop(self, places: Iterable[Place]) -> None:
        """They are another's, or will be."""
        with self._lock:
            dropped = [owned for place in places if (owned := self._owned.pop(place, None)) is not None]
        try:
            release_partitions(dropped)
        except (DatabaseError, InterfaceError) as error:
            # Whoever gets them raises the epoch; until then their rows look owned.
            log.warning("partitions_not_released", error=str(error)[:200])
        connection.close()

    def drop_all(self) -> None:
        """Nothing is this member's any more."""
        self.drop(list(self._owned))

    def _checked(self, owned: OwnedPartition, low: int, high: int) -> OwnedPartition:
        if owned.next_offset is None:
            return begin_partition(owned, low)
        if owned.gap:
            return resume_partition(owned, earliest=low, now=clock.now()) or owned
        if not low <= owned.next_offset <= high:
            self._found(owned, low)
        return owned

    def _found(self, owned: OwnedPartition, earliest: int) -> None:
        find_gap(self.member, owned, earliest=earliest, now=clock.now())
        owned.gap = "open"
        log.error("feed_gap", integration=str(self.member.integration_id), topic=owned.topic, partition=owned.partition)
