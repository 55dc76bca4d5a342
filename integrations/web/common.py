"""What several pages of integrations share."""

from collections.abc import Callable
from typing import TypeVar

from django.http import Http404
from django.urls import reverse

from backoffice.core.errors import Refusal
from integrations.kinds.registry import kinds
from integrations.models import Integration
from integrations.queries.feeds import FeedHealth

Found = TypeVar("Found")
REPLAY = "replay"


def found_or_404(find: Callable[[], Found]) -> Found:
    """What the query finds; a page that is not there where it is out of scope."""
    try:
        return find()
    except Refusal as refusal:
        if refusal.code == "NOT_FOUND":
            raise Http404(refusal.message) from None
        raise


def address_of(integration: Integration) -> str:
    """Its page."""
    return reverse("integration", args=[integration.pk])


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
