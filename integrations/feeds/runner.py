"""The loop of a feed: receive, decode, one transaction, acknowledge."""

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Final

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from backoffice.core import clock
from backoffice.tenancy.scope import Scope
from integrations.feeds.base import DecodedBatch, Transport, TransportProblem
from integrations.kinds.base import Decoder
from integrations.models import FeedStatus
from integrations.operations.apply_batch import Batch, Tripped, apply_batch
from integrations.operations.own_feed import LEASE_SECONDS, Owned, OwnedFeed
from integrations.operations.report_feed import FeedReport, Fenced, report_feed
from integrations.operations.trip_feed import trip_feed
from integrations.queries.dead_letters import waiting_count
from integrations.queries.running import next_offset_of
from integrations.wire.breaker import Breaker
from integrations.wire.outcomes import Item, Outcome
from integrations.wire.raw import RawMessage

BATCH: Final = 1_000
WAIT_SECONDS: Final = 0.5
REPORT_SECONDS: Final = 2.0
FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Runner(ABC):
    """What the loops have in common, whether a process owns a feed alone or shares it with others."""

    kind: str
    decoder: Decoder
    transport: Transport
    stop: Event = field(default_factory=Event)
    batch_size: int = BATCH
    lease_seconds: int = LEASE_SECONDS
    breaker: Breaker = field(default_factory=Breaker)
    _reported_at: float = 0.0
    _pause: float = FIRST_PAUSE_SECONDS
    _is_open: bool = False

    @property
    @abstractmethod
    def positions(self) -> Owned:
        """What a batch moves."""

    @abstractmethod
    def run_until_idle(self, wait_seconds: float = WAIT_SECONDS) -> int:
        """Take what waits and return how many messages that were; problems of the transport are raised."""

    @abstractmethod
    def leave(self) -> None:
        """Let go of the feed."""

    @abstractmethod
    def _open(self) -> None: ...

    @abstractmethod
    def _report(self) -> None: ...

    @abstractmethod
    def _tell(self, report: FeedReport) -> None: ...

    def run(self) -> None:
        """Drain in batches; on a stop the batch in hand is finished and acknowledged first."""
        try:
            while not self.stop.is_set():
                self._step()
        except Fenced:
            log.info("feed_fenced", integration=str(self.positions.integration_id))
        finally:
            self.transport.close()
            self.leave()
            connection.close()

    def _step(self) -> None:
        try:
            self._open()
            messages = self.transport.receive(self.batch_size, WAIT_SECONDS)
            if messages:
                self._take(messages)
            self._report()
            # There may be more feeds than the pool has connections.
            connection.close()
            self._pause = FIRST_PAUSE_SECONDS
        except TransportProblem as problem:
            self._is_open = False
            self.transport.close()
            self._tell(FeedReport(problem.status, problem.detail))
            self._wait(problem.retry_seconds)
        except (OperationalError, InterfaceError) as error:
            # The database's trouble, not a message's: nothing was acknowledged, all of it comes again.
            log.warning("feed_database_trouble", integration=str(self.positions.integration_id), error=str(error)[:200])
            self._is_open = False
            self.transport.close()
            connection.close()
            self._wait(None)

    def _take(self, messages: Sequence[RawMessage]) -> list[Outcome]:
        batch = messages if isinstance(messages, DecodedBatch) else DecodedBatch.decoded(messages, self.decoder)
        items = [Item(raw, reading) for raw, reading in zip(batch, batch.readings, strict=True)]
        try:
            outcomes = self._applied(items)
        except Tripped as tripped:
            return self._trip(items[: tripped.index + 1])
        self.breaker.remember(outcomes)
        self.transport.acknowledge(messages)
        if any(outcome.bucket == "dead" for outcome in outcomes):
            self._stop_if_full()
        return outcomes

    def _stop_if_full(self) -> None:
        """What comes next stays with the broker, rather than filling the database with bytes that nobody looks at."""
        number = waiting_count(Scope(self.positions.operator_id), self.positions.integration_id)
        if number < settings.DEAD_LETTERS_MOST:
            return
        reason = f"{number:,} dead letters wait, the most that may. Replay them or set them aside first."
        trip_feed(self.positions, reason, now=clock.now())
        log.error("feed_full_of_dead_letters", integration=str(self.positions.integration_id), waiting=number)
        self.stop.set()
        raise Fenced

    def _applied(self, items: Sequence[Item], *, is_judged: bool = True) -> list[Outcome]:
        batch = Batch(self.kind, items, clock.now())
        judge = self.breaker if is_judged else None
        try:
            return apply_batch(self.positions, batch, judge=judge)
        except (Fenced, Tripped, OperationalError, InterfaceError, ImportError):
            raise
        except Exception:
            log.exception("feed_batch_failed", integration=str(self.positions.integration_id), messages=len(items))
            return apply_batch(self.positions, batch, judge=judge, one_by_one=True)

    def _trip(self, items: Sequence[Item]) -> list[Outcome]:
        """Commit up to the message that trips the breaker; the rest stays with the broker."""
        outcomes = self._applied(items, is_judged=False)
        self.transport.acknowledge([item.raw for item in items])
        reasons = sorted({outcome.code for outcome in outcomes if outcome.is_invalid})
        trip_feed(self.positions, f"Too many messages could not be used: {', '.join(reasons)}.", now=clock.now())
        log.error("feed_tripped", integration=str(self.positions.integration_id), reasons=reasons)
        self.stop.set()
        raise Fenced

    def _wait(self, seconds: float | None) -> None:
        pause = seconds if seconds is not None else self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        self.stop.wait(pause)


