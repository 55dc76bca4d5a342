"""Put an instance behind a source."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, SourceMapping
from jackpots.operations.create_source import subject_of
from jackpots.queries.instances import in_scope
from jackpots.queries.sources import sources


def map_source(
    source_key: int, instance_id: UUID, *, priority: int, scope: Scope, actor: Actor, now: datetime
) -> SourceMapping:
    """Map the source to the instance, or change the priority of the mapping; the lowest number comes first.

    Refusal(NOT_FOUND) for either outside the scope or of another operator.
    """
    if not -(2**31) <= priority < 2**31:
        raise Refusal("INVALID_REQUEST", "The priority must be a 32-bit number.", "priority")
    with transaction.atomic():
        source = sources(scope).filter(pk=source_key).first()
        if source is None:
            raise Refusal("NOT_FOUND", "There is no such source.")
        scope.check_change(source.brand_id)
        instances = in_scope(Instance.objects.all(), scope).filter(operator_id=source.operator_id)
        instance = instances.filter(pk=instance_id).first()
        if instance is None:
            raise Refusal("NOT_FOUND", "There is no such instance.", "instance_id")
        mapping, was_made = SourceMapping.objects.get_or_create(
            operator_id=source.operator_id,
            source=source,
            instance=instance,
            defaults={"priority": priority, "created_at": now},
        )
        before: dict[str, object] = {} if was_made else {"instance": str(instance_id), "priority": mapping.priority}
        if mapping.priority != priority:
            mapping.priority = priority
            mapping.save(update_fields=["priority"])
        after: dict[str, object] = {"instance": str(instance_id), "name": instance.name, "priority": priority}
        record(actor, "source.mapped", subject_of(source), at=now, before=before, after=after)
    return mapping
