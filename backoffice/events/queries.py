"""Reads of the outbox: events in order, cursors with their lag, dead letters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Min, QuerySet

from backoffice import subscriptions
from backoffice.events.models import EventDeadLetter, OutboxEvent, SubscriberCursor
from backoffice.events.subscribers import READER, is_of_the_stream, kinds_of, subscribers
from backoffice.tenancy.scope import Scope


def latest_sequence() -> int:
    """The highest number given so far; 0 while there is none."""
    return OutboxEvent.objects.aggregate(latest=Max("sequence"))["latest"] or 0


def events_after(sequence: int, kinds: Iterable[str] | None = None, limit: int = 500) -> list[OutboxEvent]:
    """The numbered events above `sequence`, in order; of these kinds only, where any are named."""
    ahead = OutboxEvent.objects.filter(sequence__gt=sequence).order_by("sequence")
    if kinds is not None:
        ahead = ahead.filter(kind__in=list(kinds))
    return list(ahead[:limit])


def events(scope: Scope) -> QuerySet[OutboxEvent]:
    """Every event in scope, newest first; those without a number yet come before all others."""
    return scope.rows(OutboxEvent.objects.all(), brand_field="brand_id").order_by("-position")


def dead_letters(scope: Scope) -> QuerySet[EventDeadLetter]:
    """Every event's dead letter in scope, newest first."""
    return scope.rows(EventDeadLetter.objects.select_related("event")).order_by("-pk")


def waiting_dead_letters(scope: Scope) -> int:
    """How many dead letters in scope wait for somebody."""
    return scope.rows(EventDeadLetter.objects.filter(state="waiting")).count()


@dataclass(frozen=True)
class CursorLag:
    """How far a subscriber is. `behind` counts events of its kinds above the cursor; `oldest` is the first of them."""

    subscriber: str
    sequence: int
    moved_at: datetime | None
    behind: int
    oldest: datetime | None
    dead: int
    is_known: bool


def cursors() -> list[CursorLag]:
    """Every subscriber of the map, and every cursor whose subscriber is gone."""
    rows = {row.subscriber: row for row in SubscriberCursor.objects.all()}
    names = [*subscribers(), *sorted(set(rows) - set(subscribers()))]
    return [_lag(name, rows.get(name)) for name in names]


def _lag(name: str, row: SubscriberCursor | None) -> CursorLag:
    sequence = row.sequence if row else 0
    ahead = OutboxEvent.objects.filter(sequence__gt=sequence, kind__in=kinds_of(name))
    return CursorLag(
        subscriber=name,
        sequence=sequence,
        moved_at=row.moved_at if row else None,
        behind=ahead.count(),
        oldest=ahead.aggregate(oldest=Min("occurred_at"))["oldest"],
        dead=EventDeadLetter.objects.filter(subscriber=name, state="waiting").count(),
        is_known=name in subscribers() or is_of_the_stream(name),
    )


def slowest_sequence() -> int:
    """Up to which number every subscriber has read; a subscriber that never read has read nothing."""
    read = {row.subscriber: row.sequence for row in SubscriberCursor.objects.all()}
    read |= {name: 0 for name in subscribers() if name not in read}
    return min(read.values(), default=latest_sequence())


def cursor_of(subscriber: str) -> int | None:
    """Up to which number the subscriber has read; None where it has no cursor."""
    return SubscriberCursor.objects.filter(subscriber=subscriber).values_list("sequence", flat=True).first()


def stream_events(operator_id: str, after: int, up_to: int) -> QuerySet[OutboxEvent]:
    """The operator's events of the stream above `after` and up to `up_to`, in order."""
    rows = OutboxEvent.objects.filter(operator_id=operator_id, kind__in=subscriptions.STREAM)
    return rows.filter(sequence__gt=after, sequence__lte=up_to).order_by("sequence")


def unnumbered_lag(now: datetime) -> timedelta:
    """The age of the oldest event that has no number yet: how long a transaction, or nobody, holds the relay up."""
    oldest = OutboxEvent.objects.filter(sequence__isnull=True).aggregate(oldest=Min("occurred_at"))["oldest"]
    return max(now - oldest, timedelta()) if oldest is not None else timedelta()


def relay_lag(now: datetime) -> timedelta:
    """The age of the oldest event that some subscriber has not heard of, or that has no number yet. Feeds that read the
    stream tell their own lag."""
    relayed = [cursor for cursor in cursors() if cursor.is_known and not cursor.subscriber.startswith(READER)]
    waiting = [cursor.oldest for cursor in relayed if cursor.oldest is not None]
    return max([unnumbered_lag(now), *(now - oldest for oldest in waiting)])
