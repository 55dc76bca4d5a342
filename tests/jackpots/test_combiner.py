"""The combiner: what waits becomes one batch, everybody gets an answer, whatever happens."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import Error, IntegrityError, InterfaceError, OperationalError

from backoffice.core.errors import Refusal
from jackpots.combiner import Answer, Combiner, batches
from jackpots.combiner.batches import OVERLAP_FROM
from jackpots.rules.contribution import ContributionRequest

NOW = datetime(2026, 3, 14, tzinfo=UTC)
PATIENCE = 20.0


def request(number: int, operator_id: str = "thrilltech", **values: Any) -> ContributionRequest:
    return ContributionRequest(
        operator_id=operator_id, brand_id=f"{operator_id}:brand1", player_id="p", player_country="MT",
        target_type="source", target_id="s", gameround_id=str(number), currency="EUR", base_wager_micros=1, **values,
    )  # fmt: skip


class Till:
    """Stands for contribute(): notes the batches, and answers each request with its own game round as a refusal."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.operators: list[set[str]] = []
        self.opened = Event()
        self.opened.set()
        self.busy = Event()
        self.fails: Callable[[list[str]], Exception | None] = lambda _rounds: None
        self._lock = Lock()

    def contribute(
        self, requests: list[ContributionRequest], *, now: datetime, when_sent: Callable[[], None]
    ) -> list[Answer]:
        assert now == NOW
        self.busy.set()
        assert self.opened.wait(PATIENCE)
        rounds = [request.gameround_id for request in requests]
        with self._lock:
            self.batches.append(rounds)
            self.operators.append({request.operator_id for request in requests})
        error = self.fails(rounds)
        if error is not None:
            raise error
        return [Refusal("CONTRIBUTION_REJECTED", gameround) for gameround in rounds]


@dataclass
class Step:
    """A batch under way, which is sent and ends when the test says so."""

    rounds: list[str]
    send: Callable[[], None]
    may_end: Event = field(default_factory=Event)


class StepByStep:
    """Stands for contribute() too: each batch shows itself in `steps`."""

    def __init__(self) -> None:
        self.steps: SimpleQueue[Step] = SimpleQueue()

    def contribute(
        self, requests: list[ContributionRequest], *, now: datetime, when_sent: Callable[[], None]
    ) -> list[Answer]:
        step = Step([request.gameround_id for request in requests], when_sent)
        self.steps.put(step)
        assert step.may_end.wait(PATIENCE)
        return [Refusal("CONTRIBUTION_REJECTED", gameround) for gameround in step.rounds]

    def next(self) -> Step:
        return self.steps.get(timeout=PATIENCE)


@pytest.fixture
def till() -> Till:
    return Till()


@pytest.fixture
def combiner(till: Till, request: pytest.FixtureRequest) -> Iterator[Combiner]:
    options = getattr(request, "param", {})
    made = Combiner(contribute_batch=till.contribute, now=lambda: NOW, **options)
    yield made
    till.opened.set()
    made.stop()


def message(future: "Future[Answer]") -> str:
    answer = future.result(PATIENCE)
    assert isinstance(answer, Refusal)
    return answer.message


def fill(combiner: Combiner, till: Till, count: int) -> "list[Future[Answer]]":
    """One batch under way, and `count` requests that wait behind it."""
    till.opened.clear()
    futures = [combiner.submit(request(0))]
    assert till.busy.wait(PATIENCE)
    return futures + [combiner.submit(request(number)) for number in range(1, count + 1)]


@pytest.mark.req("B-03")
def test_what_waits_becomes_one_batch_in_order(combiner: Combiner, till: Till) -> None:
    futures = fill(combiner, till, 30)
    assert combiner.waiting == 30
    till.opened.set()
    assert [message(future) for future in futures] == [str(number) for number in range(31)]
    assert till.batches == [["0"], [str(number) for number in range(1, 31)]]


