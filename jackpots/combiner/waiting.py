"""Who waits for an answer: a thread, an event loop, or those that came together."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import Any

import structlog

from backoffice.api.errors import refusal_of
from backoffice.core.errors import Refusal
from jackpots.rules.contribution import ContributionRequest, ContributionResult

log = structlog.get_logger(__name__)

Answer = ContributionResult | Refusal
Outcome = Answer | Exception


class Together:
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
class Waiting:
    """A request, and who waits for it: a thread's future, an event loop's with its loop, or those it came together
    with."""

    request: ContributionRequest
    future: "Future[Answer] | asyncio.Future[Answer] | None"
    loop: asyncio.AbstractEventLoop | None
    together: Together | None = None
    place: int = 0


def deliver(batch: Sequence[Waiting], outcomes: Sequence[Outcome]) -> None:
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
