"""What the search of the top bar finds among players."""

from django.urls import reverse

from backoffice.tenancy.scope import Scope
from backoffice.web.search import Hit
from campaigns.queries.profiles import profiles_like
from campaigns.web.shown import name_of


def players_like(scope: Scope, text: str, limit: int) -> list[Hit]:
    """Players by the start of their id, e-mail address or number."""
    rows = profiles_like(scope, text, limit=limit)
    return [Hit(row.player_id, reverse("player", args=[row.pk]), name_of(row) or row.brand_id) for row in rows]
