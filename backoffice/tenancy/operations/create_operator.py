"""Take in an organisation."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.core.money import is_currency
from backoffice.core.zones import time_zones
from backoffice.tenancy.models import Operator
from backoffice.tenancy.scope import Scope

CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True)
class NewOperator:
    """`operator_id` is what partners send and never changes; the zone is where its months begin and end."""

    operator_id: str
    name: str
    base_currency: str = "EUR"
    accounting_zone: str = "UTC"


def create_operator(new: NewOperator, *, scope: Scope, actor: Actor, now: datetime) -> Operator:
    """Refusal(FORBIDDEN) to whoever is not the platform, Refusal(INVALID_REQUEST) with the field at fault."""
    if scope.operator_id is not None:
        raise Refusal("FORBIDDEN", "Only the platform takes in operators.")
    _check(new)
    with transaction.atomic():
        if Operator.objects.filter(pk=new.operator_id).exists():
            raise Refusal("INVALID_REQUEST", "This id is taken.", "operator_id")
        operator = Operator.objects.create(
            id=new.operator_id,
            name=new.name.strip(),
            base_currency=new.base_currency,
            accounting_zone=new.accounting_zone,
            created_at=now,
        )
        after = {"name": operator.name, "base_currency": new.base_currency, "accounting_zone": new.accounting_zone}
        record(
            actor, "operator.created", Subject("operator", operator.pk, operator.name, operator.pk), at=now, after=after
        )
    return operator


def _check(new: NewOperator) -> None:
    if not CODE.fullmatch(new.operator_id):
        raise Refusal(
            "INVALID_REQUEST", "Small letters, digits, - and _, starting with a letter or digit.", "operator_id"
        )
    if not new.name.strip():
        raise Refusal("INVALID_REQUEST", "Give it a name.", "name")
    if not is_currency(new.base_currency):
        raise Refusal("INVALID_REQUEST", "That is no currency that people are paid in.", "base_currency")
    if new.accounting_zone not in time_zones():
        raise Refusal("INVALID_REQUEST", "That time zone is not known.", "accounting_zone")
