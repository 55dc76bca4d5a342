"""Rounds of raffles drawn again: the commitment, the root of the tickets, every winner."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from backoffice.core.fields import unseal
from backoffice.tenancy.scope import Scope
from jackpots.models import Credit, CreditKind, PotCycle, RaffleRound
from jackpots.queries.rounds import rounds, ticket_list
from jackpots.queries.templates import published_terms
from jackpots.randomness import commit, draw, draw_prefix
from jackpots.rules.raffle import Winner, awards, draw_winners
from jackpots.rules.tickets import TicketList


@dataclass
class RoundCheck:
    """How much was drawn again, and what was wrong, in words."""

    round_count: int = 0
    winner_count: int = 0
    faults: list[str] = field(default_factory=list)


def verify_rounds(scope: Scope, *, instance_ids: list[UUID] | None = None) -> RoundCheck:
    """Every drawn round of the scope's raffles. What is wrong is listed; nothing is raised."""
    check = RoundCheck()
    rows = rounds(scope).filter(drawn_at__isnull=False)
    if instance_ids is not None:
        rows = rows.filter(instance_id__in=instance_ids)
    for row in rows.order_by("instance_id", "number"):
        check.round_count += 1
        found, count = check_round(row)
        check.winner_count += count
        check.faults += [f"round {row.number} of {row.instance_id}: {fault}" for fault in found]
    return check


def check_round(row: RaffleRound) -> tuple[list[str], int]:
    """What does not follow from the secret and the tickets of a drawn round, and how many winners it has."""
    cycle = PotCycle.objects.get(pot_id=row.pot_id, cycle=row.number)
    secret = unseal(bytes(cycle.sealed_secret))
    faults = []
    if commit(secret) != bytes(cycle.commitment).hex():
        faults.append("the secret is not what was committed to")
    try:
        tickets = ticket_list(row)
    except ValueError as error:
        return [*faults, str(error)], 0
    if tickets.root != bytes(row.root or b"").hex():
        faults.append("the root is not that of its tickets")
    recorded = list(
        Credit.objects.filter(operator_id=row.operator_id, group_id=row.pk, kind=CreditKind.PRIZE).order_by("position")
    )
    return [*faults, *_compared(_drawn(row, secret, tickets), recorded)], len(recorded)


def _drawn(row: RaffleRound, secret: bytes, tickets: TicketList) -> list[Winner]:
    terms = published_terms(row.instance.template_id)
    given = awards(terms.prizes, pot_micros=row.outcome.get("pot_micros", 0), currency=row.instance.currency)
    prefix = draw_prefix(str(row.instance_id), row.pot.code, row.number)
    return draw_winners(
        given,
        tickets,
        per_player=terms.prizes_per_player,
        draw_below=lambda part, n: draw(secret, prefix, part, n),
    )


def _compared(drawn: list[Winner], recorded: list[Credit]) -> Iterator[str]:
    if len(drawn) != len(recorded):
        yield f"{len(drawn)} are drawn, {len(recorded)} are recorded"
    for winner, credit in zip(drawn, recorded, strict=False):
        right = (winner.rank, winner.ticket_number, winner.value_micros)
        if right != (credit.prize_rank, credit.ticket_number, credit.value_micros):
            yield f"rank {winner.rank} goes to ticket {winner.ticket_number}, recorded is {credit.ticket_number}"
