"""Rename an operator, or switch it off and on."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Operator
from backoffice.tenancy.scope import Scope


@dataclass(frozen=True)
class OperatorChange:
    """What it is to be afterwards, and why. Switched off, its staff and its services are let in nowhere."""

    name: str
    is_active: bool
    reason: str = ""


def change_operator(operator_id: str, change: OperatorChange, *, scope: Scope, actor: Actor, now: datetime) -> Operator:
    """Refusal(FORBIDDEN) to whoever is not the platform, Refusal(NOT_FOUND), Refusal(INVALID_REQUEST)."""
    if scope.operator_id is not None:
        raise Refusal("FORBIDDEN", "Only the platform changes operators.")
    if not change.name.strip():
        raise Refusal("INVALID_REQUEST", "Give it a name.", "name")
    with transaction.atomic():
        operator = Operator.objects.select_for_update().order_by("pk").filter(pk=operator_id).first()
        if operator is None:
            raise Refusal("NOT_FOUND", "There is no such operator.")
        if operator.is_active and not change.is_active and not change.reason.strip():
            raise Refusal("INVALID_REQUEST", "Say why it is switched off.", "reason")
        before = {"name": operator.name, "is_active": operator.is_active}
        operator.name = change.name.strip()
        operator.is_active = change.is_active
        operator.save(update_fields=["name", "is_active"])
        after = {"name": operator.name, "is_active": operator.is_active}
        subject = Subject("operator", operator.pk, operator.name, operator.pk)
        record(actor, "operator.changed", subject, at=now, before=before, after=after, reason=change.reason)
    return operator
