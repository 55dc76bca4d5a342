"""One player: what is known, what they said to channels, what happened, what changed by which message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import msgspec
from django.urls import reverse

from backoffice.core import json
from backoffice.web import render
from backoffice.web.found import found_or_404
from backoffice.web.objects import Fact, ObjectPage, Tab
from backoffice.web.page import Action
from campaigns.models import PlayerEvent, Profile
from campaigns.queries.origins import origins_of, types_of
from campaigns.queries.paging import events_before
from campaigns.queries.profiles import attributes_of, choices_of, profile, tags_of
from campaigns.queries.timeline import changes_of, history
from campaigns.rules.player import SYSTEM_ATTRIBUTES
from campaigns.web.shown import channel_word, instant_text, name_of, value_text

SHOWN: Final = 50
_LABELS: Final = {
    "first_name": "First name", "last_name": "Last name", "email": "E-mail", "mobile_number": "Mobile number",
}  # fmt: skip


class PlayerBase(ObjectPage):
    """What every tab has."""

    right = "players.view"

    @cached_property
    def player(self) -> Profile:
        """The one of the address."""
        return found_or_404(lambda: profile(self.request.scope, self.kwargs["profile_id"]))

    def check_change(self) -> None:
        """The player's brand."""
        self.request.scope.check_change(self.player.brand_id)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Players", reverse("players"))]

    def name(self) -> str:
        """The name, or the id of who has none."""
        return name_of(self.player) or self.player.player_id

    def object_state(self) -> str:
        """Only what is out of the ordinary."""
        if self.player.erased_at:
            return "erased"
        return "blocked" if self.player.is_blocked else ""

    def facts(self) -> Sequence[Fact]:
        """Who, of which brand, since when."""
        row = self.player
        return [
            Fact("Player", row.player_id, copy=row.player_id),
            Fact("Brand", row.brand_id),
            Fact("First event", render.when(row.first_event_at)),
            Fact("Last event", render.when(row.last_event_at)),
            Fact("Known since", render.when(row.created_at)),
        ]

    def tabs(self) -> Sequence[Tab]:
        """Each with an address."""
        names = (
            ("Overview", "player"), ("Channels", "player_channels"), ("Timeline", "player_timeline"),
            ("History", "player_history"),
        )  # fmt: skip
        return [Tab(label, reverse(name, args=[self.player.pk])) for label, name in names]

    def menu(self) -> Sequence[Action]:
        """What is owed to who asks for it."""
        if self.player.erased_at:
            return []
        key = [self.player.pk]
        return [
            Action("Export as JSON", reverse("player_export", args=key), "download", "players.export", makes_own=True),
            Action("Erase", reverse("player_erase", args=key), "trash", "players.erase", danger=True),
        ]

    def context(self) -> dict[str, Any]:
        """The player."""
        return {**super().context(), "player": self.player}


@dataclass(frozen=True)
class AttributeLine:
    """An attribute on the page: where its value is from as far as that is known."""

    name: str
    label: str
    type: str
    text: str
    at: datetime
    event: str
    origin: str
    integration_url: str


class PlayerOverview(PlayerBase):
    """`/office/players/<id>/`."""

    template_name = "campaigns/player.html"

    def context(self) -> dict[str, Any]:
        """The attributes, those of the system apart."""
        lines = self.lines()
        known = {line.name: line for line in lines}
        return {
            **super().context(),
            "system": [(_LABELS[name], known.get(name)) for name in SYSTEM_ATTRIBUTES],
            "lines": [line for line in lines if line.name not in SYSTEM_ATTRIBUTES],
            "tags": tags_of(self.player),
        }

    def lines(self) -> list[AttributeLine]:
        """One for each attribute that has a value."""
        origins, types = origins_of(self.player), types_of(self.player)
        found = []
        for one in attributes_of(self.player):
            origin, type_ = origins.get(one.name), types.get(one.name, "")
            url = reverse("integration", args=[origin.integration_id]) if origin else ""
            found.append(
                AttributeLine(
                    one.name, _LABELS.get(one.name, one.name), type_ or "string", value_text(one.value, type_), one.at,
                    origin.event if origin else "", origin.origin if origin else "", url,
                )
            )  # fmt: skip
        return found


class PlayerChannels(PlayerBase):
    """`/office/players/<id>/channels/`."""

    template_name = "campaigns/player_channels.html"

    def context(self) -> dict[str, Any]:
        """A card a channel, with its preferences."""
        channels: dict[str, dict[str, Any]] = {}
        for one in choices_of(self.player):
            card = channels.setdefault(one.channel, {"word": channel_word(one.channel), "status": None, "choices": []})
            if one.preference:
                card["choices"].append(one)
            else:
                card["status"] = one.is_subscribed
        return {**super().context(), "channels": channels}


@dataclass(frozen=True)
class Happening:
    """An event of the timeline; `changed` counts what it changed."""

    event: PlayerEvent
    properties: str
    changed: int


def pretty(properties: Any) -> str:
    """JSON for people; nothing for nothing."""
    return msgspec.json.format(json.encode(properties), indent=2).decode() if properties else ""


class PlayerTimeline(PlayerBase):
    """`/office/players/<id>/timeline/`: every event, the newest first."""

    template_name = "campaigns/player_timeline.html"

    def context(self) -> dict[str, Any]:
        """A page of events, and the address of the next."""
        found = events_before(self.request.scope, self.player, self._before(), SHOWN + 1)
        shown = found[:SHOWN]
        last = shown[-1] if len(found) > SHOWN else None
        return {
            **super().context(),
            "happenings": [Happening(row, pretty(row.properties), len(changes_of(row))) for row in shown],
            "older": f"?before={last.happened_at.timestamp():.6f}&than={last.pk}" if last else "",
            "is_first": "before" not in self.request.GET,
        }

    def _before(self) -> tuple[datetime, int] | None:
        try:
            at = datetime.fromtimestamp(float(self.request.GET["before"]), tz=self.player.created_at.tzinfo)
            return at, int(self.request.GET["than"])
        except (KeyError, ValueError, OverflowError, OSError):
            return None


@dataclass(frozen=True)
class ChangeLine:
    """From what to what."""

    kind: str
    name: str
    before: str
    after: str
    note: str


class PlayerHistory(PlayerBase):
    """`/office/players/<id>/history/`: what changed, by which message, in the order in which they came."""

    template_name = "campaigns/player_history.html"

    def context(self) -> dict[str, Any]:
        """The last changes, fifty events a page."""
        before = self.request.GET.get("before", "")
        rows = history(self.request.scope, self.player)
        if before.isascii() and before.isdigit():
            rows = rows.filter(pk__lt=int(before[:18]))
        found = list(rows[: SHOWN + 1])
        shown = found[:SHOWN]
        return {
            **super().context(),
            "acts": [(row, [_line(change) for change in changes_of(row)]) for row in shown],
            "older": f"?before={shown[-1].pk}" if len(found) > SHOWN else "",
            "is_first": not before,
        }


def _line(change: Any) -> ChangeLine:
    word = {True: "subscribed", False: "unsubscribed"} if change.kind in {"channel", "preference"} else {}
    before, after = (
        word.get(value, "") or (instant_text(value) if isinstance(value, str) else value_text(value))
        for value in (change.before, change.after)
    )
    note = f"by the preference{'s' if len(change.raised_by) > 1 else ''} {', '.join(change.raised_by)}"
    return ChangeLine(change.kind, change.name, before, after, note if change.raised_by else "")
