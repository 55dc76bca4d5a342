"""Take an instance from behind a source."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import SourceMapping
from jackpots.operations.create_source import subject_of
from jackpots.queries.sources import sources


def unmap_source(source_key: int, instance_id: UUID, *, scope: Scope, actor: Actor, now: datetime) -> None:
    """Remove the mapping; contributions by the source go to what remains. Refusal(NOT_FOUND) outside the scope."""
    with transaction.atomic():
        source = sources(scope).filter(pk=source_key).first()
        mapping = SourceMapping.objects.filter(source=source, instance_id=instance_id).first() if source else None
        if source is None or mapping is None:
            raise Refusal("NOT_FOUND", "There is no such mapping.")
        scope.check_change(source.brand_id)
        before: dict[str, object] = {"instance": str(instance_id), "priority": mapping.priority}
        mapping.delete()
        record(actor, "source.unmapped", subject_of(source), at=now, before=before)
