"""Bring the outbox to rest. The horizon of the numbers is the whole server's, so another test's transaction may hold
it up for a moment: this waits for it."""

import time

from django.db import connection

from backoffice.core import clock
from backoffice.events.models import OutboxEvent
from backoffice.events.operations.relay_events import relay_events
from backoffice.events.operations.sequence_outbox import sequence_outbox
from backoffice.events.subscribers import subscribers

PATIENCE_SECONDS = 60.0


def held_up() -> str:
    """What waits for a number, and which transactions run: for the message of a test that waited in vain."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, transaction_id::text FROM events_outboxevent WHERE sequence IS NULL")
        waiting = cursor.fetchall()
        cursor.execute("""
            SELECT datname, backend_xid::text, state, xact_start, left(query, 200) FROM pg_stat_activity
            WHERE xact_start IS NOT NULL
        """)
        return f"without a number: {waiting}; in a transaction: {cursor.fetchall()}"


def number_all() -> None:
    """Number every committed event."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while OutboxEvent.objects.filter(sequence__isnull=True).exists():
        if not sequence_outbox():
            assert time.monotonic() < deadline, held_up()
            time.sleep(0.01)


def relay_all() -> None:
    """Number every committed event and hand each to its subscribers."""
    number_all()
    for subscriber in subscribers():
        while relay_events(subscriber, now=clock.now(), pause=lambda _seconds: None).has_more:
            pass
