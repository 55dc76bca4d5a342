"""What the search of the top bar finds among jackpots."""

from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from backoffice.core.money import format_money
from backoffice.tenancy.scope import Scope
from backoffice.web.search import Hit
from jackpots.models import OptIn, Win
from jackpots.queries.contributions import contributions
from jackpots.queries.instances import instances
from jackpots.queries.opt_ins import opt_ins
from jackpots.queries.sources import sources
from jackpots.queries.templates import templates
from jackpots.queries.wins import wins


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def instances_like(scope: Scope, text: str, limit: int) -> list[Hit]:
    """Instances by a part of the name, or by the whole id."""
    rows = (
        instances(scope)
        .prefetch_related(None)
        .filter(Q(name__icontains=text) | Q(pk=_as_id(text)))
        .order_by("name")[:limit]
    )
    return [Hit(row.name, reverse("instance", args=[row.pk]), f"{row.state}, {row.currency}") for row in rows]


def templates_like(scope: Scope, text: str, limit: int) -> list[Hit]:
    """Templates by a part of the name, or by the whole id; every version."""
    found = templates(scope).prefetch_related(None).filter(Q(name__icontains=text) | Q(pk=_as_id(text)))
    rows = found.order_by("name", "-version")[:limit]
    return [
        Hit(row.name, reverse("template", args=[row.pk]), f"Version {row.version}, {row.state.lower()}") for row in rows
    ]


def sources_like(scope: Scope, text: str, limit: int) -> list[Hit]:
    """Sources by a part of their id or name."""
    found = Q(source_id__icontains=text) | Q(name__icontains=text)
    rows = sources(scope).prefetch_related(None).filter(found).order_by("source_id")[:limit]
    return [Hit(row.source_id, reverse("source", args=[row.pk]), row.brand_id or row.operator_id) for row in rows]


def contributions_like(scope: Scope, text: str, limit: int) -> list[Hit]:
    """A contribution by its whole id."""
    known = _as_id(text)
    rows = contributions(scope).filter(pk=known)[:limit] if known else []
    return [Hit(row.gameround_id, reverse("contribution", args=[row.pk]), row.instance.name) for row in rows]


def wins_like(scope: Scope, text: str, limit: int) -> list[Hit]:
    """A win by its whole id, or by the reference of its payment."""
    rows = wins(scope).filter(Q(pk=_as_id(text)) | Q(reference__iexact=text))[:limit]
    return [_win_hit(row) for row in rows]


def wins_of_player(scope: Scope, text: str, limit: int) -> list[Hit]:
    """The wins of a player, the newest first."""
    return [_win_hit(row) for row in wins(scope).filter(player_id=text)[:limit]]


def contributions_of_player(scope: Scope, text: str, limit: int) -> list[Hit]:
    """The jackpots that a player contributed to; each hit leads to the contributions."""
    rows = opt_ins(scope).filter(player_id=text, contribution_count__gt=0).order_by("-contribution_count")[:limit]
    return [_player_hit(row) for row in rows]


def _win_hit(row: Win) -> Hit:
    amount = format_money(row.pay_micros, row.player_currency)
    name = f"{amount}, {row.instance.name} {row.pot.code}"
    return Hit(name, reverse("winner", args=[row.pk]), f"{row.get_state_display()}, {row.won_at:%Y-%m-%d}")


def _player_hit(row: OptIn) -> Hit:
    query = urlencode([("player", row.player_id), ("instance", str(row.instance_id))])
    money = format_money(row.contribution_micros, row.instance.currency)
    detail = f"{row.contribution_count:,} contributions, {money}, {row.brand_id}"
    return Hit(f"{row.player_id} in {row.instance.name}", f"{reverse('contributions')}?{query}", detail)
