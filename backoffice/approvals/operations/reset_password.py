"""What an approved request for a new password does: the old one is gone, and an invitation can be made."""

from datetime import datetime

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal


def reset_password(approval: Approval, actor: Actor, now: datetime) -> None:
    """Run in the decision's transaction; every session of the member ends with the password.

    Refusal(INVALID_REQUEST) where the member has none any more.
    """
    members = StaffUser.objects.select_for_update(of=("self",))
    member = members.get(pk=int(approval.object_id), operator_id=approval.operator_id)
    if not member.has_usable_password():
        raise Refusal("INVALID_REQUEST", "They have no password any more; an invitation link is enough.")
    member.set_unusable_password()
    member.password_reset_id = approval.pk
    member.save(update_fields=["password", "password_reset_id"])
    subject = Subject("staff", str(member.pk), member.email, member.operator_id)
    record(actor, "staff.password_reset", subject, at=now, reason=approval.reason)
