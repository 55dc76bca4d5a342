"""Opt-ins of players."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from backoffice.tenancy.scope import Scope
from jackpots.models import OptIn, OptInChange


class OptInDetails(NamedTuple):
    """A player in an instance as the wire shows it (OPT-07); amounts in the instance's currency.

    Who never opted and never contributed is opted out, with nothing counted and no `last_updated`.
    """

    instance_id: UUID
    brand_id: str
    player_id: str
    opted_in: bool
    preferred_contribution_micros: int | None
    contribution_count: int
    contribution_micros: int
    last_updated: datetime | None


def opt_ins(scope: Scope) -> QuerySet[OptIn]:
    """The players of the viewer's brands in their instances."""
    return scope.rows(OptIn.objects.select_related("instance"), brand_field="brand_id")


def opt_in_changes(scope: Scope) -> QuerySet[OptInChange]:
    """Every opt-in and opt-out, in the order they happened."""
    return scope.rows(OptInChange.objects.all(), brand_field="brand_id").order_by("changed_at", "id")


def opt_in_details(*, operator_id: str, instance_id: UUID, brand_id: str, player_id: str) -> OptInDetails:
    """The player's row, or what stands for a player without one. The caller has checked the scope."""
    row = OptIn.objects.filter(
        operator_id=operator_id, instance_id=instance_id, brand_id=brand_id, player_id=player_id
    ).first()
    if row is None:
        return OptInDetails(
            instance_id, brand_id, player_id, opted_in=False, preferred_contribution_micros=None, contribution_count=0,
            contribution_micros=0, last_updated=None,
        )  # fmt: skip
    return OptInDetails(
        instance_id,
        brand_id,
        player_id,
        row.opted_in,
        row.preferred_contribution_micros,
        row.contribution_count,
        row.contribution_micros,
        row.changed_at,
    )
