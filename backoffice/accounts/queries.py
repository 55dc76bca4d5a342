"""Reads of staff, service accounts and their tokens."""

from django.db.models import Count, Max, Q, QuerySet

from backoffice.accounts.models import ServiceAccount, ServiceToken, StaffUser
from backoffice.tenancy.scope import Scope


def staff(scope: Scope) -> QuerySet[StaffUser]:
    """The members of staff in scope, by e-mail. An admin limited to brands sees who shares one of them."""
    found = scope.rows(StaffUser.objects.select_related("operator"))
    if scope.brand_ids is not None:
        found = found.filter(brand_ids__overlap=sorted(scope.brand_ids))
    return found.order_by("email")


def service_accounts(scope: Scope) -> QuerySet[ServiceAccount]:
    """The service accounts in scope by name, with `live_tokens` and `last_used_at`."""
    found = scope.rows(ServiceAccount.objects.select_related("operator", "created_by"))
    if scope.brand_ids is not None:
        found = found.filter(brand_ids__overlap=sorted(scope.brand_ids))
    live = Count("tokens", filter=Q(tokens__revoked_at__isnull=True))
    return found.annotate(live_tokens=live, last_used_at=Max("tokens__last_used_at")).order_by("username")


def tokens_of(account: ServiceAccount) -> QuerySet[ServiceToken]:
    """The account's tokens, live and revoked, newest first."""
    return account.tokens.select_related("revoked_by").order_by("-created_at", "-pk")
