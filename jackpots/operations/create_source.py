"""Create a source."""

from datetime import datetime

from django.db import IntegrityError, transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Source
from jackpots.operations.create_template import check_owner


def create_source(  # noqa: PLR0913 - a source, in which scope, by whom and when
    source_id: str,
    *,
    operator_id: str,
    brand_id: str | None,
    name: str,
    scope: Scope,
    actor: Actor,
    now: datetime,
) -> Source:
    """A source of the brand, or of the whole operator. Refusal(NOT_FOUND) for a foreign owner,
    Refusal(INVALID_REQUEST) for an id that is empty, too long or taken."""
    check_owner(scope, operator_id, brand_id)
    source_id = source_id.strip()
    if not 1 <= len(source_id) <= 100:
        raise Refusal("INVALID_REQUEST", "A source needs an id of 1 to 100 characters.", "source_id")
    try:
        with transaction.atomic():
            source = Source.objects.create(
                operator_id=operator_id,
                brand_id=brand_id,
                source_id=source_id,
                name=(name.strip() or source_id)[:200],
                created_at=now,
            )
            after: dict[str, object] = {"source_id": source_id, "name": source.name}
            record(actor, "source.created", subject_of(source), at=now, after=after)
    except IntegrityError:
        raise Refusal("INVALID_REQUEST", f"There is a source {source_id!r} already.", "source_id") from None
    return source


def subject_of(source: Source) -> Subject:
    """The source as the audit log names it."""
    return Subject("source", str(source.pk), source.source_id, source.operator_id, source.brand_id)
