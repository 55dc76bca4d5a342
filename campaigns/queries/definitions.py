"""What the data manager shows of brands: events, attributes, channels, and what was ignored."""

from django.db.models import QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from campaigns.models import AttributeDefinition, EventDefinition, IgnoredAttribute, Subscription


def event_definitions(scope: Scope, *, with_unlisted: bool = False) -> QuerySet[EventDefinition]:
    """The events of the brands in scope, by brand, name and topic; those not seen yet that are to be hidden until then
    only where they are asked for (GIG-13)."""
    rows = scope.rows(EventDefinition.objects.all(), brand_field="brand_id")
    if not with_unlisted:
        rows = rows.filter(is_listed=True)
    return rows.order_by("brand_id", "name", "topic")


def segmentable_events(scope: Scope, brand_id: str) -> QuerySet[EventDefinition]:
    """The events of a brand that segments may use (GIG-26)."""
    return event_definitions(scope, with_unlisted=True).filter(brand_id=brand_id, is_segmentable=True)


def event_definition(scope: Scope, definition_id: int) -> EventDefinition:
    """One event; Refusal(NOT_FOUND) outside the scope."""
    found = event_definitions(scope, with_unlisted=True).filter(pk=definition_id).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such event.")
    return found


def attribute_definitions(scope: Scope) -> QuerySet[AttributeDefinition]:
    """The attributes of the brands in scope, by brand, the system's first."""
    rows = scope.rows(AttributeDefinition.objects.all(), brand_field="brand_id")
    return rows.order_by("brand_id", "-is_system", "name")


def subscriptions(scope: Scope) -> QuerySet[Subscription]:
    """Channels and their preferences, with how many players said yes and no to each; a channel before what is in it."""
    rows = scope.rows(Subscription.objects.all(), brand_field="brand_id")
    return rows.order_by("brand_id", "channel", "preference")


def ignored_attributes(scope: Scope) -> QuerySet[IgnoredAttribute]:
    """What messages brought and was not taken, the latest first."""
    rows = scope.rows(IgnoredAttribute.objects.all(), brand_field="brand_id")
    return rows.order_by("-last_at", "brand_id", "event", "name")
