"""A player's tickets: in one raffle, or in all that run."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, InstanceState, JackpotType, RaffleRound, RoundState, TicketEntry
from jackpots.queries.instances import open_to_brand
from jackpots.wire.raffle_event import TicketsOfPlayer

_RUNNING: Final = (RoundState.PENDING, RoundState.ACTIVE)


def tickets_in_raffle(
    scope: Scope, instance_id: str, *, brand_id: str, player_id: str, now: datetime
) -> TicketsOfPlayer:
    """The player's tickets in the round that runs, else in the one that is to come, else in the last (RAF-18, RAF-19).

    Refusal(RAFFLE_NOT_FOUND) for an instance that is unknown, not the viewer's, not open to the brand, or no raffle.
    """
    instance = _raffles(scope, brand_id).filter(pk=_uuid(instance_id)).first()
    row = _round_at(instance, now) if instance is not None else None
    if row is None:
        raise _unknown(instance_id)
    return _counted([row], brand_id, player_id)[0]


def tickets_in_raffles(scope: Scope, *, brand_id: str, player_id: str, now: datetime) -> list[TicketsOfPlayer]:
    """The player's tickets in the rounds that run now; raffles without a ticket of theirs are left out (RAF-20…22)."""
    raffles = _raffles(scope, brand_id).filter(state__in=(InstanceState.PENDING, InstanceState.ACTIVE))
    rows = RaffleRound.objects.filter(
        instance_id__in=raffles.values("pk"), state__in=_RUNNING, starts_at__lte=now, ends_at__gt=now
    )
    return [one for one in _counted(rows.order_by("ends_at", "id"), brand_id, player_id) if one.ticket_count]


def _raffles(scope: Scope, brand_id: str) -> QuerySet[Instance]:
    return open_to_brand(scope, brand_id).filter(jackpot_type=JackpotType.RAFFLE).prefetch_related(None)


def _round_at(instance: Instance, now: datetime) -> RaffleRound | None:
    rows = RaffleRound.objects.filter(instance=instance)
    running = rows.filter(starts_at__lte=now, ends_at__gt=now).order_by("-number").first()
    return running or rows.filter(ends_at__gt=now).order_by("number").first() or rows.order_by("-number").first()


def _counted(rows: Iterable[RaffleRound], brand_id: str, player_id: str) -> list[TicketsOfPlayer]:
    rows = list(rows)
    entries = {
        entry.round_id: entry
        for entry in TicketEntry.objects.filter(
            operator_id=brand_id.split(":", 1)[0],
            round_id__in=[row.pk for row in rows],
            brand_id=brand_id,
            player_id=player_id,
        )
    }
    counted = []
    for row in rows:
        entry = entries.get(row.pk)
        counted.append(
            TicketsOfPlayer(
                instance_id=str(row.instance_id),
                brand_id=brand_id,
                player_id=player_id,
                ticket_count=entry.ticket_count if entry else 0,
                accumulated_micros=entry.carry_micros if entry else 0,
                round_number=row.number,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
            )
        )
    return counted


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _unknown(text) from None


def _unknown(instance_id: str) -> Refusal:
    return Refusal("RAFFLE_NOT_FOUND", f"{instance_id[:60]}: there is no such raffle", "instance_id")
