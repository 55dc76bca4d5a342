"""Suspend everything of an operator, one of its brands or one of its sources."""

from datetime import datetime

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand, Operator
from backoffice.tenancy.scope import Scope
from jackpots.models import Source, Suspension
from jackpots.queries.sources import sources
from jackpots.queries.suspensions import Suspended


def suspend(what: Suspended, *, reason: str, scope: Scope, actor: Actor, now: datetime) -> Suspension:
    """Contributions of it are refused from the next batch on; opting out stays possible.

    Refusal(NOT_FOUND) outside the scope, FORBIDDEN where it is not the viewer's to change, Refusal(INVALID_REQUEST)
    where it is suspended already or no reason is given.
    """
    if not reason.strip():
        raise Refusal("INVALID_REQUEST", "Say why it is suspended.", "reason")
    if what.brand_id is not None and what.source_key is not None:
        raise Refusal("INVALID_REQUEST", "Name a brand or a source, not both.", "source")
    with transaction.atomic():
        source = _checked(what, scope)
        # The operator's row orders those who suspend the same thing at once.
        Operator.objects.select_for_update(of=("self",)).get(pk=what.operator_id)
        held = Suspension.objects.filter(operator_id=what.operator_id, ended_at__isnull=True)
        if held.filter(brand_id=what.brand_id, source=source).exists():
            raise Refusal("INVALID_REQUEST", "It is suspended already.")
        made = Suspension.objects.create(
            operator_id=what.operator_id,
            brand_id=what.brand_id,
            source=source,
            reason=reason[:300],
            started_at=now,
            started_by=actor.name,
        )
        record(actor, "suspension.started", subject_of(made), at=now, after={"suspended": True}, reason=reason)
    return made


def _checked(what: Suspended, scope: Scope) -> Source | None:
    """The source that is named, once everything that is named is in scope and the viewer's to change."""
    source = None
    if not scope.sees_operator(what.operator_id) or not Operator.objects.filter(pk=what.operator_id).exists():
        raise Refusal("NOT_FOUND", "There is no such operator.")
    if what.source_key is not None:
        source = sources(scope).filter(operator_id=what.operator_id, pk=what.source_key).first()
        if source is None:
            raise Refusal("NOT_FOUND", "There is no such source.", "source")
        scope.check_change(source.brand_id)
        return source
    if what.brand_id is not None:
        is_there = Brand.objects.filter(operator_id=what.operator_id, pk=what.brand_id).exists()
        if not scope.sees_brand(what.brand_id) or not is_there:
            raise Refusal("NOT_FOUND", "There is no such brand.", "brand")
    scope.check_change(what.brand_id)
    return None


def name_of(row: Suspension) -> str:
    """What is suspended, in words."""
    if row.source is not None:
        return f"source {row.source.source_id}"
    return f"brand {row.brand_id}" if row.brand_id is not None else f"everything of {row.operator_id}"


def subject_of(row: Suspension) -> Subject:
    """The suspension as the audit log names it."""
    brand_id = row.source.brand_id if row.source is not None else row.brand_id
    return Subject("suspension", str(row.pk), name_of(row), row.operator_id, brand_id)