@pytest.mark.req("B-03")
@pytest.mark.parametrize("combiner", [{"batch_cap": 8}], indirect=True)
def test_a_batch_has_a_cap(combiner: Combiner, till: Till) -> None:
    futures = fill(combiner, till, 20)
    till.opened.set()
    for future in futures:
        message(future)
    assert [len(batch) for batch in till.batches] == [1, 8, 8, 4]


@pytest.mark.req("B-03", "GEN-01")
def test_a_batch_holds_one_operator_and_no_operator_waits_for_another(combiner: Combiner, till: Till) -> None:
    futures = fill(combiner, till, 5)
    others = [combiner.submit(request(number, "rival")) for number in range(5)]
    till.opened.set()
    for future in [*futures, *others]:
        message(future)
    assert all(len(operators) == 1 for operators in till.operators)
    assert sum(len(batch) for batch in till.batches) == 11


@pytest.mark.req("ERR-08")
@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("the connection is closed")])
def test_a_database_that_fails_is_told_to_the_whole_batch_and_the_next_goes_on(
    combiner: Combiner, till: Till, error: Error
) -> None:
    till.fails = lambda rounds: error if len(till.batches) == 2 else None
    futures = fill(combiner, till, 3)
    till.opened.set()
    assert message(futures[0]) == "0"
    for future in futures[1:]:
        with pytest.raises(type(error)):
            future.result(PATIENCE)
    assert message(combiner.submit(request(9))) == "9"
    assert till.batches[1] == ["1", "2", "3"]
    assert till.batches[2:] == [["9"]]


@pytest.mark.req("ERR-04")
@pytest.mark.parametrize("error", [RuntimeError("2 is wrong"), IntegrityError("2 is wrong")])
def test_what_is_wrong_with_one_is_not_the_others_fault(combiner: Combiner, till: Till, error: Exception) -> None:
    till.fails = lambda rounds: error if "2" in rounds else None
    futures = fill(combiner, till, 3)
    till.opened.set()
    assert [message(futures[place]) for place in (0, 1, 3)] == ["0", "1", "3"]
    with pytest.raises(type(error), match="2 is wrong"):
        futures[2].result(PATIENCE)


@pytest.mark.req("B-06")
@pytest.mark.parametrize("combiner", [{"waiting_limit": 4}], indirect=True)
def test_more_than_can_be_answered_is_refused_at_once(combiner: Combiner, till: Till) -> None:
    futures = fill(combiner, till, 4)
    with pytest.raises(Refusal, match="TOO_MANY_REQUESTS"):
        combiner.submit(request(5))
    till.opened.set()
    assert [message(future) for future in futures] == ["0", "1", "2", "3", "4"]
    assert message(combiner.submit(request(6))) == "6"


def test_stopping_answers_all_that_wait(combiner: Combiner, till: Till) -> None:
    futures = fill(combiner, till, 50)
    with ThreadPoolExecutor(1) as pool:
        stopped = pool.submit(combiner.stop)
        till.opened.set()
        stopped.result(PATIENCE)
    assert all(future.done() for future in futures)
    assert [message(future) for future in futures] == [str(number) for number in range(51)]


def test_it_can_start_again(combiner: Combiner) -> None:
    assert message(combiner.submit(request(1))) == "1"
    combiner.stop()
    assert message(combiner.submit(request(2))) == "2"


def test_event_loops_and_threads_share_a_batch(combiner: Combiner, till: Till) -> None:
    futures = fill(combiner, till, 2)

    async def on_a_loop() -> list[str]:
        waiting = [asyncio.ensure_future(combiner.answer(request(number))) for number in range(10, 40)]
        while combiner.waiting < 32:
            await asyncio.sleep(0)
        till.opened.set()
        answers = await asyncio.gather(*waiting)
        return [answer.message for answer in answers if isinstance(answer, Refusal)]

    assert asyncio.run(on_a_loop()) == [str(number) for number in range(10, 40)]
    assert [message(future) for future in futures] == ["0", "1", "2"]
    assert len(till.batches) == 2


