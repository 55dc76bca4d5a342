"""What the schedule runs."""

from celery import shared_task

from backoffice.core import clock
from reporting.operations.fold_rollups import BATCH, fold_rollups

_AT_MOST = 20


@shared_task
def fold() -> None:
    """Fold what has come since the last time; a large backlog is left to the next beats."""
    for _ in range(_AT_MOST):
        if fold_rollups(now=clock.now()) < BATCH // 2:
            return
