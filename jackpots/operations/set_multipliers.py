"""Set currency multipliers of an operator or a brand."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.core.money import is_currency
from backoffice.tenancy.models import Operator
from backoffice.tenancy.scope import Scope
from jackpots.models import Multiplier
from jackpots.operations.create_template import check_owner

LARGEST = Decimal(10) ** 9
PLACES = 10


def set_multipliers(
    multipliers: Mapping[str, Decimal],
    *,
    operator_id: str,
    brand_id: str | None,
    scope: Scope,
    actor: Actor,
    now: datetime,
) -> None:
    """Store units of each currency for one unit of the operator's base currency; others stay as they are.

    A brand's own take precedence over its operator's. Refusal(NOT_FOUND) for a foreign owner,
    Refusal(INVALID_REQUEST) for an unknown currency or a multiplier that is not between 0 and 10^9.
    """
    check_owner(scope, operator_id, brand_id)
    with transaction.atomic():
        operator = Operator.objects.get(pk=operator_id)
        for currency, multiplier in multipliers.items():
            _check(operator, currency, multiplier)
        rows = Multiplier.objects.select_for_update(of=("self",)).filter(operator_id=operator_id, brand_id=brand_id)
        before: dict[str, object] = {
            row.currency: f"{row.multiplier.normalize():f}" for row in rows if row.currency in multipliers
        }
        for currency, multiplier in multipliers.items():
            Multiplier.objects.update_or_create(
                operator_id=operator_id,
                brand_id=brand_id,
                currency=currency,
                defaults={"multiplier": multiplier, "changed_at": now},
            )
        after: dict[str, object] = {currency: f"{multiplier:f}" for currency, multiplier in multipliers.items()}
        subject = Subject("currencies", brand_id or operator_id, brand_id or operator_id, operator_id, brand_id)
        record(actor, "currencies.changed", subject, at=now, before=before, after=after)


def _check(operator: Operator, currency: str, multiplier: Decimal) -> None:
    if not is_currency(currency):
        raise Refusal("INVALID_REQUEST", f"{currency[:10]!r} is no ISO 4217 currency.", "currency")
    if not multiplier.is_finite() or not 0 < multiplier < LARGEST:
        raise Refusal("INVALID_REQUEST", "A multiplier must be above 0 and below 10^9.", currency)
    if multiplier != round(multiplier, PLACES):
        raise Refusal("INVALID_REQUEST", f"A multiplier has at most {PLACES} decimals.", currency)
    if currency == operator.base_currency and multiplier != 1:
        raise Refusal("INVALID_REQUEST", f"{currency} is the base currency; its multiplier is 1.", currency)
