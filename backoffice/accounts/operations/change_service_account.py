"""Limit a service account to brands, or switch it off and on."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from backoffice.accounts.membership import checked_brands, shown_brands
from backoffice.accounts.models import ServiceAccount
from backoffice.accounts.operations.lock_service_account import lock_service_account
from backoffice.accounts.revocations import announce_after_commit
from backoffice.audit.record import Actor, Subject, record
from backoffice.tenancy.scope import Scope


@dataclass(frozen=True)
class ServiceAccountChange:
    """What it is to be afterwards, and why. Switched off, its tokens are worth nothing while it is off."""

    brand_ids: tuple[str, ...]
    is_active: bool
    reason: str = ""


def change_service_account(
    account_id: int, change: ServiceAccountChange, *, scope: Scope, actor: Actor, now: datetime
) -> ServiceAccount:
    """Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) for brands that are not the admin's to give."""
    with transaction.atomic():
        account = lock_service_account(account_id, scope)
        before = {"brands": shown_brands(account.brand_ids), "active": account.is_active}
        account.brand_ids = checked_brands(change.brand_ids, account.operator_id, scope)
        account.is_active = change.is_active
        account.save(update_fields=["brand_ids", "is_active"])
        after = {"brands": shown_brands(account.brand_ids), "active": account.is_active}
        subject = Subject("service_account", str(account.pk), account.username, account.operator_id)
        record(actor, "service_account.changed", subject, at=now, before=before, after=after, reason=change.reason)
        announce_after_commit(f"service_account:{account.pk}")
    return account
