"""What is owed to a player who asks: all that is known, or its end."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from backoffice.core import clock
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmPage
from backoffice.web.found import found_or_404
from campaigns.models import Profile
from campaigns.operations.export_player import export_player
from campaigns.operations.request_erasure import request_erasure
from campaigns.queries.profiles import profile
from campaigns.queries.timeline import timeline
from campaigns.web.player import PlayerBase
from campaigns.web.shown import name_of, player_address


class PlayerExport(PlayerBase):
    """`/office/players/<id>/export/`: one JSON document to save; the log says that it was handed over."""

    right = "players.export"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The document."""
        self.refuse_foreign()
        if self.player.erased_at is not None:
            raise Http404("The player was erased.")
        key = self.player.pk
        document = export_player(key, scope=self.request.scope, actor=actor_of(request), now=clock.now())
        name = f'attachment; filename="player-{key}.json"'
        return HttpResponse(
            document,
            content_type="application/json",
            headers={"Content-Disposition": name, "Cache-Control": "no-store"},
        )


class PlayerErase(ConfirmPage):
    """`/office/players/<id>/erase/`: asks a second person; nothing is erased until then."""

    title = "Erase a player"
    right = "players.erase"
    danger = True
    submit_label = "Ask for the erasure"
    done = "A second person decides. Until then everything stays as it is."

    @property
    def player(self) -> Profile:
        """The one of the address, unless erased."""
        found = found_or_404(lambda: profile(self.request.scope, self.kwargs["profile_id"]))
        if found.erased_at is not None:
            raise Http404("The player was erased.")
        return found

    def check_change(self) -> None:
        """The player's brand."""
        self.request.scope.check_change(self.player.brand_id)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the player."""
        player = self.player
        return [("Players", reverse("players")), (name_of(player) or player.player_id, player_address(player))]

    def cancel(self) -> str:
        """Back to the player."""
        return player_address(self.player)

    def question(self) -> str:
        """Names who."""
        player = self.player
        return f"Ask to erase {name_of(player) or player.player_id} of {player.brand_id}?"

    def effects(self) -> Sequence[str]:
        """What goes, what stays."""
        player = self.player
        events = timeline(self.request.scope, player).count()
        return [
            f"{len(player.attributes):,} attributes, all tags and all choices of channels are deleted for ever.",
            f"{events:,} events stay in the timeline as empty lines, so that figures still add up.",
            "Game sessions and figures are deleted; payments and bonuses become nobody's.",
            "Contributions, wins and the ledger are kept: the law asks for them.",
            "Older messages that name this player are not taken any more; a new registration starts anew.",
            "Give no name in the reason: it is kept longer than the player.",
        ]

    def typed_name(self) -> str:
        """It cannot be undone."""
        return self.player.player_id

    def perform(self, reason: str) -> str:
        """To the request."""
        asked = request_erasure(
            self.player.pk, reason=reason, requested_by=self.request.user, scope=self.request.scope,
            actor=actor_of(self.request), now=clock.now(),
        )  # fmt: skip
        return reverse("approval", args=[asked.pk])
