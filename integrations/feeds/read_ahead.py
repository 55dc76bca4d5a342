"""Reads the next batch from the broker, and decodes it, while the last one is being committed."""

from collections import deque
from collections.abc import Sequence
from threading import Condition, Thread
from typing import Final, Protocol, runtime_checkable

from django.db import InterfaceError, OperationalError

from integrations.feeds.base import DecodedBatch, Transport, TransportProblem
from integrations.kinds.base import Decoder
from integrations.models import FeedStatus
from integrations.operations.report_feed import Fenced
from integrations.wire.raw import RawMessage

AHEAD: Final = 2
BUSY_SECONDS: Final = 0.02
IDLE_SECONDS: Final = 0.2
CLOSE_SECONDS: Final = 15.0


@runtime_checkable
class Tended(Protocol):
    """A transport that must be heard from, even while nothing is taken from it."""

    def tend(self) -> None:
        """Say that somebody is there; takes no time."""
        ...


class _LeftBehindError(Exception):
    """The thread did not come back in time when it was closed, and another one was started since."""


class ReadAhead:
    """A transport around another one, which it keeps in a thread of its own; to its user it is like any.

    Acknowledgements are sent by that thread, in their order, and before the connection is closed. With a `decoder` the
    batches are decoded there too.
    """

    def __init__(self, inner: Transport, decoder: Decoder | None = None) -> None:
        self.inner = inner
        self._decoder = decoder
        self._changed = Condition()
        self._batches: deque[list[RawMessage]] = deque()
        self._to_acknowledge: deque[Sequence[RawMessage]] = deque()
        self._unacknowledged = 0
        self._problem: Exception | None = None
        self._limit = 0
        self._lag: int | None = None
        self._is_lag_wanted = False
        self._is_open = False
        self._is_closing = False
        self._thread: Thread | None = None
        self._run_number = 0

    @property
    def is_finished(self) -> bool:
        """Whether nothing will ever come again, and nothing waits here."""
        return self.inner.is_finished and not self._batches

    def open(self, next_offset: int) -> None:
        """Connect, in the thread."""
        self.close()
        with self._changed:
            self._run_number += 1
            self._is_open = self._is_closing = self._is_lag_wanted = False
            self._problem, self._unacknowledged = None, 0
        self._thread = Thread(target=self._run, args=(next_offset, self._run_number), name="feed reader", daemon=True)
        self._thread.start()
        with self._changed:
            self._changed.wait_for(lambda: self._is_open or self._problem)
        self._raise()

    def receive(self, limit: int, wait_seconds: float) -> list[RawMessage]:
        """What was read ahead, or what comes in time."""
        with self._changed:
            self._limit = limit
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._batches or self._problem, wait_seconds)
            if not self._batches:
                self._raise()
                return []
            batch = self._batches.popleft()
            self._changed.notify_all()
        return batch

    def acknowledge(self, messages: Sequence[RawMessage]) -> None:
        """Hand over to the thread; a connection that is lost meanwhile is told by the next receive."""
        if not messages:
            return
        with self._changed:
            self._to_acknowledge.append(messages)
            self._changed.notify_all()

    def lag(self) -> int | None:
        """As of the last time the thread asked; this asks for the next."""
        with self._changed:
            self._raise()
            self._is_lag_wanted = True
            return self._lag

    def close(self) -> None:
        """Acknowledge what is handed over, then disconnect."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        thread.join(CLOSE_SECONDS)
        self._batches.clear()
        self._to_acknowledge.clear()

    def _raise(self) -> None:
        if self._problem is not None:
            raise self._problem

    def _run(self, next_offset: int, number: int) -> None:
        try:
            self.inner.open(next_offset)
            with self._changed:
                self._check(number)
                self._is_open = True
                self._changed.notify_all()
            while not self._is_closing:
                self._step(number)
            self._send_acknowledgements(number)
        except _LeftBehindError:
            return
        except (TransportProblem, Fenced, OperationalError, InterfaceError) as problem:
            self._fail(problem, number)
        except Exception as error:  # noqa: BLE001 - the feed must hear of it, or it would wait for ever
            told = TransportProblem(FeedStatus.WAITING, f"The reader failed: {type(error).__name__}: {error}")
            self._fail(told, number)
        if number == self._run_number:
            self.inner.close()

    def _fail(self, problem: Exception, number: int) -> None:
        with self._changed:
            if number == self._run_number:
                self._problem = problem
                self._changed.notify_all()

    def _check(self, number: int) -> None:
        """Nothing of what a later thread holds may be touched: the same tag is another message on its connection."""
        if number != self._run_number:
            raise _LeftBehindError

    def _step(self, number: int) -> None:
        self._send_acknowledgements(number)
        if self._is_lag_wanted:
            self._is_lag_wanted = False
            self._lag = self.inner.lag()
        with self._changed:
            is_full = len(self._batches) >= AHEAD or not self._limit
            if is_full:
                self._changed.wait(IDLE_SECONDS)
        if is_full:
            if isinstance(self.inner, Tended):
                self.inner.tend()
            return
        # While something is in hand its acknowledgement must not wait for messages that the broker holds back.
        batch = self.inner.receive(self._limit, BUSY_SECONDS if self._unacknowledged else IDLE_SECONDS)
        if batch:
            batch = DecodedBatch.decoded(batch, self._decoder) if self._decoder is not None else batch
            with self._changed:
                self._check(number)
                self._unacknowledged += len(batch)
                self._batches.append(batch)
                self._changed.notify_all()

    def _send_acknowledgements(self, number: int) -> None:
        with self._changed:
            self._check(number)
            done = list(self._to_acknowledge)
            self._to_acknowledge.clear()
        for messages in done:
            self.inner.acknowledge(messages)
            self._unacknowledged -= len(messages)
