"""What the schedule runs for jackpots. A task that comes twice finds nothing left to do."""

from celery import shared_task

from backoffice.core import clock
from jackpots.operations import activate_due as activation
from jackpots.operations import ensure_partitions as partitions


@shared_task
def activate_due() -> int:
    """Activate and terminate instances whose time has come; how many."""
    return activation.activate_due(now=clock.now())


@shared_task
def ensure_partitions() -> int:
    """Make the ledger's next months; how many."""
    return len(partitions.ensure_partitions(now=clock.now()))
