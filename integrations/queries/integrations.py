"""Integrations: lists, one of them, and what a copy of it starts with."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from integrations.kinds.registry import kinds
from integrations.models import FeedMember, FeedPosition, Integration, IntegrationState, KindFlag


def integrations(scope: Scope) -> QuerySet[Integration]:
    """The integrations in scope, newest first, with who submitted them, their feeds' positions and members."""
    rows = scope.rows(Integration.objects.select_related("submitted_by", "operator"))
    return rows.prefetch_related(
        Prefetch("positions", FeedPosition.objects.order_by("topic", "partition")),
        Prefetch("members", FeedMember.objects.order_by("credentials", "owner")),
    )


def integration(scope: Scope, key: UUID) -> Integration:
    """One integration; Refusal(NOT_FOUND) outside the scope."""
    found = integrations(scope).select_related("approval", "approval__decided_by", "copied_from").filter(pk=key).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such integration.")
    return found


def brands_of(row: Integration | None) -> frozenset[str]:
    """The brands whose messages the integration brings; none where it is the whole operator's, or nobody's."""
    kind = kinds().get(row.kind) if row is not None else None
    return frozenset() if row is None or kind is None else kind.brands(row.settings["kind"])


@dataclass(frozen=True)
class Original:
    """What a copy starts with; the credentials are never among it."""

    key: UUID
    name: str
    kind: str
    transport: str
    settings: dict[str, Any]
    connection: dict[str, Any]


def original(scope: Scope, key: UUID) -> Original:
    """What "duplicate as new" fills in; the name is one that is free. Refusal(NOT_FOUND) outside the scope."""
    found = integration(scope, key)
    living = [IntegrationState.AWAITING_APPROVAL, IntegrationState.ACTIVE]
    taken = set(
        Integration.objects.filter(operator_id=found.operator_id, state__in=living).values_list("name", flat=True)
    )
    name, number = found.name, 2
    while name in taken:
        name, number = f"{found.name[:190]} ({number})", number + 1
    return Original(
        found.pk, name, found.kind, found.transport, dict(found.settings["kind"]), dict(found.settings["connection"])
    )


def connected_of_kind(scope: Scope, kind: str, operator_id: str) -> QuerySet[Integration]:
    """Connected integrations through which dead letters of the kind can be replayed."""
    rows = scope.rows(Integration.objects.filter(kind=kind, operator_id=operator_id, state=IntegrationState.ACTIVE))
    return rows.order_by("name")


def enabled_kinds(operator_id: str) -> set[str]:
    """Slugs of the kinds that the operator may connect."""
    return set(KindFlag.objects.filter(operator_id=operator_id, is_enabled=True).values_list("kind", flat=True))


def kind_flags() -> dict[tuple[str, str], bool]:
    """Every flag that was ever set: (operator id, kind) to whether it is on."""
    rows = KindFlag.objects.values_list("operator_id", "kind", "is_enabled")
    return {(operator_id, kind): is_enabled for operator_id, kind, is_enabled in rows}


def connected_counts() -> dict[tuple[str, str], int]:
    """(operator id, kind) to how many integrations of it are connected."""
    counts: dict[tuple[str, str], int] = {}
    active = Integration.objects.filter(state=IntegrationState.ACTIVE).values_list("operator_id", "kind")
    for key in active:
        counts[key] = counts.get(key, 0) + 1
    return counts
