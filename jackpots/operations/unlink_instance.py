"""Let contributions to one instance feed another no more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import InstanceLink
from jackpots.operations.change_state import subject_of
from jackpots.operations.link_instance import changeable


def unlink_instance(instance_id: UUID, linked_id: UUID, *, scope: Scope, actor: Actor, now: datetime) -> None:
    """Remove the link; what was contributed over it stays. Refusal(NOT_FOUND) where there is none in scope."""
    with transaction.atomic():
        instance = changeable(instance_id, scope, "instance_id")
        link = InstanceLink.objects.filter(instance=instance, linked_id=linked_id).first()
        if link is None:
            raise Refusal("NOT_FOUND", "There is no such link.", "linked_id")
        link.delete()
        before: dict[str, object] = {"linked": str(linked_id)}
        record(actor, "instance.unlinked", subject_of(instance), at=now, before=before)
