"""What the search of the top bar finds among jackpots."""

from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from backoffice.tenancy.scope import Scope
from backoffice.web.search import Hit
from jackpots.queries.instances import instances
from jackpots.queries.sources import sources
from jackpots.queries.templates import templates


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def instances_like(scope: Scope, text: str, limit: int) -> list[Hit]:
    """Instances by a part of the name, or by the whole id."""
    rows = instances(scope).filter(Q(name__icontains=text) | Q(pk=_as_id(text))).order_by("name")[:limit]
    return [Hit(row.name, reverse("instance", args=[row.pk]), f"{row.state}, {row.currency}") for row in rows]


def templates_like(scope: Scope, text: str, limit: int) -> list[Hit]:
    """Templates by a part of the name, or by the whole id; every version."""
    found = templates(scope).filter(Q(name__icontains=text) | Q(pk=_as_id(text)))
    rows = found.order_by("name", "-version")[:limit]
    return [
        Hit(row.name, reverse("template", args=[row.pk]), f"Version {row.version}, {row.state.lower()}") for row in rows
    ]


def sources_like(scope: Scope, text: str, limit: int) -> list[Hit]:
    """Sources by a part of their id."""
    rows = sources(scope).filter(source_id__icontains=text).order_by("source_id")[:limit]
    return [Hit(row.source_id, reverse("source", args=[row.pk]), row.brand_id or row.operator_id) for row in rows]
