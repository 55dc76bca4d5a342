"""Meters and counted refusals."""

from datetime import datetime

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from backoffice.tenancy.scope import Scope
from jackpots.models import Meter, Refusals


def meters(scope: Scope, *, since: datetime | None = None, until: datetime | None = None) -> QuerySet[Meter]:
    """What happened by instance, brand and minute, in the instance's currency; `until` is not included."""
    rows = scope.rows(Meter.objects.select_related("instance"), brand_field="brand_id")
    if since is not None:
        rows = rows.filter(minute__gte=since)
    if until is not None:
        rows = rows.filter(minute__lt=until)
    return rows.order_by("minute")


def refusals(scope: Scope, *, since: datetime | None = None, until: datetime | None = None) -> QuerySet[Refusals]:
    """Refused contributions by brand (as it was sent), code and minute."""
    rows = scope.rows(Refusals.objects.all(), brand_field="brand_id")
    if since is not None:
        rows = rows.filter(minute__gte=since)
    if until is not None:
        rows = rows.filter(minute__lt=until)
    return rows.order_by("-minute")


def counted_since(since: datetime) -> tuple[int, int, int]:
    """Contributions, wins and refusals of all operators since an instant, by whole minutes; for the metrics."""
    made = Meter.objects.filter(minute__gte=since).aggregate(
        contributions=Coalesce(Sum("contribution_count"), 0), wins=Coalesce(Sum("win_count"), 0)
    )
    refused = Refusals.objects.filter(minute__gte=since).aggregate(refused=Coalesce(Sum("count"), 0))
    return int(made["contributions"]), int(made["wins"]), int(refused["refused"])
