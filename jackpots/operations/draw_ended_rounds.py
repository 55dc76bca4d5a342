"""Draw the rounds that keep contributions waiting for the next one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import Error, transaction

from jackpots.models import RaffleRound, RoundState
from jackpots.operations.resolve_raffles import resolve_round

log = structlog.get_logger(__name__)

_UNDRAWN: Final = (RoundState.ACTIVE, RoundState.CLOSING, RoundState.FROZEN)
_STEPS: Final = 8


def draw_ended_rounds(round_ids: Iterable[UUID], *, now: datetime) -> None:
    """Take the steps that each of these rounds has left until it is drawn, or wait for who takes them; the next round
    begins with the draw. A round that cannot be drawn is logged and left to the next who tries."""
    for round_id in round_ids:
        try:
            _drawn(round_id, now)
        except (Error, RuntimeError, ValueError) as error:
            log.exception("round_not_drawn", round_id=str(round_id), error=str(error))


def _drawn(round_id: UUID, now: datetime) -> None:
    undrawn = RaffleRound.objects.filter(pk=round_id, state__in=_UNDRAWN)
    for _ in range(_STEPS):
        resolve_round(round_id, now=now)
        if not undrawn.exists():
            return
        with transaction.atomic():
            # Somebody else is at it, and holds the row until a step is done.
            undrawn.select_for_update(of=("self",)).first()
