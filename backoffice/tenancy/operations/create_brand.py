"""Give an operator a brand."""

from datetime import datetime

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand, Operator
from backoffice.tenancy.operations.create_operator import CODE
from backoffice.tenancy.scope import Scope


def create_brand(operator_id: str, code: str, name: str, *, scope: Scope, actor: Actor, now: datetime) -> Brand:
    """The brand `operator:code`; the code never changes.

    Refusal(NOT_FOUND) outside the scope, Refusal(FORBIDDEN) to an account that is limited to brands,
    Refusal(INVALID_REQUEST) with the field at fault.
    """
    if not scope.sees_operator(operator_id):
        raise Refusal("NOT_FOUND", "There is no such operator.")
    if scope.is_limited:
        raise Refusal("FORBIDDEN", "An account that is limited to brands makes no new ones.")
    if not CODE.fullmatch(code):
        raise Refusal("INVALID_REQUEST", "Small letters, digits, - and _, starting with a letter or digit.", "code")
    if not name.strip():
        raise Refusal("INVALID_REQUEST", "Give it a name.", "name")
    brand_id = f"{operator_id}:{code}"
    with transaction.atomic():
        if not Operator.objects.filter(pk=operator_id).exists():
            raise Refusal("NOT_FOUND", "There is no such operator.")
        if Brand.objects.filter(pk=brand_id).exists():
            raise Refusal("INVALID_REQUEST", "This operator has a brand with that code.", "code")
        brand = Brand.objects.create(id=brand_id, operator_id=operator_id, code=code, name=name.strip(), created_at=now)
        subject = Subject("brand", brand.pk, brand.name, operator_id, brand.pk)
        record(actor, "brand.created", subject, at=now, after={"code": code, "name": brand.name})
    return brand
