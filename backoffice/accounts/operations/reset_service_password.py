"""Give a service account a new password."""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from backoffice.accounts.operations.create_service_account import PASSWORD_BYTES, Credentials
from backoffice.accounts.operations.lock_service_account import lock_service_account
from backoffice.audit.record import Actor, Subject, record
from backoffice.tenancy.scope import Scope


def reset_service_password(account_id: int, *, scope: Scope, actor: Actor, now: datetime) -> Credentials:
    """The new password, seen this once. Tokens that were issued before stay: revoke them where they leaked.

    Refusal(NOT_FOUND) outside the scope.
    """
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    hashed = make_password(password)
    with transaction.atomic():
        account = lock_service_account(account_id, scope)
        account.password = hashed
        account.save(update_fields=["password"])
        subject = Subject("service_account", str(account.pk), account.username, account.operator_id)
        record(actor, "service_account.password_reset", subject, at=now)
    return Credentials(account, password)
