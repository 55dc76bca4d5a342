"""Dead letters: lists, one of them, reasons."""

from uuid import UUID

from django.db.models import QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from integrations.models import DeadLetter, Integration
from integrations.queries.integrations import brands_of


def dead_letters(scope: Scope) -> QuerySet[DeadLetter]:
    """The dead letters in scope, newest first, without their bytes."""
    return scope.rows(DeadLetter.objects.select_related("integration")).defer("raw")


def changeable(rows: QuerySet[DeadLetter], scope: Scope) -> QuerySet[DeadLetter]:
    """Those that the viewer may replay or set aside: of integrations that serve the viewer's brands only."""
    if not scope.is_limited:
        return rows
    own = [row.pk for row in scope.rows(Integration.objects.all()) if scope.may_change(brands_of(row))]
    return rows.filter(integration_id__in=own)


def dead_letter(scope: Scope, key: int) -> DeadLetter:
    """One dead letter with its bytes; Refusal(NOT_FOUND) outside the scope."""
    found = scope.rows(DeadLetter.objects.select_related("integration")).filter(pk=key).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such dead letter.")
    return found


def reasons(scope: Scope) -> list[str]:
    """Every reason that waits, is set aside or was replayed in scope."""
    rows = scope.rows(DeadLetter.objects.all()).order_by("reason")
    return list(rows.values_list("reason", flat=True).distinct())


def waiting_count(scope: Scope, integration_id: UUID | None = None) -> int:
    """How many wait, of one integration or of all."""
    rows = scope.rows(DeadLetter.objects.filter(state="waiting"))
    return rows.filter(integration_id=integration_id).count() if integration_id else rows.count()
