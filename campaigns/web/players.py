"""Players: found by the start of an id, an e-mail address or a number, whatever their number."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from backoffice.accounts.rights import has_right
from backoffice.web.page import OfficeView
from campaigns.models import Profile
from campaigns.queries.paging import players_after
from campaigns.queries.profiles import profiles_like
from campaigns.web.shown import name_of, player_address, shown_contact, shown_id

PAGE: Final = 50


@dataclass(frozen=True)
class Row:
    """A player as the viewer may see them; `url` is empty for who sees no single player."""

    player: Profile
    player_id: str
    name: str
    email: str
    number: str
    url: str


class PlayerList(OfficeView):
    """`/office/players/`; with `HX-Request` only the rows, while one types."""

    title = "Players"
    right = "data.view"
    template_name = "campaigns/players.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page, or its rows."""
        if request.headers.get("HX-Request") == "true":
            self.template_name = "campaigns/player_rows.html"
        return self.render()

    def context(self) -> dict[str, Any]:
        """One row more than a page is read, to know whether there is another page."""
        request, user = self.request, self.request.user
        sees = has_right(user, "players.view")
        text = request.GET.get("q", "").strip()[:200] if sees else ""
        found = profiles_like(request.scope, text, limit=PAGE + 1) if text else self._page()
        rows, more = found[:PAGE], len(found) > PAGE
        return {
            **super().context(),
            "rows": [self._row(player, sees) for player in rows],
            "text": text,
            "sees_players": sees,
            "is_cut": more and bool(text),
            "next_url": self._next(rows[-1]) if more and not text else "",
            "is_first": "after" not in request.GET,
            "first_url": f"{request.path}?{request.brands.query}",
            "marketplace_url": reverse("marketplace"),
        }

    def _page(self) -> list[Profile]:
        brand_id, player_id = self.request.GET.get("of", ""), self.request.GET.get("after", "")
        after = (brand_id, player_id) if brand_id and player_id else None
        return players_after(self.request.scope, after, PAGE + 1)

    def _next(self, last: Profile) -> str:
        place = urlencode({"of": last.brand_id, "after": last.player_id})
        return f"{self.request.path}?{'&'.join(part for part in (self.request.brands.query, place) if part)}"

    def _row(self, player: Profile, sees: bool) -> Row:  # noqa: FBT001 - known of the viewer once for all rows
        user = self.request.user
        return Row(
            player,
            shown_id(user, player),
            shown_contact(user, name_of(player)),
            shown_contact(user, player.email),
            shown_contact(user, player.mobile_number),
            player_address(player) if sees else "",
        )
