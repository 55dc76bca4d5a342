"""Requests for a second person that still wait, by what they are about."""

from collections.abc import Collection

from backoffice.approvals.models import Approval, ApprovalState
from backoffice.tenancy.scope import Scope


def waiting_approval(scope: Scope, kinds: Collection[str], object_id: str) -> Approval | None:
    """The pending request of one of the kinds about the object; None where nobody is asked."""
    rows = scope.rows(
        Approval.objects.select_related("requested_by").filter(state=ApprovalState.PENDING), brand_field="brand_id"
    )
    return rows.filter(kind__in=kinds, object_id=object_id).first()
