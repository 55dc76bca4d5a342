"""Group commit: whatever waits now becomes one batch, one transaction, one answer each.

A hot pot is one row, and every transaction that moves it waits for the one before. So the doors do not contribute by
themselves: they hand their requests over and wait, as threads or on an event loop.
"""

import asyncio
import atexit
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from threading import Condition, Thread
from typing import Final

import structlog
from django.db import InterfaceError, OperationalError, connection

from backoffice.core import clock
from backoffice.core.errors import Refusal
from jackpots.operations.contribute import contribute
from jackpots.rules.contribution import ContributionRequest, ContributionResult

log = structlog.get_logger(__name__)

Answer = ContributionResult | Refusal
Outcome = Answer | Exception
Contribute = Callable[..., list[Answer]]

BATCH_CAP: Final = 500
WAITING_LIMIT: Final = 5_000
WORKERS: Final = 4
BATCHES_OF_AN_OPERATOR: Final = 2
OVERLAP_FROM: Final = 32
IDLE_SECONDS: Final = 2.0


@dataclass(slots=True)
class _Waiting:
    """A request, and who waits for it: a thread's future, or an event loop's with its loop."""

    request: ContributionRequest
    future: "Future[Answer] | asyncio.Future[Answer]"
    loop: asyncio.AbstractEventLoop | None


class Combiner:
    """Takes requests from threads and from event loops; a batch holds those of one operator.

    An operator's second batch goes under way beside the first once enough wait for it: it claims and judges while the
    first one is written, and waits for its pots alone. `workers` is how many batches there can be at the same time.
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
        self._gathered: dict[asyncio.AbstractEventLoop, list[_Waiting]] = {}
        self._queues: dict[str, deque[_Waiting]] = {}
        self._ready: dict[str, None] = {}
        self._under_way: Counter[str] = Counter()
        self._count = 0
        self._idle = 0
        self._is_stopping = False
        self._threads: list[Thread] = []

    def submit(self, request: ContributionRequest) -> "Future[Answer]":
        """For threads: the answer will be the future's result. A request that failed raises what its batch raised.

        Refusal(TOO_MANY_REQUESTS) where more wait than can be answered in good time.
        """
        return self._submit([request])[0]

    async def answer(self, request: ContributionRequest) -> Answer:
        """For event loops: the answer. The errors are those of submit."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        gathered = self._gathered.get(loop)
        if gathered is None:
            # Whatever else the loop has read by now goes along, and wakes the thread no second time.
            gathered = self._gathered[loop] = []
            loop.call_soon(self._hand_over, loop)
        gathered.append(_Waiting(request, future, loop))
        return await future

    def answers(self, requests: Sequence[ContributionRequest]) -> list[Answer]:
        """For threads with several requests: their answers, in order; raises what the first failed one raised."""
        return [future.result() for future in self._submit(requests)]

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

    def _submit(self, requests: Sequence[ContributionRequest]) -> "list[Future[Answer]]":
        futures: list[Future[Answer]] = [Future() for _ in requests]
        refused = self._add([_Waiting(*one, None) for one in zip(requests, futures, strict=True)])
        if refused:
            raise _too_many()
        return futures

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        for waiting in self._add(self._gathered.pop(loop)):
            if not waiting.future.done():
                waiting.future.set_exception(_too_many())

    def _add(self, arriving: Sequence[_Waiting]) -> Sequence[_Waiting]:
        """Let them wait for a batch; those for whom there is no room."""
        with self._changed:
            room = 0 if self._is_stopping else max(self._waiting_limit - self._count, 0)
            for waiting in arriving[:room]:
                self._queues.setdefault(waiting.request.operator_id, deque()).append(waiting)
            self._count += len(arriving[:room])
            for operator_id in {waiting.request.operator_id for waiting in arriving[:room]}:
                self._offer(operator_id)
        return arriving[room:]

    def _offer(self, operator_id: str) -> None:
        """Let a thread take the operator's next batch, if there may be one; under the lock."""
        waiting, under_way = len(self._queues[operator_id]), self._under_way[operator_id]
        is_due = waiting >= (OVERLAP_FROM if under_way else 1) and under_way < BATCHES_OF_AN_OPERATOR
        if not is_due or operator_id in self._ready:
            return
        self._ready[operator_id] = None
        if self._idle:
            self._changed.notify()
        elif len(self._threads) < self._worker_count:
            self._start_thread()

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

    def _next(self) -> list[_Waiting] | None:
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
            batch = [queue.popleft() for _ in range(min(len(queue), self._batch_cap))]
            self._count -= len(batch)
            self._under_way[operator_id] += 1
            self._offer(operator_id)
        return batch

    def _answer(self, batch: list[_Waiting]) -> None:
        outcomes: Sequence[Outcome] = []
        try:
            outcomes = self._outcomes([waiting.request for waiting in batch])
        finally:
            # Whatever happens to this thread, nobody waits for ever.
            if len(outcomes) != len(batch):
                outcomes = [RuntimeError("the batch was lost")] * len(batch)
            self._done(batch[0].request.operator_id)
            _deliver(batch, outcomes)

    def _outcomes(self, requests: list[ContributionRequest]) -> Sequence[Outcome]:
        try:
            return self._contribute(requests, now=self._now())
        except (OperationalError, InterfaceError) as error:
            # The database's own trouble; anything else it refuses is about some of the requests.
            log.exception("batch_failed", count=len(requests))
            connection.close()
            return [error] * len(requests)
        except Exception as error:
            if len(requests) > 1:
                # What is wrong with one of them is not the others' fault.
                return [outcome for request in requests for outcome in self._outcomes([request])]
            log.exception("contribution_failed")
            return [error]

    def _done(self, operator_id: str) -> None:
        with self._changed:
            self._under_way[operator_id] -= 1
            self._offer(operator_id)


def _too_many() -> Refusal:
    return Refusal("TOO_MANY_REQUESTS", "Too many contributions wait; send it again in a moment.")


def _deliver(batch: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
    """Hand out the answers: to threads directly, to each event loop all at once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Answer], Outcome]]] = {}
    for waiting, outcome in zip(batch, outcomes, strict=True):
        if waiting.loop is not None and isinstance(waiting.future, asyncio.Future):
            by_loop.setdefault(waiting.loop, []).append((waiting.future, outcome))
        elif isinstance(waiting.future, Future) and waiting.future.set_running_or_notify_cancel():
            _resolve(waiting.future, outcome)
    for loop, answered in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve_all, answered)
        except RuntimeError:
            # The loop is closed: nobody is left to hear it. The contributions stand, and answer when they come again.
            log.warning("answers_unheard", count=len(answered))


def _resolve_all(answered: Sequence["tuple[asyncio.Future[Answer], Outcome]"]) -> None:
    for future, outcome in answered:
        if not future.done():
            _resolve(future, outcome)


def _resolve(future: "Future[Answer] | asyncio.Future[Answer]", outcome: Outcome) -> None:
    # A refusal is an answer here, though it could also be raised.
    if isinstance(outcome, Exception) and not isinstance(outcome, Refusal):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


combiner = Combiner()
atexit.register(combiner.stop)
