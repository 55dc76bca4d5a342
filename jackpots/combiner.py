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
from threading import Condition, Lock, Thread
from typing import Any, Final

import structlog
from django.db import InterfaceError, OperationalError, connection

from backoffice.api.errors import refusal_of
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


class _Together:
    """Requests that came together: their answers by place, and who waits for all of them."""

    def __init__(self, count: int, future: "Future[list[Answer]] | asyncio.Future[list[Answer]]") -> None:
        self.future = future
        self._answers: list[Answer | None] = [None] * count
        self._left = count
        self._lock = Lock()

    def put(self, place: int, outcome: Outcome) -> "list[Answer] | None":
        """Keep one; all of them, once the last is there. They may be of two batches."""
        with self._lock:
            self._answers[place] = outcome if isinstance(outcome, ContributionResult) else refusal_of(outcome)
            self._left -= 1
            return None if self._left else [one for one in self._answers if one is not None]


@dataclass(slots=True)
class _Waiting:
    """A request, and who waits for it: a thread's future, an event loop's with its loop, or those it came together
    with."""

    request: ContributionRequest
    future: "Future[Answer] | asyncio.Future[Answer] | None"
    loop: asyncio.AbstractEventLoop | None
    together: _Together | None = None
    place: int = 0


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
        future: Future[Answer] = Future()
        if self._add([_Waiting(request, future, None)]):
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
        gathered.append(_Waiting(request, future, loop))
        return await future

    def answers(self, requests: Sequence[ContributionRequest]) -> list[Answer]:
        """For threads with several requests: their answers, in order; a refusal tells of one that failed.

        Refusal(TOO_MANY_REQUESTS) where not all of them can wait; then none does.
        """
        future: Future[list[Answer]] = Future()
        self._add_together(requests, _Together(len(requests), future), None)
        return future.result() if requests else []

    async def answers_on_loop(self, requests: Sequence[ContributionRequest]) -> list[Answer]:
        """The same for event loops."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[Answer]] = loop.create_future()
        self._add_together(requests, _Together(len(requests), future), loop)
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
        self, requests: Sequence[ContributionRequest], together: _Together, loop: asyncio.AbstractEventLoop | None
    ) -> None:
        arriving = [_Waiting(request, None, loop, together, place) for place, request in enumerate(requests)]
        if self._add(arriving, all_or_none=True):
            raise _too_many()

    def _add(self, arriving: Sequence[_Waiting], *, all_or_none: bool = False) -> Sequence[_Waiting]:
        """Let them wait for a batch; those for whom there is no room."""
        with self._changed:
            room = 0 if self._is_stopping else max(self._waiting_limit - self._count, 0)
            taken = () if all_or_none and room < len(arriving) else arriving[:room]
            for waiting in taken:
                self._queues.setdefault(waiting.request.operator_id, deque()).append(waiting)
            self._count += len(taken)
            for operator_id in {waiting.request.operator_id for waiting in taken}:
                self._offer(operator_id)
        return arriving[len(taken) :]

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
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Any, Any]]] = {}
    for waiting, outcome in zip(batch, outcomes, strict=True):
        future: Any = waiting.future
        told: Any = outcome
        if waiting.together is not None:
            future, told = waiting.together.future, waiting.together.put(waiting.place, outcome)
            if told is None:
                continue
        if waiting.loop is not None:
            by_loop.setdefault(waiting.loop, []).append((future, told))
        elif future.set_running_or_notify_cancel():
            _resolve(future, told)
    for loop, answered in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve_all, answered)
        except RuntimeError:
            # The loop is closed: nobody is left to hear it. The contributions stand, and answer when they come again.
            log.warning("answers_unheard", count=len(answered))


def _resolve_all(answered: Sequence[tuple[Any, Any]]) -> None:
    for future, told in answered:
        if not future.done():
            _resolve(future, told)


def _resolve(future: Any, told: Any) -> None:
    # A refusal is an answer here, though it could also be raised.
    if isinstance(told, Exception) and not isinstance(told, Refusal):
        future.set_exception(told)
    else:
        future.set_result(told)


combiner = Combiner()
atexit.register(combiner.stop)
