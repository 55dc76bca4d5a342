"""Forget old events that everybody has heard of (rule B-32)."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from backoffice.events.models import EventDeadLetter, OutboxEvent
from backoffice.events.queries import slowest_sequence

KEPT: Final = timedelta(days=30)


def prune_outbox(*, now: datetime, kept: timedelta = KEPT, limit: int = 10_000) -> int:
    """Delete up to `limit` events that are older than `kept` and below the slowest cursor; gives how many.

    The event of a dead letter stays, and so does the newest numbered one: the numbers go on from there.
    """
    with transaction.atomic():
        newest = OutboxEvent.objects.aggregate(newest=Max("sequence"))["newest"] or 0
        letters = EventDeadLetter.objects.filter(event_id=OuterRef("pk"))
        old = OutboxEvent.objects.filter(
            ~Exists(letters), sequence__lte=slowest_sequence(), sequence__lt=newest, occurred_at__lt=now - kept
        )
        doomed = list(old.order_by("sequence").values_list("pk", flat=True)[:limit])
        return OutboxEvent.objects.filter(pk__in=doomed).delete()[0]
