"""The loop of one member of those who read an integration together: the group says which partitions are its own."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from integrations.feeds.assignment import Assignment
from integrations.feeds.base import DecodedBatch
from integrations.feeds.runner import LONGEST_PAUSE_SECONDS, REPORT_SECONDS, WAIT_SECONDS, Runner
from integrations.models import FeedStatus
from integrations.operations.leave_feed import leave_feed
from integrations.operations.own_partitions import OwnedPartitions
from integrations.operations.report_feed import FeedReport, Fenced
from integrations.operations.report_member import report_member
from integrations.wire.outcomes import Outcome
from integrations.wire.raw import RawMessage

JOIN_SECONDS: Final = 20.0

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class MemberRunner(Runner):
    """Runs one member until it is stopped, the feed is disconnected, or the breaker stops it."""

    assignment: Assignment
    _owned: OwnedPartitions = field(init=False)

    def __post_init__(self) -> None:
        self._owned = self.assignment.snapshot()

    @property
    def positions(self) -> OwnedPartitions:
        """As they were when the batch in hand was taken."""
        return self._owned

    def run_until_idle(self, wait_seconds: float = WAIT_SECONDS) -> int:
        """Take what waits in the partitions that this member gets; problems of the transport are raised."""
        self.transport.open(0)
        taken = 0
        deadline = time.monotonic() + JOIN_SECONDS
        try:
            while not self.stop.is_set():
                messages = self.transport.receive(self.batch_size, wait_seconds)
                taken += len(self._take(messages))
                if not messages and (self.assignment.partitions() or time.monotonic() > deadline):
                    break
        finally:
            self.transport.close()
        return taken

    def _step(self) -> None:
        try:
            super()._step()
        except Fenced:
            if self.stop.is_set():
                raise
            # Another process has a partition that the group had given to this one, which was away for too long: join
            # anew. Whether the feed may still run is asked by the report.
            log.info("feed_member_fenced", integration=str(self.assignment.member.integration_id))
            self._is_open = False
            self.transport.close()
            self._tell(FeedReport(FeedStatus.STARTING))

    def _open(self) -> None:
        if not self._is_open:
            starting = FeedReport(FeedStatus.STARTING)
            report_member(self.assignment.member, starting, lease_seconds=self.lease_seconds + LONGEST_PAUSE_SECONDS)
            # Joining may take a while, and must not hold one of the few connections.
            connection.close()
            self.transport.open(0)
            self._is_open = True
            self._reported_at = 0.0

    def _take(self, messages: Sequence[RawMessage]) -> list[Outcome]:
        self._owned = self.assignment.snapshot()
        kept = self._owned.kept(messages)
        if len(kept) < len(messages):
            # Nothing of the others is told to the broker; but nobody waits for them any more.
            held = {id(raw) for raw in kept}
            self.transport.acknowledge([raw for raw in messages if id(raw) not in held])
            kept = messages.part(kept) if isinstance(messages, DecodedBatch) else kept
        return super()._take(kept) if kept else []

    def _report(self) -> None:
        if time.monotonic() - self._reported_at < REPORT_SECONDS:
            return
        self.transport.lag()
        running = FeedReport(FeedStatus.RUNNING)
        partitions = self.assignment.partitions()
        report_member(self.assignment.member, running, partitions, lease_seconds=settings.FEED_LEASE_SECONDS)
        self._reported_at = time.monotonic()

    def _tell(self, report: FeedReport) -> None:
        try:
            report_member(self.assignment.member, report, lease_seconds=self.lease_seconds + LONGEST_PAUSE_SECONDS)
        except (OperationalError, InterfaceError):
            connection.close()

    def leave(self) -> None:
        """Let go of the partitions and of the membership."""
        self.assignment.drop_all()
        try:
            leave_feed(self.assignment.member)
        except (DatabaseError, InterfaceError):
            connection.close()
