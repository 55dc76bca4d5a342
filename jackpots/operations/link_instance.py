"""Let contributions to one instance feed another as well."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, InstanceLink
from jackpots.operations.change_state import subject_of
from jackpots.queries.instances import in_scope

MAX_LINKS = 10


def link_instance(instance_id: UUID, linked_id: UUID, *, scope: Scope, actor: Actor, now: datetime) -> InstanceLink:
    """From now on each contribution to the instance is contributed to the linked one too, by the rules of that one;
    nothing further follows. The same again changes nothing.

    Refusal(NOT_FOUND) for either outside the scope or of another operator, INVALID_REQUEST for an instance and itself,
    or for one with ten links.
    """
    if instance_id == linked_id:
        raise Refusal("INVALID_REQUEST", "A jackpot cannot be linked to itself.", "linked_id")
    with transaction.atomic():
        instance = changeable(instance_id, scope, "instance_id")
        linked = changeable(linked_id, scope, "linked_id")
        if linked.operator_id != instance.operator_id:
            raise Refusal("NOT_FOUND", "There is no such instance.", "linked_id")
        list(Instance.objects.select_for_update(of=("self",)).filter(pk=instance_id))
        links = InstanceLink.objects.filter(instance=instance)
        found = links.filter(linked=linked).first()
        if found is not None:
            return found
        if links.count() >= MAX_LINKS:
            raise Refusal("INVALID_REQUEST", f"A jackpot feeds at most {MAX_LINKS} others.", "linked_id")
        link = InstanceLink.objects.create(
            operator_id=instance.operator_id, instance=instance, linked=linked, created_at=now
        )
        after: dict[str, object] = {"linked": str(linked_id), "name": linked.name}
        record(actor, "instance.linked", subject_of(instance), at=now, after=after)
    return link


def changeable(instance_id: UUID, scope: Scope, field: str) -> Instance:
    """The instance, which the viewer may change. Refusal(NOT_FOUND) outside the scope, else FORBIDDEN."""
    instance = in_scope(Instance.objects.all(), scope).filter(pk=instance_id).first()
    if instance is None:
        raise Refusal("NOT_FOUND", "There is no such instance.", field)
    scope.check_change(instance.brand_id)
    return instance
