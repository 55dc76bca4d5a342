"""Complete a round, and end a raffle after its last."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor
from jackpots.models import Credit, CreditState, Instance, InstanceState, RaffleRound, RoundState
from jackpots.operations.change_state import catch_up, change_state
from jackpots.operations.hold_gate import hold_gate
from jackpots.queries.rounds import OVER


def complete_round(round_id: UUID, *, now: datetime) -> bool:
    """Paying → complete, once no credit of the round waits for a rate. Whether it was this call."""
    with transaction.atomic():
        paying = RaffleRound.objects.select_for_update(skip_locked=True)
        row = paying.filter(pk=round_id, state=RoundState.PAYING).first()
        if row is None:
            return False
        waits = Credit.objects.filter(operator_id=row.operator_id, group_id=row.pk, state=CreditState.FAILED)
        if waits.exists():
            return False
        row.state = RoundState.COMPLETE
        row.completed_at = now
        row.save(update_fields=["state", "completed_at"])
        return True


def end_raffle(instance_id: UUID, *, now: datetime) -> bool:
    """Ended, where the schedule is over and every round complete; a raffle that was never active is terminated by its
    schedule. Whether it was this call."""
    with transaction.atomic():
        hold_gate([instance_id])
        instance = Instance.objects.select_for_update(of=("self",)).get(pk=instance_id)
        is_open = RaffleRound.objects.filter(instance=instance).exclude(state=RoundState.COMPLETE).exists()
        if is_open or instance.state in OVER or instance.ends_at is None or now < instance.ends_at:
            return False
        actor = Actor.system("raffles")
        if instance.state == InstanceState.ACTIVE:
            change_state(instance, InstanceState.ENDED, reason="The last round is complete.", actor=actor, now=now)
            return True
        return catch_up(instance, now=now, actor=actor)
