"""The ticker: what a change of leader, and a fault, leave of the wins."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from redis.asyncio import Redis

from backoffice.core import clock, json
from jackpots import ticker as module
from jackpots.models import Instance
from jackpots.operations.contribute import contribute
from jackpots.rules.contribution import ContributionResult
from jackpots.ticker import Reader, Ticker
from jackpots.wire.frames import CHANNEL, LEADER_KEY, SEQUENCE_KEY, Frame
from tests.cast import Cast, sure_draft
from tests.invariants import assert_invariants
from tests.outbox import PATIENCE_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)

Win = Callable[[], Awaitable[str]]


@pytest.fixture
def instance(cast: Cast) -> Instance:
    return cast.house.open(sure_draft())


@pytest.fixture
def win(cast: Cast, instance: Instance) -> Win:
    """A player wins; gives the game round."""
    source = cast.house.source_for(instance)

    def won() -> str:
        try:
            request = cast.house.request(source)
            [answer] = contribute([request], now=clock.now())
            assert isinstance(answer, ContributionResult), answer
            return str(request.contribution_id)
        finally:
            connections.close_all()

    return lambda: asyncio.to_thread(won)


async def next_win(subscription: object) -> str:
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for message in subscription.listen():  # type: ignore[attr-defined]
            if message["type"] == "message":
                told = json.decode(Frame.unpacked(message["data"]).text.encode())
                if told["msg_name"] == "WinEvent":
                    return str(told["data"]["timestamp"])
    raise AssertionError("unreachable")


async def heard(scenario: Callable[[object], Awaitable[list[str]]]) -> list[str]:
    async with Redis.from_url(settings.REDIS_URL) as client, client.pubsub() as subscription:
        await client.delete(LEADER_KEY, SEQUENCE_KEY)
        await subscription.subscribe(CHANNEL)
        return await scenario(subscription)


async def leading(ticker: Ticker) -> None:
    """Until it has read once."""
    async with asyncio.timeout(15):
        while ticker._reader.sequence is None:
            await asyncio.sleep(0.02)


@pytest.mark.req("EVT-08", "EDG-12")
def test_the_next_leader_tells_the_wins_that_fell_between(instance: Instance, win: Win) -> None:
    async def scenario(subscription: object) -> list[str]:
        first, second = Ticker(), Ticker()
        first.watch()
        await leading(first)
        await win()
        told = [await next_win(subscription)]
        first.unwatch()
        await win()
        second.watch()
        told.append(await next_win(subscription))
        second.unwatch()
        return told

    told = asyncio.run(heard(scenario))
    assert len(set(told)) == 2, "each win once"
    assert_invariants()


@pytest.mark.req("EVT-08")
def test_a_fault_stops_no_ticker(win: Win, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = [ValueError("unheard of")]
    whole = Reader.frames

    def frames(self: Reader, instant: float) -> list[Frame]:
        if self.sequence is not None and faults:
            raise faults.pop()
        return whole(self, instant)

    monkeypatch.setattr(module.Reader, "frames", frames)

    async def scenario(subscription: object) -> list[str]:
        ticker = Ticker()
        ticker.watch()
        await leading(ticker)
        await win()
        told = [await next_win(subscription)]
        ticker.unwatch()
        return told

    assert len(asyncio.run(heard(scenario))) == 1
    assert faults == []


@pytest.mark.req("EVT-08")
def test_a_ticker_ends_although_its_client_loses_the_cancellation(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Redis.set
    was_asked, was_lost = asyncio.Event(), []

    async def losing(self: Redis, *arguments: Any, **options: Any) -> Any:
        was_asked.set()
        try:
            await asyncio.sleep(0.2)
        except asyncio.CancelledError:
            was_lost.append(True)
        return await whole(self, *arguments, **options)

    monkeypatch.setattr(Redis, "set", losing)

    async def scenario(_subscription: object) -> list[str]:
        ticker = Ticker()
        ticker.watch()
        task = ticker._task
        assert task is not None
        await asyncio.wait_for(was_asked.wait(), 15)
        ticker.unwatch()
        await asyncio.wait_for(task, 15)
        return []

    assert asyncio.run(heard(scenario)) == []
    assert was_lost
