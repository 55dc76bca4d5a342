"""Take the steps of all raffles' rounds whose time has come."""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import Error

from jackpots.operations.raffles.close_round import close_round
from jackpots.operations.raffles.complete_round import complete_round, end_raffle
from jackpots.operations.raffles.draw_round import draw_round
from jackpots.operations.raffles.freeze_round import freeze_round
from jackpots.operations.raffles.open_round import open_round
from jackpots.operations.raffles.pay_round import pay_round
from jackpots.queries.rounds import due_rounds, raffles_over

log = structlog.get_logger(__name__)


def resolve_raffles(*, now: datetime) -> int:
    """How many steps were taken. Any number of workers may run this at once, and begin where another was killed: each
    step is a transaction that is done by one of them. A round that cannot be resolved does not keep the others."""
    taken = 0
    for round_id in due_rounds(now):
        try:
            taken += resolve_round(round_id, now=now)
        except (Error, RuntimeError, ValueError) as error:
            log.exception("round_not_resolved", round_id=str(round_id), error=str(error))
    return taken + sum(end_raffle(instance_id, now=now) for instance_id in raffles_over(now))


def resolve_round(round_id: UUID, *, now: datetime) -> int:
    """Take every step of the round that is due and that nobody else takes; how many."""
    taken = open_round(round_id, now=now) + close_round(round_id, now=now)
    tickets = freeze_round(round_id, now=now)
    taken += tickets is not None
    taken += draw_round(round_id, now=now, tickets=tickets)
    return taken + pay_round(round_id, now=now) + complete_round(round_id, now=now)
