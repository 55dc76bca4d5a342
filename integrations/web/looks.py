"""How an integration, its kind and its feed look on every page: address, title, badge."""

from django.urls import reverse

from integrations.kinds.registry import kinds
from integrations.models import Integration
from integrations.queries.feeds import FeedHealth

REPLAY = "replay"


def address_of(record: Integration) -> str:
    """Its page."""
    return reverse("integration", args=[record.pk])


def kind_title(slug: str) -> str:
    """What people call the kind; a kind whose folder is gone keeps its slug."""
    kind = kinds().get(slug)
    return kind.title if kind else slug


def feed_look(health: FeedHealth) -> tuple[str, str]:
    """State and word of a feed, for the badge."""
    if health.is_silent:
        return "silent", health.word
    state = {"waiting": "reconnecting", "": "pending"}.get(health.status, health.status)
    return state, f"{health.word}, quiet" if health.is_quiet else health.word
