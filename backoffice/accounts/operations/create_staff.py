"""Invite a member of staff."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from backoffice.accounts.membership import check_operator, check_role, checked_brands, shown_brands
from backoffice.accounts.models import StaffUser
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope


@dataclass(frozen=True)
class NewMember:
    """Who is invited. `operator_id` None is the platform; no brands means all of the operator's."""

    email: str
    name: str
    role: str
    operator_id: str | None
    brand_ids: tuple[str, ...] = ()


def create_staff(new: NewMember, *, scope: Scope, actor: Actor, now: datetime) -> StaffUser:
    """The member, who cannot log in before choosing a password (backoffice.accounts.invitations).

    Refusal(NOT_FOUND) for an operator outside the scope, Refusal(INVALID_REQUEST) with the field at fault.
    """
    check_operator(new.operator_id, scope)
    check_role(new.role, new.operator_id)
    email = _checked_email(new.email)
    with transaction.atomic():
        if StaffUser.objects.filter(email=email).exists():
            raise Refusal("INVALID_REQUEST", "This e-mail cannot be used.", "email")
        user = StaffUser(
            email=email,
            name=new.name.strip(),
            role=new.role,
            operator_id=new.operator_id,
            brand_ids=checked_brands(new.brand_ids, new.operator_id, scope),
            joined_at=now,
        )
        user.set_unusable_password()
        user.save()
        after = {"role": user.role, "name": user.name, "brands": shown_brands(user.brand_ids)}
        record(actor, "staff.invited", Subject("staff", str(user.pk), email, user.operator_id), at=now, after=after)
    return user


def _checked_email(email: str) -> str:
    cleaned = email.strip().lower()
    try:
        validate_email(cleaned)
    except ValidationError as error:
        raise Refusal("INVALID_REQUEST", "That is no e-mail address.", "email") from error
    return cleaned
