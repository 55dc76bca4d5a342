"""Open a round, or give up one of a raffle that is over."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from jackpots.models import RaffleRound, RoundState
from jackpots.queries.rounds import OVER
from jackpots.rules.tickets import TicketList


def open_round(round_id: UUID, *, now: datetime) -> bool:
    """Pending → active once its time has come; Pending → complete where its raffle is over. Whether it was this call.

    Contributions do not wait for it: the first that finds the round's time come opens it by itself.
    """
    pending = RaffleRound.objects.filter(pk=round_id, state=RoundState.PENDING)
    with transaction.atomic():
        given_up = pending.filter(instance__state__in=OVER)
        nothing = bytes.fromhex(TicketList().root)
        if given_up.update(state=RoundState.COMPLETE, completed_at=now, frozen_at=now, root=nothing):
            return True
        return bool(pending.filter(starts_at__lte=now).update(state=RoundState.ACTIVE, opened_at=now))
