"""Change what a member of staff is."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from backoffice.accounts.membership import check_reach, check_role, checked_brands, shown_brands
from backoffice.accounts.models import Role, StaffUser
from backoffice.accounts.revocations import announce_after_commit
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope


@dataclass(frozen=True)
class MemberChange:
    """What the member is to be afterwards, and why."""

    name: str
    role: str
    brand_ids: tuple[str, ...] = ()
    is_active: bool = True
    reason: str = ""


def change_staff(user_id: int, change: MemberChange, *, scope: Scope, actor: Actor, now: datetime) -> StaffUser:
    """Another role, other brands, or switched off, end the member's sessions at once.

    Refusal(NOT_FOUND) outside the scope; Refusal(INVALID_REQUEST) with the field at fault, for what an admin does to
    their own role, and where nobody would be left to administer the operator.
    """
    with transaction.atomic():
        user = _locked(user_id, scope)
        before = _shown(user)
        check_role(change.role, user.operator_id)
        if str(user.pk) == actor.id and actor.kind == "staff" and not _keeps_power(user, change):
            raise Refusal("INVALID_REQUEST", "Nobody takes their own power away; ask another admin.", "role")
        user.brand_ids = checked_brands(change.brand_ids, user.operator_id, scope)
        user.name, user.role, user.is_active = change.name.strip(), change.role, change.is_active
        user.save(update_fields=["name", "role", "brand_ids", "is_active"])
        _check_somebody_administers(user)
        subject = Subject("staff", str(user.pk), user.email, user.operator_id)
        action = "staff.changed" if before["active"] == user.is_active else _switched(user)
        record(actor, action, subject, at=now, before=before, after=_shown(user), reason=change.reason)
        announce_after_commit(f"staff:{user.pk}")
    return user


def _locked(user_id: int, scope: Scope) -> StaffUser:
    # Every admin of the operator is locked, in one order, so that two of them cannot switch each other off at once.
    members = scope.rows(StaffUser.objects.all())
    user = members.filter(pk=user_id).first()
    if user is None:
        raise Refusal("NOT_FOUND", "There is no such member of staff.")
    check_reach(user.brand_ids, scope)
    peers = StaffUser.objects.select_for_update().filter(operator_id=user.operator_id).order_by("pk")
    return next(peer for peer in list(peers) if peer.pk == user_id)


def _keeps_power(user: StaffUser, change: MemberChange) -> bool:
    return change.is_active and change.role == user.role and sorted(change.brand_ids) == sorted(user.brand_ids)


def _check_somebody_administers(user: StaffUser) -> None:
    role = Role.PLATFORM_ADMIN if user.operator_id is None else Role.OPERATOR_ADMIN
    if not StaffUser.objects.filter(operator_id=user.operator_id, role=role, is_active=True).exists():
        raise Refusal("INVALID_REQUEST", "Nobody would be left to administer it; name another admin first.", "role")


def _shown(user: StaffUser) -> dict[str, object]:
    return {"name": user.name, "role": user.role, "brands": shown_brands(user.brand_ids), "active": user.is_active}


def _switched(user: StaffUser) -> str:
    return "staff.reactivated" if user.is_active else "staff.deactivated"
