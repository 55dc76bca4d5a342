"""Wins: lists, one of them, and the latest of an instance."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, Win


def wins(scope: Scope) -> QuerySet[Win]:
    """The wins of the viewer's brands, the newest first, with instance, pot, contribution and approval."""
    rows = Win.objects.select_related("instance", "pot", "contribution", "approval")
    return scope.rows(rows, brand_field="brand_id").order_by("-won_at", "-id")


def win(scope: Scope, win_id: UUID | str) -> Win:
    """One win; Refusal(NOT_FOUND) outside the scope."""
    found = wins(scope).filter(pk=win_id).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such win.")
    return found


def latest_wins(instance: Instance, *, brand_id: str | None = None, limit: int = 10) -> list[Win]:
    """The latest wins over all pots of an instance, of one brand or of all that take part (WIN-19…21)."""
    return list(_of(instance, brand_id).order_by("-won_at", "-id")[:limit])


def pot_wins(instance: Instance, *, brand_id: str | None = None, limit: int = 10) -> dict[str, Sequence[Win]]:
    """The latest wins by pot, every pot a key, the newest first; `limit` is for each pot (WIN-18)."""
    found: dict[str, list[Win]] = {pot.code: [] for pot in instance.pots.order_by("position")}
    order = [F("won_at").desc(), F("id").desc()]
    numbered = _of(instance, brand_id).annotate(number=Window(RowNumber(), partition_by=F("pot_id"), order_by=order))
    for row in numbered.filter(number__lte=limit).order_by("-won_at", "-id"):
        found[row.pot.code].append(row)
    return dict(found)


def _of(instance: Instance, brand_id: str | None) -> QuerySet[Win]:
    rows = Win.objects.filter(instance=instance).select_related("instance", "pot", "contribution")
    return rows if brand_id is None else rows.filter(brand_id=brand_id)
