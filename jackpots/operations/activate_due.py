"""Let the schedule begin and end instances."""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from backoffice.audit.record import Actor
from jackpots.models import Instance, InstanceState, JackpotType
from jackpots.operations.change_state import catch_up
from jackpots.operations.hold_gate import hold_gate

log = structlog.get_logger(__name__)

SCHEDULE = Actor.system("schedule")


def activate_due(*, now: datetime) -> int:
    """Write down the beginning and the end of every instance whose time has come; how many changed.

    The clock has decided already: contributions are judged by it, not by when this runs. Two at once change a row once.
    A raffle ends with its last round, not by the clock alone. One that cannot be changed is logged, and tried again the
    next time; the others are not kept waiting by it.
    """
    due = Q(state=InstanceState.PENDING, starts_at__lte=now) | Q(
        state__in=[InstanceState.PENDING, InstanceState.ACTIVE, InstanceState.PAUSED],
        jackpot_type=JackpotType.JACKPOT,
        ends_at__lte=now,
    )
    return sum(_catch_up(key, now) for key in Instance.objects.filter(due).values_list("pk", flat=True))


def _catch_up(instance_id: UUID, now: datetime) -> bool:
    try:
        return _written_down(instance_id, now)
    except Exception:
        log.exception("instance_not_caught_up", instance=str(instance_id))
        return False


def _written_down(instance_id: UUID, now: datetime) -> bool:
    with transaction.atomic():
        hold_gate([instance_id])
        instance = Instance.objects.select_for_update(of=("self",)).get(pk=instance_id)
        return catch_up(instance, now=now, actor=SCHEDULE)