def test_errors_reach_event_loops(combiner: Combiner, till: Till) -> None:
    till.fails = lambda _rounds: OperationalError("gone")

    async def on_a_loop() -> None:
        await combiner.answer(request(1))

    with pytest.raises(OperationalError):
        asyncio.run(on_a_loop())


def test_who_has_gone_away_stops_nobody(combiner: Combiner, till: Till) -> None:
    till.opened.clear()

    async def gives_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(combiner.answer(request(1)), 0.05)

    asyncio.run(gives_up())
    cancelled = combiner.submit(request(2))
    assert cancelled.cancel()
    last = combiner.submit(request(3))
    till.opened.set()
    assert message(last) == "3"
    assert [gameround for batch in till.batches for gameround in batch] == ["1", "2", "3"]


def test_many_threads_at_once(combiner: Combiner, till: Till) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda number: message(combiner.submit(request(number))), range(2_000)))
    assert answers == [str(number) for number in range(2_000)]
    assert sum(len(batch) for batch in till.batches) == 2_000


def test_several_from_one_thread(combiner: Combiner) -> None:
    answers = combiner.answers([request(number) for number in range(7)])
    assert [answer.message for answer in answers if isinstance(answer, Refusal)] == [str(number) for number in range(7)]


@pytest.mark.req("B-07")
@pytest.mark.parametrize("combiner", [{"batch_cap": 4}], indirect=True)
def test_several_that_come_together_are_answered_together_whatever_becomes_of_one(
    combiner: Combiner, till: Till
) -> None:
    till.fails = lambda rounds: RuntimeError("5 is wrong") if "5" in rounds else None
    requests = [request(number) for number in range(9)]

    def shown(answers: Sequence[Answer]) -> list[str]:
        return [answer.message if isinstance(answer, Refusal) else "" for answer in answers]

    wanted = ["Something failed on our side." if number == 5 else str(number) for number in range(9)]
    assert shown(combiner.answers(requests)) == wanted
    assert shown(asyncio.run(combiner.answers_on_loop(requests))) == wanted
    assert combiner.answers([]) == asyncio.run(combiner.answers_on_loop([])) == []


@pytest.mark.req("B-07", "B-06")
@pytest.mark.parametrize("combiner", [{"waiting_limit": 4}], indirect=True)
def test_either_all_that_come_together_wait_or_none(combiner: Combiner, till: Till) -> None:
    futures = fill(combiner, till, 2)
    several = [request(number) for number in range(10, 13)]
    with pytest.raises(Refusal, match="TOO_MANY_REQUESTS"):
        combiner.answers(several)
    with pytest.raises(Refusal, match="TOO_MANY_REQUESTS"):
        asyncio.run(combiner.answers_on_loop(several))
    assert combiner.waiting == 2
    till.opened.set()
    assert [message(future) for future in futures] == ["0", "1", "2"]


@pytest.mark.req("B-06")
@pytest.mark.parametrize("combiner", [{"waiting_limit": 4}], indirect=True)
def test_an_event_loop_hears_that_there_is_no_room(combiner: Combiner, till: Till) -> None:
    fill(combiner, till, 2)

    async def on_a_loop() -> list[Any]:
        waiting = [asyncio.ensure_future(combiner.answer(request(number))) for number in range(10, 14)]
        while combiner.waiting < 4:
            await asyncio.sleep(0)
        till.opened.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    answers = asyncio.run(on_a_loop())
    assert [answer.code for answer in answers] == ["CONTRIBUTION_REJECTED"] * 2 + ["TOO_MANY_REQUESTS"] * 2


@pytest.fixture
def by_steps() -> Iterator[tuple[Combiner, StepByStep]]:
    stepping = StepByStep()
    made = Combiner(contribute_batch=stepping.contribute, now=lambda: NOW)
    yield made, stepping
    made.stop()


