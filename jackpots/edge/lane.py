"""The lane of this process: the one combiner, the one token cache, and how it starts and ends."""

import asyncio
import sys
from typing import Final

import structlog
from django.db import connection

from backoffice.api.token_cache import token_cache
from backoffice.core import clock
from backoffice.core.garbage import spare_garbage
from backoffice.health.checks import Readiness, readiness
from jackpots.combiner import combiner
from jackpots.edge.app import Lane
from jackpots.edge.exchange import Receive, Scope, Send

log = structlog.get_logger(__name__)


def ready_now() -> Readiness:
    """What readiness depends on, asked in a thread; its connection goes back to the pool."""
    try:
        return readiness(clock.now())
    finally:
        connection.close()


# The combiner's thread waits for the database a few times in each batch, with a hot pot locked; each time it must not
# stand in line for 5 ms, which is how long the interpreter would let the loop go on.
SWITCH_SECONDS: Final = 0.0001
# A batch of hundreds lives for some milliseconds and holds no circles; looking through it again and again for some
# costs a twentieth of the process.
YOUNG_OBJECTS: Final = 20_000

lane: Final = Lane(combiner.answer, combiner.answers_on_loop, token_cache, ready_now)


async def lifespan(_scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI's lifespan: at the end whatever waits is still answered."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            sys.setswitchinterval(SWITCH_SECONDS)
            spare_garbage(young_objects=YOUNG_OBJECTS)
            log.info("edge_started")
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await asyncio.to_thread(combiner.stop)
            log.info("edge_stopped")
            await send({"type": "lifespan.shutdown.complete"})
            return
