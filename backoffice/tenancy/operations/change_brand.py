"""Rename a brand, or switch it off and on."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand
from backoffice.tenancy.scope import Scope


@dataclass(frozen=True)
class BrandChange:
    """What it is to be afterwards, and why. A brand that is switched off is an unknown one to every door."""

    name: str
    is_active: bool
    reason: str = ""


def change_brand(brand_id: str, change: BrandChange, *, scope: Scope, actor: Actor, now: datetime) -> Brand:
    """Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) with the field at fault."""
    if not change.name.strip():
        raise Refusal("INVALID_REQUEST", "Give it a name.", "name")
    with transaction.atomic():
        brands = scope.rows(Brand.objects.select_for_update().order_by("pk"), brand_field="id")
        brand = brands.filter(pk=brand_id).first()
        if brand is None:
            raise Refusal("NOT_FOUND", "There is no such brand.")
        if brand.is_active and not change.is_active and not change.reason.strip():
            raise Refusal("INVALID_REQUEST", "Say why it is switched off.", "reason")
        before = {"name": brand.name, "is_active": brand.is_active}
        brand.name = change.name.strip()
        brand.is_active = change.is_active
        brand.save(update_fields=["name", "is_active"])
        after = {"name": brand.name, "is_active": brand.is_active}
        subject = Subject("brand", brand.pk, brand.name, brand.operator_id, brand.pk)
        record(actor, "brand.changed", subject, at=now, before=before, after=after, reason=change.reason)
    return brand
