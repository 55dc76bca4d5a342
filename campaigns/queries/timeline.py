"""What happened to a player, and what of it changed something."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from backoffice.tenancy.scope import Scope
from campaigns.models import PlayerEvent, Profile

_KINDS = (("attributes", "attribute"), ("tags", "tag"))


@dataclass(frozen=True)
class Change:
    """A line of the history: `kind` is attribute, preference, channel, tag or block; `before` None for nothing.

    `raised_by` names the preferences by which a channel became subscribed again (IGT-50).
    """

    kind: str
    name: str
    before: Any
    after: Any
    raised_by: tuple[str, ...] = ()


def timeline(scope: Scope, player: Profile) -> QuerySet[PlayerEvent]:
    """The events of a player, the newest first."""
    rows = PlayerEvent.objects.filter(operator_id=player.operator_id, profile_id=player.pk)
    return scope.rows(rows, brand_field="brand_id").order_by("-happened_at", "-id")


def history(scope: Scope, player: Profile) -> QuerySet[PlayerEvent]:
    """Those events that changed something (IGT-49), in the order in which they came, the newest first."""
    return timeline(scope, player).filter(changes__isnull=False).order_by("-id")


def events_of_nobody(scope: Scope) -> QuerySet[PlayerEvent]:
    """Events that concern no player in particular, the newest first."""
    rows = PlayerEvent.objects.filter(profile__isnull=True)
    return scope.rows(rows, brand_field="brand_id").order_by("-happened_at", "-id")


def changes_of(event: PlayerEvent) -> list[Change]:
    """What an event changed, line by line."""
    return list(_changes(event.changes or {}))


def _changes(changes: dict[str, Any]) -> Iterator[Change]:
    for key, kind in _KINDS:
        for name, (before, after) in sorted(changes.get(key, {}).items()):
            yield Change(kind, name, before, after)
    for channel, by_name in sorted(changes.get("preferences", {}).items()):
        for name, (before, after) in sorted(by_name.items()):
            yield Change("preference", f"{channel}: {name}", before, after)
    raised = changes.get("raised", {})
    for channel, (before, after) in sorted(changes.get("channels", {}).items()):
        yield Change("channel", channel, before, after, tuple(raised.get(channel, ())))
    if "is_blocked" in changes:
        before, after = changes["is_blocked"]
        yield Change("block", "blocked", before, after)
