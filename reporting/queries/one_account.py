"""One account of the ledger and its lines."""

from typing import Any

from django.db.models import QuerySet

from backoffice.tenancy.scope import Scope
from jackpots.queries import ledger


def account(scope: Scope, account_id: int) -> Any:
    """The account of the scope's operator with its jackpot, pot and brand; None for any other."""
    return ledger.accounts(Scope(scope.operator_id)).select_related("pot", "instance").filter(pk=account_id).first()


def account_lines(scope: Scope, row: Any) -> QuerySet[Any]:
    """Its lines, the newest first."""
    found = ledger.lines(Scope(scope.operator_id), instance_ids=[row.instance_id]).filter(account_id=row.pk)
    return found.order_by("-occurred_at", "-id")
