"""The combiner: threads that take what waits of an operator and make it one batch."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from threading import Condition, Event, Thread
from typing import Final

import structlog
from django.db import InterfaceError, OperationalError, connection

from backoffice.core import clock
from backoffice.core.errors import Refusal
from jackpots.combiner.waiting import Answer, Outcome, Together, Waiting, deliver
from jackpots.operations.contribute import contribute
from jackpots.rules.contribution import ContributionRequest

log = structlog.get_logger(__name__)

Contribute = Callable[..., list[Answer]]

BATCH_CAP: Final = 500
WAITING_LIMIT: Final = 5_000
WORKERS: Final = 4
BATCHES_OF_AN_OPERATOR: Final = 2
OVERLAP_FROM: Final = 32
IDLE_SECONDS: Final = 2.0
HELD_SECONDS: Final = 0.02


@dataclass(slots=True)
class _Batch:
    """Requests of one operator that go together; `sent` once the server alone has work with them."""

    operator_id: str
    requests: list[Waiting]
    sent: Event = field(default_factory=Event)


@dataclass(slots=True)
class _Queue:
    """An operator's: who waits, how many batches are under way, and the one of them that is not sent yet."""

    waiting: deque[Waiting] = field(default_factory=deque)
    under_way: int = 0
    in_hand: _Batch | None = None


