"""A machine shows its name and password and is given a token."""

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from backoffice.accounts.models import ServiceAccount
from backoffice.accounts.operations.issue_token import SHOWN_CHARACTERS, issue_token
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal


def log_in_service(
    username: str, password: str, *, now: datetime, request_id: str = "", address: str | None = None
) -> str:
    """A new token of the account. Refusal(UNAUTHORIZED), after the same work, whatever was wrong."""
    account = ServiceAccount.objects.select_related("operator").filter(username=username).first()
    if account is None:
        make_password(password)
    if account is None or not check_password(password, account.password) or not _may_come_in(account):
        raise Refusal("UNAUTHORIZED", "The username or the password is wrong.")
    with transaction.atomic():
        token = issue_token(account, now=now)
        actor = Actor.service(account, request_id=request_id, address=address)
        subject = Subject("service_account", str(account.pk), account.username, account.operator_id)
        record(actor, "service_account.logged_in", subject, at=now, after={"token": f"{token[:SHOWN_CHARACTERS]}…"})
    return token


def _may_come_in(account: ServiceAccount) -> bool:
    return account.is_active and account.operator.is_active
