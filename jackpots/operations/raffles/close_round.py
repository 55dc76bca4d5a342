"""Close a round: from here on no ticket is added to it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from jackpots.models import RaffleRound, RoundState
from jackpots.operations.hold_gate import hold_gate

_MILLISECOND: Final = timedelta(milliseconds=1)


def close_round(round_id: UUID, *, now: datetime) -> bool:
    """Active → closing once it has ended, with how late that was. Whether it was this call.

    The gate is held alone: whoever contributes holds it shared, so that what was in flight is counted, and what comes
    later finds the round closed.
    """
    with transaction.atomic():
        due = RaffleRound.objects.filter(pk=round_id, state=RoundState.ACTIVE, ends_at__lte=now)
        instance_id = due.values_list("instance_id", flat=True).first()
        if instance_id is None:
            return False
        hold_gate([instance_id])
        row = due.select_for_update(skip_locked=True).first()
        if row is None:
            return False
        row.state = RoundState.CLOSING
        row.closed_at = now
        row.late_by_ms = (now - row.ends_at) // _MILLISECOND
        row.save(update_fields=["state", "closed_at", "late_by_ms"])
        return True