@dataclass(kw_only=True)
class FeedRunner(Runner):
    """Runs one owned feed until it is stopped, fenced or tripped. `next_offset` is where the position stood."""

    owned: OwnedFeed
    next_offset: int

    @property
    def positions(self) -> Owned:
        """The only one."""
        return self.owned

    def _take(self, messages: Sequence[RawMessage]) -> list[Outcome]:
        outcomes = super()._take(messages)
        self.next_offset += len(outcomes)
        return outcomes

    def run_until_idle(self, wait_seconds: float = WAIT_SECONDS) -> int:
        """Take what waits and return how many messages that were; problems of the transport are raised."""
        self.next_offset = next_offset_of(self.owned.position_id)
        self.transport.open(self.next_offset)
        taken = 0
        try:
            while not self.stop.is_set() and (messages := self.transport.receive(self.batch_size, wait_seconds)):
                taken += len(self._take(messages))
        finally:
            self.transport.close()
        return taken

    def _open(self) -> None:
        if not self._is_open:
            # Asked first: while the database is away nothing is taken from a broker that counts its returns.
            # And a commit whose answer was lost may have moved the position.
            self.next_offset = next_offset_of(self.owned.position_id)
            self.transport.open(self.next_offset)
            self._is_open = True
            self._reported_at = 0.0

    def _report(self) -> None:
        if time.monotonic() - self._reported_at < REPORT_SECONDS:
            return
        lag = self.transport.lag()
        status = FeedStatus.FINISHED if self.transport.is_finished else FeedStatus.RUNNING
        report_feed(self.owned, FeedReport(status, "", lag), lease_seconds=self.lease_seconds)
        self._reported_at = time.monotonic()

    def _tell(self, report: FeedReport) -> None:
        try:
            report_feed(self.owned, report, lease_seconds=self.lease_seconds + LONGEST_PAUSE_SECONDS)
        except (OperationalError, InterfaceError):
            connection.close()

    def leave(self) -> None:
        """Let go of the feed."""
        try:
            report_feed(self.owned, FeedReport(FeedStatus.STOPPED), is_leaving=True)
        except (Fenced, DatabaseError, InterfaceError):
            connection.close()
