"""The tabs of a jackpot that are lists: its contributions, its wins, the cycles of its pots."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from backoffice.accounts.rights import has_right
from backoffice.web.tables import OfficeTable
from jackpots.queries.contributions import contributions
from jackpots.queries.pots import cycles
from jackpots.queries.wins import wins
from jackpots.web.contributions import ContributionTable
from jackpots.web.draws import CycleTable
from jackpots.web.instance import InstanceBase
from jackpots.web.panels import panel_table
from jackpots.web.winners import WinTable

SHOWN = 50


class InstanceRows(InstanceBase):
    """The latest rows, and the way to all of them."""

    template_name = "jackpots/rows.html"
    table_class: type[OfficeTable]
    what: str
    list_name: str
    list_right: str
    empty_text: str
    left_out: tuple[str, ...] = ("instance",)

    def rows(self) -> QuerySet[Any]:
        """All rows of the jackpot, the newest first."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """The first fifty."""
        table = panel_table(
            self.table_class,
            self.rows()[:SHOWN],
            self.request,
            caption=f"{self.what} of {self.name()}",
            left_out=self.left_out,
        )
        query = urlencode([("instance", str(self.instance.pk))])
        allowed = has_right(self.request.user, self.list_right)
        return {
            **super().context(),
            "table": table,
            "all_url": f"{reverse(self.list_name)}?{query}" if allowed else "",
            "all_text": f"All {self.what.lower()}, with filters and export",
            "empty_text": self.empty_text,
        }


class InstanceContributions(InstanceRows):
    """The latest contributions."""

    table_class = ContributionTable
    what, list_name, list_right = "Contributions", "contributions", "contributions.view"
    empty_text = "Contributions appear as soon as a source leads here and players bet."

    def rows(self) -> QuerySet[Any]:
        """Of the viewer's brands."""
        return contributions(self.request.scope).filter(instance_id=self.instance.pk)


class InstanceWinners(InstanceRows):
    """The latest wins."""

    table_class = WinTable
    what, list_name, list_right = "Winners", "winners", "wins.view"
    empty_text = "No pot of this jackpot has dropped yet."

    def rows(self) -> QuerySet[Any]:
        """Of the viewer's brands."""
        return wins(self.request.scope).filter(instance_id=self.instance.pk)


class InstanceDraws(InstanceRows):
    """The latest cycles of its pots."""

    table_class = CycleTable
    what, list_name, list_right = "Draws", "draws", "draws.view"
    empty_text = "The first cycle of a pot starts when its jackpot is opened."

    def rows(self) -> QuerySet[Any]:
        """Of all its pots."""
        return cycles(self.request.scope, pot_ids=[pot.pk for pot in self.instance.pots.all()])
