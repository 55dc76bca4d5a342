"""The hub of a process: one Redis subscription, the latest value of each ticker, and every socket that wants it.

A socket has a mailbox: of each ticker only the latest text, of wins all of them up to a bound. One task a socket
writes at most four times a second, so that a client that does not read fills its own mailbox and nothing else.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

from backoffice.tenancy.scope import Scope
from jackpots.wire.frames import CHANNEL, Frame

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_WRITES = 0.25
SECONDS_UNTIL_BEHIND = 5.0
MAILBOX_EVENTS = 300
CLOSE_BEHIND = 4408

SendText = Callable[[str], Awaitable[None]]
Close = Callable[[int, str], Awaitable[None]]


@dataclass(eq=False)
class Member:
    """A socket in the hub: what it may see, how to write to it, and what waits for it."""

    scope: Scope
    send: SendText
    close: Close
    latest: dict[str, str] = field(default_factory=dict)
    events: deque[str] = field(default_factory=lambda: deque(maxlen=MAILBOX_EVENTS + 1))
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    writer: "asyncio.Task[None] | None" = None

    def sees(self, frame: Frame) -> bool:
        """Whether the frame is in the viewer's scope."""
        if not self.scope.sees_operator(frame.operator_id):
            return False
        brands = self.scope.brand_ids
        return brands is None or not brands.isdisjoint(frame.brand_ids)

    def post(self, frame: Frame) -> None:
        """Put the frame into the mailbox."""
        if frame.key:
            self.latest[frame.key] = frame.text
        else:
            self.events.append(frame.text)
        self.wake.set()

    def take(self) -> list[str]:
        """Empty the mailbox: events first, then the latest of each ticker."""
        texts = [*self.events, *self.latest.values()]
        self.events.clear()
        self.latest.clear()
        self.wake.clear()
        return texts


class Hub:
    """Members and latest frames of one process; it listens to Redis while it has members."""

    def __init__(self) -> None:
        self._members: set[Member] = set()
        self._latest: dict[str, Frame] = {}
        self._listener: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many sockets there are."""
        return len(self._members)

    def join(self, member: Member) -> None:
        """Give the member what is known now, and everything from here on."""
        self._members.add(member)
        for frame in self._latest.values():
            if member.sees(frame):
                member.post(frame)
        member.writer = asyncio.create_task(self._write(member))
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())

    def leave(self, member: Member) -> None:
        """Forget the member."""
        self._members.discard(member)
        if member.writer is not None:
            member.writer.cancel()
        if not self._members and self._listener is not None:
            self._listener.cancel()
            self._listener = None
            self._latest.clear()

    def deliver(self, frame: Frame) -> None:
        """Hand a frame to every member that may see it."""
        if frame.key:
            self._latest[frame.key] = frame
        for member in self._members:
            if member.sees(frame):
                member.post(frame)

    async def _write(self, member: Member) -> None:
        while True:
            await member.wake.wait()
            if not await _emptied(member):
                log.info("socket_behind", operator=member.scope.operator_id)
                self._members.discard(member)
                await member.close(CLOSE_BEHIND, "the client stayed behind")
                return
            await asyncio.sleep(SECONDS_BETWEEN_WRITES)

    async def _listen(self) -> None:
        delay = 0.1
        task = asyncio.current_task()
        # Before Python 3.12 a wait_for(), of which the client has some, can lose the cancellation.
        while self._listener is task:
            client = Redis.from_url(settings.REDIS_URL)
            try:
                async with client.pubsub() as subscription:
                    await subscription.subscribe(CHANNEL)
                    delay = 0.1
                    async for message in subscription.listen():
                        if self._listener is not task:
                            break
                        if message["type"] == "message":
                            self.deliver(Frame.unpacked(message["data"]))
            except (RedisError, OSError, ValueError) as error:  # the last is a frame of another version
                log.warning("ticker_subscription_lost", error=str(error), retry_seconds=delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, 5.0)
            finally:
                with contextlib.suppress(RedisError, OSError):
                    await client.aclose()


async def _emptied(member: Member) -> bool:
    """Write what waits; False if more waited than is kept, or if the client did not take it in time."""
    if len(member.events) > MAILBOX_EVENTS:
        return False
    try:
        async with asyncio.timeout(SECONDS_UNTIL_BEHIND):
            for text in member.take():
                await member.send(text)
    except TimeoutError:
        return False
    return True


hub = Hub()
