"""Drop the cursor of a subscriber that no longer exists, so that it holds no event back."""

from django.db import transaction

from backoffice.core.errors import Refusal
from backoffice.events.models import SubscriberCursor
from backoffice.events.subscribers import subscribers


def forget_subscriber(subscriber: str) -> None:
    """Refusal(INVALID_REQUEST) while backoffice.subscriptions names it, Refusal(NOT_FOUND) where it has no cursor."""
    if subscriber in subscribers():
        raise Refusal("INVALID_REQUEST", f"{subscriber} is a subscriber still.")
    with transaction.atomic():
        deleted, _ = SubscriberCursor.objects.filter(subscriber=subscriber).delete()
    if not deleted:
        raise Refusal("NOT_FOUND", f"No cursor is called {subscriber}.")
