"""Make a token worthless, at once and everywhere."""

from datetime import datetime

from django.db import transaction

from backoffice.accounts.models import ServiceToken, StaffUser
from backoffice.accounts.operations.lock_service_account import lock_service_account
from backoffice.accounts.revocations import announce_after_commit
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope


def revoke_token(
    token_id: int, *, revoked_by: StaffUser | None, scope: Scope, actor: Actor, now: datetime
) -> ServiceToken:
    """Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) where it is revoked already."""
    with transaction.atomic():
        token = scope.rows(ServiceToken.objects.select_for_update().order_by("pk")).filter(pk=token_id).first()
        if token is None:
            raise Refusal("NOT_FOUND", "There is no such token.")
        account = lock_service_account(token.account_id, scope)
        if token.revoked_at is not None:
            raise Refusal("INVALID_REQUEST", "It is revoked already.")
        token.revoked_at = now
        token.revoked_by = revoked_by
        token.save(update_fields=["revoked_at", "revoked_by"])
        subject = Subject("service_account", str(account.pk), account.username, account.operator_id)
        record(actor, "service_account.token_revoked", subject, at=now, before={"token": str(token)})
        announce_after_commit(f"token:{token.pk}")
    return token
