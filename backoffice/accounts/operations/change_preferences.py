"""What a member of staff sets for themselves."""

from datetime import datetime

from django.db import transaction

from backoffice.accounts.models import StaffUser
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.core.zones import time_zones


def change_preferences(user: StaffUser, *, name: str, time_zone: str, actor: Actor, now: datetime) -> StaffUser:
    """The name that others read, and the zone in which pages speak. Refusal(INVALID_REQUEST) for an unknown zone."""
    if time_zone not in time_zones():
        raise Refusal("INVALID_REQUEST", "That time zone is not known.", "time_zone")
    with transaction.atomic():
        member = StaffUser.objects.select_for_update().order_by("pk").get(pk=user.pk)
        before = {"name": member.name, "time_zone": member.time_zone}
        member.name, member.time_zone = name.strip(), time_zone
        member.save(update_fields=["name", "time_zone"])
        after = {"name": member.name, "time_zone": time_zone}
        subject = Subject("staff", str(member.pk), member.email, member.operator_id)
        record(actor, "staff.preferences_changed", subject, at=now, before=before, after=after)
    return member
