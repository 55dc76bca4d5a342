"""One win: what was won, what it costs, how it was drawn, where the money stands."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.urls import reverse

from backoffice.accounts.players import shown_player
from backoffice.core.money import format_money
from backoffice.web.found import found_or_404
from backoffice.web.objects import Fact, HistoryPanel, ObjectPage, Tab
from backoffice.web.page import Action
from backoffice.web.render import when
from jackpots.models import Win
from jackpots.queries.credits import community_group
from jackpots.queries.draws import draws_of
from jackpots.queries.ledger import TransferKind, transfers
from jackpots.queries.pots import cycles
from jackpots.queries.waiting import waiting_approval
from jackpots.queries.wins import win
from jackpots.web.winners import win_acts
from jackpots.web.wording import exact_money, one_in, plain


class WinBase(ObjectPage):
    """What every tab shows above its panel."""

    right = "wins.view"

    @cached_property
    def win(self) -> Win:
        """The win of the address."""
        return found_or_404(lambda: win(self.request.scope, self.kwargs["win_id"]))

    @cached_property
    def waiting(self) -> Any:
        """The request about it that awaits a decision, if there is one."""
        return waiting_approval(self.request.scope, ("win.settle", "win.release", "win.cancel"), str(self.win.pk))

    def check_change(self) -> None:
        """The brand of the player."""
        self.request.scope.check_change(self.win.brand_id)

    def name(self) -> str:
        """How much, of which pot."""
        row = self.win
        return f"{format_money(row.value_micros, row.instance.currency)}, {row.instance.name} {row.pot.code}"

    def object_state(self) -> str:
        """Owed, settled or withheld; awaiting approval where somebody was asked."""
        return "settling" if self.waiting else self.win.state

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Winners", reverse("winners"))]

    def facts(self) -> Sequence[Fact]:
        """Id, player, brand, jackpot, when."""
        row = self.win
        return [
            Fact("Id", str(row.pk), copy=str(row.pk)),
            Fact("Player", shown_player(self.request.user, row.player_id)),
            Fact("Brand", row.brand_id),
            Fact("Jackpot", row.instance.name, url=reverse("instance", args=[row.instance_id])),
            Fact("Won", when(row.won_at)),
        ]

    def tabs(self) -> Sequence[Tab]:
        """Two."""
        key = [self.win.pk]
        return [Tab("Overview", reverse("winner", args=key)), Tab("History", reverse("winner_history", args=key))]

    def acts(self) -> list[Action]:
        """Nothing while a second person is asked, but to see what is asked."""
        if self.waiting:
            return [Action("See the request", reverse("approval", args=[self.waiting.pk]), "checks", "approvals.view")]
        return win_acts(self.win)

    def primary(self) -> Action | None:
        """The act that is next."""
        acts = self.acts()
        return acts[0] if acts else None

    def menu(self) -> Sequence[Action]:
        """The rest."""
        return self.acts()[1:]


class WinPage(WinBase):
    """`/office/winners/<id>/`."""

    template_name = "jackpots/winner.html"

    def context(self) -> dict[str, Any]:
        """Amounts, rate, multipliers, draw, transfers, state."""
        row = self.win
        cycle = cycles(self.request.scope, pot_ids=[row.pot_id]).filter(cycle=row.cycle).first()
        key = (row.pot.code, row.cycle)
        draw = next((one for one in draws_of(row.contribution) if (one.code, one.cycle) == key), None)
        return {
            **super().context(),
            "win": row,
            "cycle": cycle,
            "draw": draw,
            "odds": one_in(draw.numerator, draw.denominator) if draw else "",
            "multipliers": self._multipliers(),
            "transfers": self._transfers(),
            "rate": plain(row.rate),
            "cost": exact_money(row.cost_micros, row.instance.currency),
            "community_url": f"{reverse('credits')}?group={community_group(row.pk)}" if row.community_micros else "",
            "residual": exact_money(row.residual_micros, row.instance.currency),
            "waiting": self.waiting,
        }

    def _transfers(self) -> list[Any]:
        """In the order they were meant: paid, rounded, seeded anew, then what became of it."""
        found = list(transfers(self.request.scope).filter(subject_id=self.win.pk))
        kinds = [TransferKind.WIN, TransferKind.ROUNDING, TransferKind.RESEED]
        places = {str(kind): place for place, kind in enumerate(kinds)}
        return sorted(found, key=lambda one: (one.occurred_at, places.get(one.kind, len(places))))

    def _multipliers(self) -> list[tuple[str, str]]:
        row = self.win
        wanted = (row.instance.currency, row.player_currency)
        return [(code, str(value)) for code, value in sorted(row.multipliers.items()) if code in wanted]


class WinHistory(HistoryPanel, WinBase):
    """The audit log of the win."""

    object_type = "win"

    def object_id(self) -> str:
        """Its id, once it is known to be in scope."""
        return str(self.win.pk)
