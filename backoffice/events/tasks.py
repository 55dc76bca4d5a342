"""What time does to the outbox."""

import structlog
from celery import shared_task
from redis.exceptions import RedisError

from backoffice.core import clock
from backoffice.events.operations.prune_outbox import prune_outbox as prune
from backoffice.events.operations.publish_stream import publish_stream
from backoffice.events.operations.relay_events import relay_events
from backoffice.events.operations.sequence_outbox import sequence_outbox
from backoffice.events.stream import stream_client
from backoffice.events.subscribers import subscribers

log = structlog.get_logger(__name__)


@shared_task
def relay_outbox() -> None:
    """Numbers what is new and brings every subscriber, and the stream, up to date."""
    sequence_outbox()
    for subscriber in subscribers():
        relay_events(subscriber, now=clock.now())
    try:
        with stream_client() as client:
            publish_stream(client, now=clock.now())
    except (RedisError, OSError) as error:
        # The outbox keeps what the stream has not got.
        log.warning("stream_not_filled", error=str(error)[:200])


@shared_task
def prune_outbox() -> None:
    """Forgets, in slices, what nobody needs any more."""
    while prune(now=clock.now()):
        pass
