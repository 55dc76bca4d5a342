"""Make an account for a partner's machine."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from backoffice.accounts.membership import check_operator, checked_brands, shown_brands
from backoffice.accounts.models import ServiceAccount, StaffUser
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope

USERNAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{2,99}")
PASSWORD_BYTES: Final = 24


@dataclass(frozen=True)
class NewServiceAccount:
    """No brands means all of the operator's; a password is drawn where none is given."""

    username: str
    operator_id: str
    brand_ids: tuple[str, ...] = ()
    password: str | None = None


@dataclass(frozen=True)
class Credentials:
    """The account, and the password that is seen this once."""

    account: ServiceAccount
    password: str


def create_service_account(
    new: NewServiceAccount, *, created_by: StaffUser | None, scope: Scope, actor: Actor, now: datetime
) -> Credentials:
    """Refusal(NOT_FOUND) for an operator outside the scope, Refusal(INVALID_REQUEST) with the field at fault."""
    check_operator(new.operator_id, scope)
    if not USERNAME.fullmatch(new.username):
        raise Refusal("INVALID_REQUEST", "Three characters or more: letters, digits and . _ @ -", "username")
    password = new.password or secrets.token_urlsafe(PASSWORD_BYTES)
    hashed = make_password(password)
    with transaction.atomic():
        if ServiceAccount.objects.filter(username=new.username).exists():
            raise Refusal("INVALID_REQUEST", "This username cannot be used.", "username")
        account = ServiceAccount.objects.create(
            operator_id=new.operator_id,
            username=new.username,
            password=hashed,
            brand_ids=checked_brands(new.brand_ids, new.operator_id, scope),
            created_at=now,
            created_by=created_by,
        )
        subject = Subject("service_account", str(account.pk), account.username, account.operator_id)
        record(actor, "service_account.created", subject, at=now, after={"brands": shown_brands(account.brand_ids)})
    return Credentials(account, password)
