"""Hand an admin a new token of a service account."""

from datetime import datetime

from django.db import transaction

from backoffice.accounts.operations.issue_token import SHOWN_CHARACTERS, issue_token
from backoffice.accounts.operations.lock_service_account import lock_service_account
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope


def issue_service_token(account_id: int, *, scope: Scope, actor: Actor, now: datetime) -> str:
    """The token, seen this once. Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) where it is off."""
    with transaction.atomic():
        account = lock_service_account(account_id, scope)
        if not account.is_active:
            raise Refusal("INVALID_REQUEST", "The account is switched off.")
        token = issue_token(account, now=now)
        subject = Subject("service_account", str(account.pk), account.username, account.operator_id)
        record(actor, "service_account.token_issued", subject, at=now, after={"token": f"{token[:SHOWN_CHARACTERS]}…"})
    return token
