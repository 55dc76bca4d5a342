"""Meters and counted refusals."""

from datetime import datetime

from django.db.models import QuerySet

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
