"""The hub on a real socket server and a real Redis."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvicorn
import websockets
from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from backoffice.tenancy.scope import Scope
from jackpots.wire.frames import CHANNEL, Frame
from jackpots.ws import hub as hub_module
from jackpots.ws.hub import Hub, Member
from jackpots.ws.transport import buffered_bytes, cut


def frame(text: str, *, operator: str = "thrilltech", brands: str = "thrilltech:brand1", key: str = "one") -> Frame:
    return Frame(operator, frozenset([brands]), key, text)


class Server:
    """A socket server whose every connection joins the hub; the path is the operator, the query the brand."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.closed: list[int] = []

    async def app(self, scope, receive, send) -> None:
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})

        async def send_text(text: str) -> None:
            await send({"type": "websocket.send", "text": text})

        async def close(code: int, reason: str) -> None:
            self.closed.append(code)
            assert cut(send, code, reason), "uvicorn changed beneath jackpots/ws/transport.py"

        assert buffered_bytes(send) is not None, "uvicorn changed beneath jackpots/ws/transport.py"
        operator = scope["path"].strip("/") or None
        brand = scope["query_string"].decode()
        member = Member(Scope(operator, frozenset([brand]) if brand else None), send_text, close)
        self.hub.join(member)
        while (await receive())["type"] != "websocket.disconnect":
            pass
        self.hub.leave(member)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            self.app,
            interface="asgi3",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            lifespan="off",
            log_level="warning",
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"ws://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            server.force_exit = True
            await task


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    """A message that does not arrive is a fault, not a reason to wait for ever."""

    async def in_time() -> None:
        async with asyncio.timeout(60):
            await scenario()

    asyncio.run(in_time())


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def listening() -> None:
    """Returns once the hub's subscription is at Redis."""
    async with Redis.from_url(settings.REDIS_URL) as client, asyncio.timeout(10):
        while dict(await client.pubsub_numsub(CHANNEL))[CHANNEL.encode()] == 0:
            await asyncio.sleep(0.01)


async def publish(*frames: Frame) -> None:
    async with Redis.from_url(settings.REDIS_URL) as client:
        for one in frames:
            await client.publish(CHANNEL, one.packed())


@pytest.mark.req("B-28", "EDG-12")
def test_a_frame_reaches_the_sockets_of_its_operator_and_brand_only() -> None:
    async def scenario() -> None:
        server = Server()
        async with (
            server.running() as url,
            websockets.connect(f"{url}/thrilltech") as ours,
            websockets.connect(f"{url}/rival") as theirs,
            websockets.connect(f"{url}/thrilltech?thrilltech:brand2") as other_brand,
            websockets.connect(f"{url}/") as platform,
        ):
            await until(lambda: len(server.hub) == 4)
            await listening()
            await publish(
                frame("ours"), frame("theirs", operator="rival", brands="rival:brand1", key="two"),
                frame("second", brands="thrilltech:brand2", key="three"),
            )  # fmt: skip
            assert {await ours.recv(), await ours.recv()} == {"ours", "second"}
            assert await theirs.recv() == "theirs"
            assert await other_brand.recv() == "second"
            assert {await platform.recv() for _ in range(3)} == {"ours", "theirs", "second"}
            for client in (ours, theirs, other_brand):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(client.recv(), 0.5)

    run(scenario)


@pytest.mark.req("B-28")
def test_only_the_latest_value_is_sent_and_at_most_four_times_a_second() -> None:
    async def scenario() -> None:
        server = Server()
        async with server.running() as url, websockets.connect(f"{url}/thrilltech") as client:
            await until(lambda: len(server.hub) == 1)
            await listening()
            started = time.monotonic()
            for number in range(100):
                await publish(frame(str(number)))
            received = [await client.recv()]
            while received[-1] != "99":
                received.append(await client.recv())
            seconds = time.monotonic() - started
            assert len(received) <= 2 + seconds / hub_module.SECONDS_BETWEEN_WRITES
            assert len(received) < 50

    run(scenario)


@pytest.mark.req("B-28")
def test_wins_are_never_left_out_and_come_before_tickers() -> None:
    async def scenario() -> None:
        server = Server()
        async with server.running() as url, websockets.connect(f"{url}/thrilltech") as client:
            await until(lambda: len(server.hub) == 1)
            await listening()
            await publish(frame("ticker"), *[frame(f"win {number}", key="") for number in range(50)])
            received = [str(await client.recv()) for _ in range(51)]
            assert [text for text in received if text.startswith("win")] == [f"win {number}" for number in range(50)]

    run(scenario)


def test_a_frame_that_cannot_be_read_stops_no_hub() -> None:
    async def scenario() -> None:
        server = Server()
        async with (
            server.running() as url,
            websockets.connect(f"{url}/thrilltech") as member,
            Redis.from_url(settings.REDIS_URL) as client,
        ):
            await until(lambda: len(server.hub) == 1)
            await listening()
            await client.publish(CHANNEL, b"\xff of another version")
            told = asyncio.create_task(member.recv())
            async with asyncio.timeout(10):
                while not told.done():
                    await client.publish(CHANNEL, frame("value").packed())
                    await asyncio.wait([told], timeout=0.05)
            assert told.result() == "value"

    run(scenario)


def test_who_joins_later_is_told_the_latest_at_once() -> None:
    async def scenario() -> None:
        server = Server()
        async with server.running() as url, websockets.connect(f"{url}/thrilltech") as first:
            await until(lambda: len(server.hub) == 1)
            await listening()
            await publish(frame("value"))
            assert await first.recv() == "value"
            async with websockets.connect(f"{url}/thrilltech") as second:
                assert await second.recv() == "value"

    run(scenario)


@pytest.mark.req("B-28")
def test_who_does_not_read_is_closed_and_stalls_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "SECONDS_UNTIL_BEHIND", 0.5)

    async def scenario() -> None:
        server = Server()
        large = "x" * 4_000_000
        async with server.running() as url, websockets.connect(f"{url}/thrilltech", max_size=None) as reader:
            await until(lambda: len(server.hub) == 1)
            await listening()
            host, port = url.removeprefix("ws://").split(":")
            stalled_reader, stalled = await asyncio.open_connection(host, int(port), limit=1024)
            stalled.write(
                b"GET /thrilltech HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            )
            assert (await stalled_reader.readline()).startswith(b"HTTP/1.1 101")
            await until(lambda: len(server.hub) == 2)
            slowest = 0.0
            while not server.closed:
                started = time.monotonic()
                await publish(frame(large))
                assert len(await asyncio.wait_for(reader.recv(), 10)) == len(large)
                slowest = max(slowest, time.monotonic() - started)
            assert server.closed == [4408]
            assert slowest < 5.0
            await publish(frame("after"))
            assert await reader.recv() == "after"
            stalled.close()

    run(scenario)


@pytest.mark.req("B-28")
def test_a_listener_ends_although_its_client_loses_the_cancellation(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = PubSub.subscribe
    was_lost: list[bool] = []

    async def scenario() -> None:
        was_asked = asyncio.Event()

        async def losing(self: PubSub, *channels: str) -> None:
            was_asked.set()
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                was_lost.append(True)
            await whole(self, *channels)

        monkeypatch.setattr(PubSub, "subscribe", losing)

        async def nothing(*_arguments: object) -> None:
            pass

        hub = Hub()
        member = Member(Scope(None, None), nothing, nothing)
        hub.join(member)
        listener = hub._listener
        assert listener is not None
        await was_asked.wait()
        hub.leave(member)
        await listener

    run(scenario)
    assert was_lost