class Combiner:
    """Takes requests from threads and from event loops; a batch holds those of one operator.

    An operator's second batch goes under way beside the first once enough wait for it and the server alone has work
    with the first: it claims and judges meanwhile, and waits for its pots alone. All threads share one interpreter, so
    whoever holds pots and still needs it is left alone: no batch of its operator begins beside it, and none is answered
    for a moment. `workers` is how many batches there can be at the same time.
    """

    def __init__(
        self,
        *,
        contribute_batch: Contribute = contribute,
        now: Callable[[], datetime] = clock.now,
        workers: int = WORKERS,
        batch_cap: int = BATCH_CAP,
        waiting_limit: int = WAITING_LIMIT,
    ) -> None:
        self._contribute = contribute_batch
        self._now = now
        self._worker_count = workers
        self._batch_cap = batch_cap
        self._waiting_limit = waiting_limit
        self._changed = Condition()
        self._gathered: dict[asyncio.AbstractEventLoop, list[Waiting]] = {}
        self._queues: dict[str, _Queue] = {}
        self._ready: dict[str, None] = {}
        self._count = 0
        self._idle = 0
        self._is_stopping = False
        self._threads: list[Thread] = []

    def submit(self, request: ContributionRequest) -> "Future[Answer]":
        """For threads: the answer will be the future's result. A request that failed raises what its batch raised.

        Refusal(TOO_MANY_REQUESTS) where more wait than can be answered in good time.
        """
        future: Future[Answer] = Future()
        if self._add([Waiting(request, future, None)]):
            raise _too_many()
        return future

    async def answer(self, request: ContributionRequest) -> Answer:
        """For event loops: the answer. The errors are those of submit."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        gathered = self._gathered.get(loop)
        if gathered is None:
            # Whatever else the loop has read by now goes along, and wakes the thread no second time.
            gathered = self._gathered[loop] = []
            loop.call_soon(self._hand_over, loop)
        gathered.append(Waiting(request, future, loop))
        return await future

    def answers(self, requests: Sequence[ContributionRequest]) -> list[Answer]:
        """For threads with several requests: their answers, in order; a refusal tells of one that failed.

        Refusal(TOO_MANY_REQUESTS) where not all of them can wait; then none does.
        """
        future: Future[list[Answer]] = Future()
        self._add_together(requests, Together(len(requests), future), None)
        return future.result() if requests else []

    async def answers_on_loop(self, requests: Sequence[ContributionRequest]) -> list[Answer]:
        """The same for event loops."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[Answer]] = loop.create_future()
        self._add_together(requests, Together(len(requests), future), loop)
        return await future if requests else []

    @property
    def waiting(self) -> int:
        """How many requests wait for a batch."""
        return self._count

    def stop(self) -> None:
        """Answer all that wait, take no more, and end the threads."""
        with self._changed:
            self._is_stopping = True
            threads, self._threads = self._threads, []
            self._changed.notify_all()
        for thread in threads:
            thread.join()
        with self._changed:
            self._is_stopping = False

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        for waiting in self._add(self._gathered.pop(loop)):
            if waiting.future is not None and not waiting.future.done():
                waiting.future.set_exception(_too_many())

    def _add_together(
        self, requests: Sequence[ContributionRequest], together: Together, loop: asyncio.AbstractEventLoop | None
    ) -> None:
        arriving = [Waiting(request, None, loop, together, place) for place, request in enumerate(requests)]
        if self._add(arriving, all_or_none=True):
            raise _too_many()

    def _add(self, arriving: Sequence[Waiting], *, all_or_none: bool = False) -> Sequence[Waiting]:
        """Let them wait for a batch; those for whom there is no room."""
        with self._changed:
            room = 0 if self._is_stopping else max(self._waiting_limit - self._count, 0)
            taken = () if all_or_none and room < len(arriving) else arriving[:room]
            for waiting in taken:
                self._queues.setdefault(waiting.request.operator_id, _Queue()).waiting.append(waiting)
            self._count += len(taken)
            for operator_id in {waiting.request.operator_id for waiting in taken}:
                self._offer(operator_id)
        return arriving[len(taken) :]

    def _offer(self, operator_id: str) -> None:
        """Let a thread take the operator's next batch, if there may be one; under the lock."""
        queue = self._queues[operator_id]
        is_free = queue.in_hand is None and queue.under_way < BATCHES_OF_AN_OPERATOR
        is_due = len(queue.waiting) >= (OVERLAP_FROM if queue.under_way else 1)
        if not (is_free and is_due) or operator_id in self._ready:
            return
        self._ready[operator_id] = None
        # While it stops, whoever offers is a worker that comes back for it.
        is_missed = self._idle < len(self._ready) and not self._is_stopping
        if is_missed and len(self._threads) < self._worker_count:
            self._start_thread()
        elif self._idle:
            self._changed.notify()

    def _start_thread(self) -> None:
        thread = Thread(target=self._work, name=f"combiner-{len(self._threads)}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        try:
            while (batch := self._next()) is not None:
                self._answer(batch)
        finally:
            connection.close()

    def _next(self) -> _Batch | None:
        with self._changed:
            while not self._ready:
                if self._is_stopping:
                    return None
                self._idle += 1
                was_woken = self._changed.wait(IDLE_SECONDS)
                self._idle -= 1
                if not was_woken and not self._ready:
                    # A connection that nobody needs goes back to the pool.
                    connection.close()
            operator_id = next(iter(self._ready))
            del self._ready[operator_id]
            queue = self._queues[operator_id]
            taken = [queue.waiting.popleft() for _ in range(min(len(queue.waiting), self._batch_cap))]
            self._count -= len(taken)
            queue.under_way += 1
            queue.in_hand = batch = _Batch(operator_id, taken)
        return batch

    def _answer(self, batch: _Batch) -> None:
        outcomes: Sequence[Outcome] = []
        requests = [waiting.request for waiting in batch.requests]
        try:
            outcomes = self._outcomes(requests, lambda: self._sent(batch))
        finally:
            # Whatever happens to this thread, nobody waits for ever.
            if len(outcomes) != len(requests):
                outcomes = [RuntimeError("the batch was lost")] * len(requests)
            in_hand = self._done(batch)
            if in_hand is not None:
                in_hand.sent.wait(HELD_SECONDS)
            deliver(batch.requests, outcomes)

    def _outcomes(self, requests: list[ContributionRequest], when_sent: Callable[[], None]) -> Sequence[Outcome]:
        try:
            return self._contribute(requests, now=self._now(), when_sent=when_sent)
        except (OperationalError, InterfaceError) as error:
            # The database's own trouble; anything else it refuses is about some of the requests.
            log.exception("batch_failed", count=len(requests))
            connection.close()
            return [error] * len(requests)
        except Exception as error:
            if len(requests) > 1:
                # What is wrong with one of them is not the others' fault.
                return [outcome for request in requests for outcome in self._outcomes([request], when_sent)]
            log.exception("contribution_failed")
            return [error]

    def _sent(self, batch: _Batch) -> None:
        with self._changed:
            queue = self._queues[batch.operator_id]
            if queue.in_hand is batch:
                queue.in_hand = None
                self._offer(batch.operator_id)
        batch.sent.set()

    def _done(self, batch: _Batch) -> _Batch | None:
        """The batch that is in hand now, beside which nobody is to be answered."""
        self._sent(batch)
        with self._changed:
            queue = self._queues[batch.operator_id]
            queue.under_way -= 1
            self._offer(batch.operator_id)
            return queue.in_hand


def _too_many() -> Refusal:
    return Refusal("TOO_MANY_REQUESTS", "Too many contributions wait; send it again in a moment.")
