"""Hand the events that a subscriber has not heard of to its handlers, in order."""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from django.db import transaction

from backoffice.events.models import EventDeadLetter, OutboxEvent, SubscriberCursor
from backoffice.events.queries import latest_sequence
from backoffice.events.subscribers import handler_of, kinds_of

log = structlog.get_logger(__name__)

ATTEMPTS: Final = 3
PAUSE_SECONDS: Final = 0.05
ERROR_CHARACTERS: Final = 4_000


@dataclass(frozen=True)
class Relayed:
    """What one run did: events handled, events that became dead letters, and whether more are waiting."""

    handled: int = 0
    dead: int = 0
    has_more: bool = False


@dataclass(frozen=True)
class _Outcome:
    event: OutboxEvent | None
    error: Exception | None = None


def relay_events(
    subscriber: str, *, now: datetime, limit: int = 500, pause: Callable[[float], None] = time.sleep
) -> Relayed:
    """Relay up to `limit` events to one subscriber.

    Each event is a transaction of its own: the handler's effects and the cursor's move are committed together or not
    at all. An event that fails ATTEMPTS times becomes a dead letter, and the next one goes on. Where another process
    relays to the subscriber at this moment, nothing is done.
    """
    SubscriberCursor.objects.get_or_create(subscriber=subscriber, defaults={"moved_at": now})
    handled = dead = failures = 0
    while handled + dead < limit:
        outcome = _relay_one(subscriber, now)
        if outcome.event is None:
            return Relayed(handled, dead)
        if outcome.error is None:
            handled, failures = handled + 1, 0
            continue
        failures += 1
        if failures < ATTEMPTS:
            pause(PAUSE_SECONDS * failures)
            continue
        _bury(subscriber, outcome.event, outcome.error, now)
        dead, failures = dead + 1, 0
    return Relayed(handled, dead, has_more=True)


def _relay_one(subscriber: str, now: datetime) -> _Outcome:
    event: OutboxEvent | None = None
    try:
        with transaction.atomic():
            cursor = _locked(subscriber)
            event = _next(subscriber, cursor) if cursor else None
            if cursor is None or event is None:
                return _Outcome(None)
            handler = handler_of(subscriber, event.kind)
            if handler is not None:
                handler(event)
            _move(cursor, event.sequence or 0, now)
    except Exception as error:
        if event is None:
            raise
        log.warning("event_failed", subscriber=subscriber, event_id=str(event.event_id), error=str(error))
        return _Outcome(event, error)
    return _Outcome(event)


def _locked(subscriber: str) -> SubscriberCursor | None:
    locked = SubscriberCursor.objects.select_for_update(skip_locked=True).order_by("subscriber")
    return locked.filter(subscriber=subscriber).first()


def _next(subscriber: str, cursor: SubscriberCursor) -> OutboxEvent | None:
    latest = latest_sequence()
    ahead = OutboxEvent.objects.filter(sequence__gt=cursor.sequence, kind__in=kinds_of(subscriber))
    event = ahead.order_by("sequence").first()
    if event is None and latest > cursor.sequence:
        # Looked up first: what got its number since then is not passed over.
        _move(cursor, latest, cursor.moved_at)
    return event


def _move(cursor: SubscriberCursor, sequence: int, now: datetime) -> None:
    cursor.sequence = sequence
    cursor.moved_at = now
    cursor.save(update_fields=["sequence", "moved_at"])


def _bury(subscriber: str, event: OutboxEvent, error: Exception, now: datetime) -> None:
    text = "".join(traceback.format_exception_only(error)).strip()[:ERROR_CHARACTERS]
    with transaction.atomic():
        cursor = _locked(subscriber)
        if cursor is None or cursor.sequence >= (event.sequence or 0):
            return
        EventDeadLetter.objects.get_or_create(
            subscriber=subscriber,
            event=event,
            defaults={
                "operator_id": event.operator_id,
                "error": text,
                "attempts": ATTEMPTS,
                "first_failed_at": now,
                "last_failed_at": now,
            },
        )
        _move(cursor, event.sequence or 0, now)
    log.error("event_dead_letter", subscriber=subscriber, event_id=str(event.event_id), error=text)
