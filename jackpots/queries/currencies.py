"""Currency multipliers: what a brand's contributions are converted by."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand, Operator
from backoffice.tenancy.scope import Scope
from jackpots.models import Multiplier


@dataclass(frozen=True)
class Currencies:
    """Units of each currency for one unit of the base currency. `last_updated` is None where none was ever set."""

    operator_id: str
    brand_id: str | None
    base_currency: str
    multipliers: dict[str, Decimal]
    last_updated: datetime | None


def currencies(scope: Scope, *, operator_id: str, brand_id: str | None = None) -> Currencies:
    """What holds for a brand: its own multipliers before its operator's; the base currency is always 1.

    Refusal(NOT_FOUND) for an operator or a brand outside the scope.
    """
    operator = Operator.objects.filter(pk=operator_id).first() if scope.sees_operator(operator_id) else None
    if operator is None:
        raise Refusal("NOT_FOUND", "There is no such operator.")
    if brand_id is not None and not _sees_brand(scope, operator_id, brand_id):
        raise Refusal("NOT_FOUND", "There is no such brand.", "brand_id")
    owned = Q(brand__isnull=True) if brand_id is None else Q(brand__isnull=True) | Q(brand_id=brand_id)
    # Those of the operator come first, so that the brand's own replace them.
    rows = list(Multiplier.objects.filter(owned, operator_id=operator_id))
    rows.sort(key=lambda row: row.brand_id is not None)
    found = {row.currency: row.multiplier for row in rows} | {operator.base_currency: Decimal(1)}
    last = max((row.changed_at for row in rows), default=None)
    return Currencies(operator_id, brand_id, operator.base_currency, dict(sorted(found.items())), last)


def multiplier_rows(scope: Scope) -> QuerySet[Multiplier]:
    """The rows as they are kept, by brand and currency."""
    rows = scope.rows(Multiplier.objects.select_related("brand", "operator"), brand_field="brand_id")
    return rows.order_by("operator_id", "brand_id", "currency")


def _sees_brand(scope: Scope, operator_id: str, brand_id: str) -> bool:
    return scope.sees_brand(brand_id) and Brand.objects.filter(pk=brand_id, operator_id=operator_id).exists()
