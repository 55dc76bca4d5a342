"""Bring the outbox to rest. The horizon of the numbers is the whole server's, so another test's transaction may hold
it up for a moment: this waits for it."""

import time

from backoffice.core import clock
from backoffice.events.models import OutboxEvent
from backoffice.events.operations.relay_events import relay_events
from backoffice.events.operations.sequence_outbox import sequence_outbox
from backoffice.events.subscribers import subscribers

PATIENCE_SECONDS = 60.0


def number_all() -> None:
    """Number every committed event."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while OutboxEvent.objects.filter(sequence__isnull=True).exists():
        if not sequence_outbox():
            assert time.monotonic() < deadline, "some transaction holds the horizon of the outbox"
            time.sleep(0.01)


def relay_all() -> None:
    """Number every committed event and hand each to its subscribers."""
    number_all()
    for subscriber in subscribers():
        while relay_events(subscriber, now=clock.now(), pause=lambda _seconds: None).has_more:
            pass
