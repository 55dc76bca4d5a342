"""The ticker: reads the pots of all running instances and tells every hub, at most four times a second.

It runs where sockets are, and in one process at a time: who holds the leader's key reads and publishes, the others
stand by. Values are states, and wins are read from the outbox by a sequence that the next leader goes on from, so that
a change of leader repeats at worst.
"""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import structlog
from django.conf import settings
from django.db import connection
from redis.asyncio import Redis
from redis.exceptions import RedisError

from backoffice.core import clock, json
from backoffice.events.operations.sequence_outbox import sequence_outbox
from backoffice.events.queries import events_after, latest_sequence
from jackpots.queries.tickers import running_instances
from jackpots.wire.frames import CHANNEL, LEADER_KEY, SEQUENCE_KEY, Frame
from jackpots.wire.jackpot_update import InstanceValues, jackpot_update, socket_event
from jackpots.wire.win_event import without_player

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_READS = 0.25
SECONDS_BETWEEN_HEARTBEATS = 8.0
LEASE_MS = 2_000
SEQUENCE_MS = 15_000
WINS_A_READ = 200

RENEW = """
    local holder = redis.call('GET', KEYS[1])
    if not holder then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1 end
    if holder == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) return 1 end
    return 0
"""


class Reader:
    """What the database says, turned into frames. Not shared between threads."""

    def __init__(self) -> None:
        self._told: dict[str, InstanceValues] = {}
        self._told_at: dict[str, float] = {}
        self._sequence: int | None = None

    @property
    def sequence(self) -> int | None:
        """Up to which event wins have been read; None before the first read."""
        return self._sequence

    def forget(self, sequence: int | None = None) -> None:
        """Start afresh: everything is told again, wins after `sequence`, or from now on where it is not known."""
        self._told.clear()
        self._told_at.clear()
        self._sequence = sequence

    def frames(self, instant: float) -> list[Frame]:
        """What changed since the last call, and what is due for a heartbeat; `instant` is in seconds."""
        now = clock.now()
        instances = {instance.id: instance for instance in running_instances()}
        frames = []
        for instance in instances.values():
            due = instant - self._told_at.get(instance.id, 0.0) >= SECONDS_BETWEEN_HEARTBEATS
            if due or self._told.get(instance.id) != instance:
                text = socket_event(
                    "JackpotUpdate",
                    jackpot_update(instance),
                    operator_id=instance.operator_id,
                    brand_id=None,
                    sent_at=now,
                )
                frames.append(Frame(instance.operator_id, frozenset(instance.allowed_brands), instance.id, text))
                self._told[instance.id] = instance
                self._told_at[instance.id] = instant
        return [*self._wins(instances), *frames]

    def _wins(self, instances: dict[str, InstanceValues]) -> list[Frame]:
        sequence_outbox()
        if self._sequence is None:
            self._sequence = latest_sequence()
            return []
        frames = []
        for event in events_after(self._sequence, kinds=["JackpotWinEvent"], limit=WINS_A_READ):
            self._sequence = event.sequence or self._sequence
            data = json.decode(bytes(event.payload))
            instance = instances.get(data["instance_id"])
            brands = frozenset(instance.allowed_brands if instance else [data["brand_id"]])
            text = socket_event(
                "WinEvent",
                without_player(data),
                operator_id=event.operator_id,
                brand_id=None,
                sent_at=event.occurred_at,
            )
            frames.append(Frame(event.operator_id, brands, "", text))
        return frames


class Ticker:
    """Runs while the process has sockets."""

    def __init__(self) -> None:
        self._id = uuid4().hex
        self._watchers = 0
        self._task: asyncio.Task[None] | None = None
        self._reader = Reader()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ticker")

    def watch(self) -> None:
        """A socket more."""
        self._watchers += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def unwatch(self) -> None:
        """A socket less; without any the ticker rests."""
        self._watchers -= 1
        if self._watchers == 0 and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        client = Redis.from_url(settings.REDIS_URL)
        lease = client.register_script(RENEW)
        task, led = asyncio.current_task(), False
        try:
            # Before Python 3.12 a wait_for(), of which the client has some, can lose the cancellation.
            while self._task is task:
                started = loop.time()
                try:
                    leads = bool(await lease(keys=[LEADER_KEY], args=[self._id, LEASE_MS]))
                    if leads:
                        await self._lead(client, is_news=not led)
                    led = leads
                except Exception as error:  # noqa: BLE001 - the sockets wait for the next read
                    log.warning("ticker_failed", error=f"{type(error).__name__}: {error}")
                    led = False
                    await asyncio.sleep(1.0)
                await asyncio.sleep(max(0.0, SECONDS_BETWEEN_READS - (loop.time() - started)))
        finally:
            self._thread.submit(_let_go)
            with contextlib.suppress(RedisError, OSError):
                await client.aclose()

    async def _lead(self, client: Redis, *, is_news: bool) -> None:
        if is_news:
            self._reader.forget(await _told_up_to(client))
        loop = asyncio.get_running_loop()
        for frame in await loop.run_in_executor(self._thread, self._read, loop.time()):
            await client.publish(CHANNEL, frame.packed())
        await client.set(SEQUENCE_KEY, self._reader.sequence or 0, px=SEQUENCE_MS)

    def _read(self, instant: float) -> list[Frame]:
        try:
            return self._reader.frames(instant)
        except Exception:
            connection.close()
            raise


async def _told_up_to(client: Redis) -> int | None:
    """Where the leader before left off, if that was a moment ago; then wins were seen by sockets up to there."""
    kept = await client.get(SEQUENCE_KEY)
    return int(kept) if kept else None


def _let_go() -> None:
    """Of the calling thread's own connection."""
    connection.close()


ticker = Ticker()
