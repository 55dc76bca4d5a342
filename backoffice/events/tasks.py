"""What time does to the outbox."""

from celery import shared_task

from backoffice.core import clock
from backoffice.events.operations.prune_outbox import prune_outbox as prune
from backoffice.events.operations.relay_events import relay_events
from backoffice.events.operations.sequence_outbox import sequence_outbox
from backoffice.events.subscribers import subscribers


@shared_task
def relay_outbox() -> None:
    """Numbers what is new and brings every subscriber up to date."""
    sequence_outbox()
    for subscriber in subscribers():
        relay_events(subscriber, now=clock.now())


@shared_task
def prune_outbox() -> None:
    """Forgets, in slices, what nobody needs any more."""
    while prune(now=clock.now()):
        pass
