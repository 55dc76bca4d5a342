"""Reading ahead changes the speed, and nothing that its user can see."""

from collections.abc import Sequence
from threading import Event

import pytest

from integrations.feeds.base import TransportProblem
from integrations.feeds.read_ahead import AHEAD, ReadAhead
from integrations.models import FeedStatus
from integrations.wire.raw import RawMessage
from tests.integrations.support import bet, raw, wait_for


class Scripted:
    """Hands out what it was given, and writes down what is asked of it."""

    def __init__(self, count: int = 0, fails_at: int | None = None, refuses: bool = False) -> None:
        self.waiting = [raw(bet(f"a{number}"), tag=number) for number in range(count)]
        self.fails_at, self.refuses = fails_at, refuses
        self.acknowledged: list[int] = []
        self.log: list[str] = []
        self.is_finished = False
        self.pause = Event()

    def open(self, next_offset: int) -> None:
        if self.refuses:
            raise TransportProblem(FeedStatus.REFUSED, "No.")
        self.log.append(f"open {next_offset}")

    def receive(self, limit: int, wait_seconds: float) -> list[RawMessage]:
        if self.fails_at is not None and self.waiting and self.waiting[0].tag >= self.fails_at:
            raise TransportProblem(FeedStatus.WAITING, "Lost.")
        if not self.waiting:
            self.pause.wait(wait_seconds)
            return []
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return taken

    def acknowledge(self, messages: Sequence[RawMessage]) -> None:
        assert "close" not in self.log
        self.acknowledged += [message.tag for message in messages]

    def lag(self) -> int | None:
        return 7

    def close(self) -> None:
        self.log.append("close")


def test_everything_comes_in_order_and_is_acknowledged_before_the_end() -> None:
    inner = Scripted(100)
    ahead = ReadAhead(inner)
    ahead.open(3)
    tags: list[int] = []
    while messages := ahead.receive(10, 0.5):
        tags += [message.tag for message in messages]
        ahead.acknowledge(messages)
    ahead.close()
    assert tags == list(range(100)) == inner.acknowledged
    assert inner.log == ["open 3", "close"]


def test_it_reads_no_further_than_it_may_and_acknowledges_only_what_it_is_told() -> None:
    inner = Scripted(100)
    ahead = ReadAhead(inner)
    ahead.open(0)
    first = ahead.receive(10, 0.5)
    wait_for(lambda: len(inner.waiting) == 100 - 10 * (AHEAD + 1))
    assert inner.acknowledged == []
    ahead.acknowledge(first[:4])
    ahead.close()
    assert inner.acknowledged == [0, 1, 2, 3]
    assert len(inner.waiting) == 100 - 10 * (AHEAD + 1)


def test_problems_are_raised_where_they_are_looked_for() -> None:
    with pytest.raises(TransportProblem, match=r"No\."):
        ReadAhead(Scripted(refuses=True)).open(0)
    inner = Scripted(30, fails_at=20)
    ahead = ReadAhead(inner)
    ahead.open(0)
    assert [len(ahead.receive(10, 5)), len(ahead.receive(10, 5))] == [10, 10]
    with pytest.raises(TransportProblem, match=r"Lost\."):
        ahead.receive(10, 5)
    ahead.close()
    assert inner.log[-1] == "close"
    inner.fails_at = None
    ahead.open(20)
    assert ahead.receive(10, 5)[0].tag == 20
    ahead.close()


def test_the_lag_is_that_of_the_last_time_it_was_asked() -> None:
    ahead = ReadAhead(Scripted(1))
    ahead.open(0)
    ahead.receive(10, 0.5)
    wait_for(lambda: ahead.lag() == 7)
    ahead.close()


class Stuck(Scripted):
    """Its first receive comes back when it is let go: long after everybody has given it up."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.is_stuck, self.let_go = Event(), Event()

    def receive(self, limit: int, wait_seconds: float) -> list[RawMessage]:
        if self.is_stuck.is_set():
            return super().receive(limit, wait_seconds)
        self.is_stuck.set()
        self.let_go.wait(15)
        return [raw(bet("stale"), tag=99)]


def test_a_thread_that_was_given_up_touches_nothing_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.feeds.read_ahead.CLOSE_SECONDS", 0.05)
    inner = Stuck(10)
    ahead = ReadAhead(inner)
    ahead.open(0)
    old = ahead._thread
    assert old is not None
    ahead.receive(10, 0.01)
    assert inner.is_stuck.wait(5)
    ahead.open(0)
    inner.let_go.set()
    old.join(5)
    assert not old.is_alive()
    assert [message.tag for message in ahead.receive(10, 5)] == list(range(10))
    assert ahead.receive(10, 0.3) == []
    assert inner.log == ["open 0", "open 0"], "what the next one reads was not closed"
    ahead.close()
