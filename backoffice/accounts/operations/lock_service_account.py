"""Take a service account in hand, inside the operation that changes it."""

from backoffice.accounts.models import ServiceAccount
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope


def lock_service_account(account_id: int, scope: Scope) -> ServiceAccount:
    """The account, locked until the transaction ends. Refusal(NOT_FOUND) outside the scope."""
    accounts = scope.rows(ServiceAccount.objects.select_for_update().order_by("pk"))
    account = accounts.filter(pk=account_id).first()
    if account is None or (scope.brand_ids is not None and not scope.brand_ids.intersection(account.brand_ids)):
        raise Refusal("NOT_FOUND", "There is no such service account.")
    return account
