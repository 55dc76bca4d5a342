"""Raffle rounds: when they are, which are due, and the tickets of one as the draw takes them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

import psycopg
from django.db import connection
from django.db.models import Q, QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Credit, CreditState, Instance, InstanceState, JackpotType, RaffleRound, RoundState
from jackpots.queries.instances import in_scope
from jackpots.rules.rounds import Duration, DurationUnit
from jackpots.rules.terms import TemplateTerms
from jackpots.rules.tickets import TicketList

UNFINISHED: Final = (RoundState.CLOSING, RoundState.FROZEN, RoundState.DRAWN, RoundState.PAYING)
OVER: Final = (InstanceState.TERMINATED, InstanceState.ENDED)
_PART: Final = 20_000
_RANGES: Final = """
COPY (
    SELECT first_number, count, brand_id, player_id, contribution_id FROM jackpots_ticketrange
    WHERE operator_id = %s AND round_id = %s ORDER BY first_number
) TO STDOUT
"""


def duration_of(terms: TemplateTerms) -> Duration:
    """How long a round of the raffle is. ValueError for the terms of anything else."""
    if terms.duration_count is None or not terms.duration_unit:
        raise ValueError("the terms of a raffle say how long a round is")
    return Duration(terms.duration_count, DurationUnit(terms.duration_unit))


def rounds(scope: Scope) -> QuerySet[RaffleRound]:
    """The rounds of the raffles in scope, the newest first."""
    seen = in_scope(Instance.objects.filter(jackpot_type=JackpotType.RAFFLE), scope).values("pk")
    rows = RaffleRound.objects.filter(instance_id__in=seen).select_related("instance", "instance__template", "pot")
    return rows.order_by("-starts_at", "-id")


def round_of(scope: Scope, round_id: UUID | str) -> RaffleRound:
    """One round; Refusal(NOT_FOUND) outside the scope."""
    found = rounds(scope).filter(pk=round_id).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such round.")
    return found


def due_rounds(now: datetime) -> list[UUID]:
    """The rounds of all operators that have a step to take at `now`, those that ended first before the others."""
    is_due = Q(state=RoundState.PENDING) & (Q(starts_at__lte=now) | Q(instance__state__in=OVER))
    is_due |= Q(state=RoundState.ACTIVE, ends_at__lte=now) | Q(state__in=UNFINISHED)
    failed = Credit.objects.filter(state=CreditState.FAILED).values("group_id")
    rows = RaffleRound.objects.filter(is_due).exclude(state=RoundState.PAYING, pk__in=failed)
    return list(rows.order_by("ends_at", "id").values_list("pk", flat=True))


def raffles_over(now: datetime) -> list[UUID]:
    """The raffles whose time is over and whose rounds are all complete, and which do not say so yet."""
    rows = Instance.objects.filter(
        jackpot_type=JackpotType.RAFFLE,
        ends_at__lte=now,
        state__in=(InstanceState.PENDING, InstanceState.ACTIVE, InstanceState.PAUSED),
    )
    open_rounds = RaffleRound.objects.exclude(state=RoundState.COMPLETE).values("instance_id")
    return list(rows.exclude(pk__in=open_rounds).order_by("id").values_list("pk", flat=True))


def ticket_list(row: RaffleRound) -> TicketList:
    """The tickets of a round, read in order from one snapshot; ValueError where a number is missing.

    In a transaction it may take as long as a very long list does, whatever other statements are allowed.
    """
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '30min'")
    tickets = TicketList()
    part: list[tuple[int, int, str, str, str]] = []
    for one in ticket_ranges(row):
        part.append(one)
        if len(part) == _PART:
            tickets.extend(part)
            part = []
    tickets.extend(part)
    return tickets


def ticket_ranges(row: RaffleRound) -> Iterator[tuple[int, int, str, str, str]]:
    """The round's ranges in order: (first number, count, brand id, player id, contribution id)."""
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection) as cursor,
        cursor.copy(_RANGES, [row.operator_id, row.pk]) as lines,
    ):
        for line in lines:
            first, count, brand_id, player_id, contribution_id = bytes(line).decode()[:-1].split("\t")
            yield int(first), int(count), brand_id, player_id, contribution_id
