"""Sources: lists, one of them, and the instances behind it."""

from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Source, SourceMapping


def sources(scope: Scope) -> QuerySet[Source]:
    """The sources in scope with their mappings by priority; those without a brand are every brand's."""
    mappings = SourceMapping.objects.select_related("instance").order_by("priority", "created_at", "id")
    rows = scope.rows(Source.objects.select_related("brand"), brand_field="brand_id")
    return rows.prefetch_related(Prefetch("mappings", mappings))


def source(scope: Scope, key: int) -> Source:
    """One source by its row; Refusal(NOT_FOUND) outside the scope."""
    found = sources(scope).filter(pk=key).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such source.")
    return found


def sources_of_owner(scope: Scope, owner_id: str) -> QuerySet[Source]:
    """`operator:brand`: what the brand can use, its own and its operator's; `operator`: all of the operator's.

    Refusal(NOT_FOUND) for an owner outside the scope.
    """
    operator_id, _, brand = owner_id.partition(":")
    if not scope.sees_operator(operator_id) or (brand and not scope.sees_brand(owner_id)):
        raise Refusal("NOT_FOUND", "There is no such owner.", "owner_id")
    rows = sources(scope).filter(operator_id=operator_id)
    return rows.filter(Q(brand_id=owner_id) | Q(brand__isnull=True)) if brand else rows


def source_of_brand(scope: Scope, *, source_id: str, brand_id: str) -> Source | None:
    """The source that a brand means by this id: its own before its operator's; None where there is no such source."""
    operator_id = brand_id.split(":", 1)[0]
    rows = scope.rows(Source.objects.filter(operator_id=operator_id, source_id=source_id))
    return rows.filter(Q(brand_id=brand_id) | Q(brand__isnull=True)).order_by("brand_id").first()


def mapped_instances(scope: Scope, *, source_id: str, brand_id: str) -> list[UUID] | None:
    """The ids of the instances behind a source for a brand, by priority; None where there is no such source."""
    found = source_of_brand(scope, source_id=source_id, brand_id=brand_id)
    return None if found is None else instances_behind(found)


def instances_behind(row: Source) -> list[UUID]:
    """The ids of the instances behind a source, by priority."""
    return list(row.mappings.order_by("priority", "created_at", "id").values_list("instance_id", flat=True))
