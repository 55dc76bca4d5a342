"""Freeze a round: its tickets are counted, and their root is written down before anything is drawn."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from jackpots.models import RaffleRound, RoundState
from jackpots.queries.rounds import ticket_list
from jackpots.rules.tickets import ROOT_KIND, TicketList


def freeze_round(round_id: UUID, *, now: datetime) -> TicketList | None:
    """Closing → frozen; the list that was frozen if it was this call, else None.

    RuntimeError where the tickets are not those that were counted as they were awarded.
    """
    with transaction.atomic():
        row = RaffleRound.objects.select_for_update(skip_locked=True).filter(pk=round_id, state=RoundState.CLOSING)
        found = row.first()
        if found is None:
            return None
        tickets = ticket_list(found)
        if tickets.ticket_count != found.ticket_count:
            raise RuntimeError(
                f"round {round_id} has {tickets.ticket_count} tickets, {found.ticket_count} were awarded"
            )
        found.state = RoundState.FROZEN
        found.root = bytes.fromhex(tickets.root)
        found.root_kind = ROOT_KIND
        found.frozen_at = now
        found.save(update_fields=["state", "root", "root_kind", "frozen_at"])
        return tickets
