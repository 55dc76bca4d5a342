"""Write down that a member of staff gets a new link to choose a password."""

from datetime import datetime

from django.db import transaction

from backoffice.accounts.membership import check_reach
from backoffice.accounts.models import StaffUser
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope


def invite_again(user_id: int, *, scope: Scope, actor: Actor, now: datetime) -> StaffUser:
    """The link itself is backoffice.accounts.invitations.invitation_path. Refusal(NOT_FOUND) outside the scope,
    INVALID_REQUEST to a member who has chosen a password: the link would hand the account to whoever opens it."""
    with transaction.atomic():
        user = scope.rows(StaffUser.objects.select_for_update().order_by("pk")).filter(pk=user_id).first()
        if user is None:
            raise Refusal("NOT_FOUND", "There is no such member of staff.")
        check_reach(user.brand_ids, scope)
        if user.has_usable_password():
            raise Refusal(
                "INVALID_REQUEST", "They have chosen a password; ask a second person to let them choose anew."
            )
        record(actor, "staff.invited_again", Subject("staff", str(user.pk), user.email, user.operator_id), at=now)
    return user
