"""Reads of requests for a second person."""

from uuid import UUID

from django.db.models import QuerySet

from backoffice.accounts.models import StaffUser
from backoffice.accounts.rights import has_right
from backoffice.approvals.models import Approval, ApprovalState
from backoffice.tenancy.scope import Scope


def approvals(scope: Scope) -> QuerySet[Approval]:
    """Every request in scope, newest first, with who asked and who decided."""
    rows = Approval.objects.select_related("requested_by", "decided_by", "operator", "brand")
    return scope.rows(rows, brand_field="brand_id").order_by("-requested_at", "-pk")


def approval(scope: Scope, approval_id: UUID) -> Approval | None:
    """One request in scope."""
    return approvals(scope).filter(pk=approval_id).first()


def waiting_for(viewer: StaffUser, scope: Scope) -> QuerySet[Approval]:
    """The pending requests that this viewer may decide: none without the right, never their own, and of the brands
    that they are limited to."""
    if not has_right(viewer, "approvals.decide"):
        return Approval.objects.none()
    found = approvals(scope).filter(state=ApprovalState.PENDING).exclude(requested_by_id=viewer.pk)
    return found.filter(brand_id__in=scope.brand_ids or ()) if scope.is_limited else found


def count_waiting(viewer: StaffUser, scope: Scope) -> int:
    """How many requests wait for this viewer; the sidebar's number."""
    return waiting_for(viewer, scope).count()


def pending_for_object(scope: Scope, kind: str, object_id: str) -> Approval | None:
    """The request of this kind about this object that waits, for the object's own page."""
    return approvals(scope).filter(kind=kind, object_id=object_id, state=ApprovalState.PENDING).first()