def until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < deadline
        sleep(0.001)


def behind(combiner: Combiner, stepping: StepByStep, count: int) -> "tuple[Step, list[Future[Answer]]]":
    """A batch of one under way, and all futures: its own and those of `count` that wait behind it."""
    futures = [combiner.submit(request(0))]
    first = stepping.next()
    return first, futures + [combiner.submit(request(number)) for number in range(1, count + 1)]


@pytest.mark.req("B-03")
def test_a_second_batch_begins_once_the_first_is_sent(by_steps: tuple[Combiner, StepByStep]) -> None:
    combiner, stepping = by_steps
    first, futures = behind(combiner, stepping, OVERLAP_FROM)
    assert combiner.waiting == OVERLAP_FROM
    first.send()
    second = stepping.next()
    assert second.rounds == [str(number) for number in range(1, OVERLAP_FROM + 1)]
    second.may_end.set()
    assert message(futures[1]) == "1"
    assert not futures[0].done()
    first.may_end.set()
    assert message(futures[0]) == "0"


@pytest.mark.req("B-03")
def test_a_few_wait_for_the_end_of_the_first(by_steps: tuple[Combiner, StepByStep]) -> None:
    combiner, stepping = by_steps
    first, futures = behind(combiner, stepping, OVERLAP_FROM - 1)
    first.send()
    assert combiner.waiting == OVERLAP_FROM - 1
    first.may_end.set()
    second = stepping.next()
    assert len(second.rounds) == OVERLAP_FROM - 1
    second.may_end.set()
    assert [message(future) for future in futures] == [str(number) for number in range(OVERLAP_FROM)]


def test_nobody_is_answered_beside_a_batch_in_hand(
    by_steps: tuple[Combiner, StepByStep], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "HELD_SECONDS", PATIENCE)
    combiner, stepping = by_steps
    first, futures = behind(combiner, stepping, OVERLAP_FROM)
    first.send()
    second = stepping.next()
    first.may_end.set()
    with pytest.raises(TimeoutError):
        futures[0].result(0.1)
    second.send()
    assert message(futures[0]) == "0"
    second.may_end.set()
    assert message(futures[1]) == "1"


def test_nobody_waits_long_for_another_batch(by_steps: tuple[Combiner, StepByStep]) -> None:
    combiner, stepping = by_steps
    first, futures = behind(combiner, stepping, OVERLAP_FROM)
    first.send()
    second = stepping.next()
    first.may_end.set()
    assert message(futures[0]) == "0"
    assert not futures[1].done()
    second.may_end.set()
    assert message(futures[1]) == "1"


@pytest.mark.req("B-03")
def test_no_operator_waits_for_another_while_a_thread_may_be_started(by_steps: tuple[Combiner, StepByStep]) -> None:
    combiner, stepping = by_steps
    first, _ = behind(combiner, stepping, 0)
    first.may_end.set()
    until(lambda: combiner._idle == 1)
    with combiner._changed:
        futures = [combiner.submit(request(1)), combiner.submit(request(2, "rival"))]
    steps = [stepping.next(), stepping.next()]
    for step in steps:
        step.may_end.set()
    assert [message(future) for future in futures] == ["1", "2"]


def test_stopping_waits_for_who_came_behind_a_batch_that_is_sent_meanwhile(
    by_steps: tuple[Combiner, StepByStep],
) -> None:
    combiner, stepping = by_steps
    first, futures = behind(combiner, stepping, OVERLAP_FROM)
    stopping = Thread(target=combiner.stop)
    stopping.start()
    until(lambda: combiner._is_stopping)
    first.send()
    assert combiner._threads == [], "nobody would wait for it"
    first.may_end.set()
    second = stepping.next()
    stopping.join(0.1)
    assert stopping.is_alive()
    second.may_end.set()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
    assert all(future.done() for future in futures)
