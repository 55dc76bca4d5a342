"""Award the time pots whose windows have ended."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import Error, transaction

from jackpots.operations.contributing.batch import Batch
from jackpots.operations.contributing.claim import current_version
from jackpots.operations.contributing.deadlines import pass_deadline
from jackpots.operations.contributing.settle import lock_pots
from jackpots.operations.contributing.write import PotsMovedError, write_alone
from jackpots.operations.hold_gate import share_gate
from jackpots.queries.contribution_config import config_at
from jackpots.queries.deadlines import due_deadlines, epoch_ms

log = structlog.get_logger(__name__)

# What was accepted just before the end may still be waiting for the pots; a contribution after it resolves at once.
GRACE: Final = timedelta(seconds=2)


def resolve_deadlines(*, now: datetime) -> int:
    """Resolve every window that ended two seconds ago or earlier; how many pots were awarded. Any number of workers may
    do this at once, and so do contributions: whoever holds the pots first. An instance that cannot be resolved is
    logged, and tried again the next time."""
    return sum(_tried(operator_id, key, until, now) for operator_id, key, until in due_deadlines(now - GRACE))


def _tried(operator_id: str, instance_id: UUID, until: datetime, now: datetime) -> int:
    try:
        return _resolved(operator_id, instance_id, until, now)
    except (Error, PotsMovedError, LookupError) as error:
        log.exception("deadline_not_resolved", instance=str(instance_id), error=str(error))
        return 0


def _resolved(operator_id: str, instance_id: UUID, until: datetime, now: datetime) -> int:
    with transaction.atomic():
        share_gate([instance_id])
        config = config_at(operator_id, current_version(operator_id))
        instance = config.instance(instance_id) if config is not None else None
        if instance is None:
            return 0
        batch = Batch(operator_id, now, [], [], config=config)
        lock_pots(batch, [instance])
        pass_deadline(batch, instance, epoch_ms(until))
        write_alone(batch)
        return len(batch.wins)
