"""Ask a second person to let a member of staff choose a password anew."""

from datetime import datetime

from django.db import transaction

from backoffice.accounts.membership import check_reach, shown_brands
from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope

KIND = "staff.password_reset"


def request_password_reset(
    user_id: int, *, reason: str, requested_by: StaffUser, scope: Scope, actor: Actor, now: datetime
) -> Approval:
    """Store the request. Whoever opens an invitation becomes the member, so that one person alone does not hand one
    out in the place of a password that is in use.

    Refusal(NOT_FOUND) outside the scope, FORBIDDEN where the member reaches further, INVALID_REQUEST for a member who
    has no password, and for oneself.
    """
    with transaction.atomic():
        member = scope.rows(StaffUser.objects.select_for_update(of=("self",))).filter(pk=user_id).first()
        if member is None or member.operator_id is None:
            raise Refusal("NOT_FOUND", "There is no such member of staff.")
        check_reach(member.brand_ids, scope)
        if member.pk == requested_by.pk:
            raise Refusal("INVALID_REQUEST", "Your own password you change in your account.")
        if not member.has_usable_password():
            raise Refusal("INVALID_REQUEST", "They have no password yet; an invitation link is enough.")
        request = Request(
            kind=KIND,
            operator_id=member.operator_id,
            brand_id=member.brand_ids[0] if len(member.brand_ids) == 1 else None,
            object_id=str(member.pk),
            title=f"Let {member.email} choose a new password",
            reason=reason,
            before={"password": "in use"},
            after={"password": "none, until one is chosen by an invitation link"},
            evidence={
                "member": {"name": member.name or member.email, "role": member.get_role_display()}
                | {"brands": shown_brands(member.brand_ids)},
                "warnings": ["An admin is then shown a link; whoever opens it first becomes this member of staff."],
            },
        )
        return request_approval(request, requested_by=requested_by, actor=actor, now=now)
