"""Forget the work on dead letters that is over; what was done to each letter stands in the audit log."""

from datetime import datetime, timedelta

from integrations.models import LetterWork, WorkState


def prune_letter_works(*, now: datetime, kept: timedelta, limit: int = 100) -> int:
    """Delete up to `limit` that were finished or cancelled before `now - kept`; gives how many."""
    over = LetterWork.objects.exclude(state=WorkState.RUNNING).filter(finished_at__lt=now - kept)
    keys = list(over.order_by("finished_at", "pk").values_list("pk", flat=True)[:limit])
    return over.filter(pk__in=keys).delete()[0]
