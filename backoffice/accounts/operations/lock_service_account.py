"""Take a service account in hand, inside the operation that changes it."""

from backoffice.accounts.membership import check_reach
from backoffice.accounts.models import ServiceAccount
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope


def lock_service_account(account_id: int, scope: Scope) -> ServiceAccount:
    """The account, locked until the transaction ends. Refusal(NOT_FOUND) outside the scope, FORBIDDEN where
    it reaches further."""
    accounts = scope.rows(ServiceAccount.objects.select_for_update().order_by("pk"))
    account = accounts.filter(pk=account_id).first()
    if account is None:
        raise Refusal("NOT_FOUND", "There is no such service account.")
    check_reach(account.brand_ids, scope)
    return account
