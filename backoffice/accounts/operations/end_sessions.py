"""Log a member of staff out everywhere."""

from datetime import datetime

from django.db import transaction

from backoffice.accounts.membership import check_reach
from backoffice.accounts.models import StaffUser
from backoffice.accounts.revocations import announce_after_commit
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope


def end_sessions(user_id: int, *, scope: Scope, actor: Actor, now: datetime) -> StaffUser:
    """Every session that began until now ends. Refusal(NOT_FOUND) outside the scope."""
    with transaction.atomic():
        members = scope.rows(StaffUser.objects.select_for_update().order_by("pk"))
        user = members.filter(pk=user_id).first()
        if user is None:
            raise Refusal("NOT_FOUND", "There is no such member of staff.")
        check_reach(user.brand_ids, scope)
        user.sessions_ended_at = now
        user.save(update_fields=["sessions_ended_at"])
        record(actor, "staff.sessions_ended", Subject("staff", str(user.pk), user.email, user.operator_id), at=now)
        announce_after_commit(f"staff:{user.pk}")
    return user
