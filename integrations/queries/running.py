"""What the supervisor asks: which feeds should run, and which of them nobody runs."""

from uuid import UUID

from django.db import connection

from integrations.models import FeedPosition, FeedStatus, Integration, IntegrationState
from integrations.queries.integrations import brands_of


def active_integrations() -> list[Integration]:
    """Every connected integration that has something to read, oldest first."""
    rows = Integration.objects.filter(state=IntegrationState.ACTIVE).exclude(transport="http")
    return list(rows.order_by("submitted_at"))


def taken_integrations() -> set[UUID]:
    """Integrations whose feed somebody owns at this moment by the database's clock, or that a breaker stopped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT integration_id FROM integrations_feedposition WHERE lease_until >= now() OR status = 'tripped'"
        )
        return {row[0] for row in cursor.fetchall()}


def tripped_integrations() -> set[UUID]:
    """Integrations whose feed a breaker stopped."""
    return set(FeedPosition.objects.filter(status=FeedStatus.TRIPPED).values_list("integration_id", flat=True))


def is_tripped(integration: Integration) -> bool:
    """Whether a breaker stopped its feed."""
    return FeedPosition.objects.filter(integration=integration, status=FeedStatus.TRIPPED).exists()


def next_offset_of(position_id: int) -> int:
    """How many messages the position has taken."""
    return FeedPosition.objects.values_list("next_offset", flat=True).get(pk=position_id)


def find_integration(name_or_id: str) -> Integration | None:
    """The connected integration of this id, or of this name where only one operator has it; none that is pushed to."""
    found = Integration.objects.filter(state=IntegrationState.ACTIVE).exclude(transport="http")
    try:
        return found.filter(pk=UUID(name_or_id)).first()
    except ValueError:
        named = list(found.filter(name=name_or_id)[:2])
        return named[0] if len(named) == 1 else None


def receiving_integration(operator_id: str, kind: str, brand_id: str) -> Integration | None:
    """The connected integration of the kind that takes the brand's messages over HTTP, the oldest of several."""
    rows = Integration.objects.filter(
        operator_id=operator_id, kind=kind, transport="http", state=IntegrationState.ACTIVE
    )
    return next((row for row in rows.order_by("submitted_at", "pk") if brand_id in brands_of(row)), None)
