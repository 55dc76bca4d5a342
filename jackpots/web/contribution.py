"""One contribution: what was sent, at what rate, where it went, and what was drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
from django.urls import reverse

from backoffice.accounts.players import shown_player
from backoffice.core.json import encode
from backoffice.web.found import found_or_404
from backoffice.web.objects import Fact, ObjectPage
from backoffice.web.render import when
from jackpots.models import Contribution, PotCycle
from jackpots.queries.contributions import contribution
from jackpots.queries.draws import draws_of
from jackpots.queries.pots import cycles
from jackpots.queries.templates import published_terms
from jackpots.rules.split import divide
from jackpots.web.wording import exact_money, one_in, plain


@dataclass(frozen=True)
class DrawView:
    """A pot's draw. While its cycle runs nothing is told of it: what was hit and not won is armed, and nobody knows."""

    code: str
    number_of_cycle: int
    cycle: PotCycle | None
    numerator: int
    denominator: int
    number: int
    is_hit: bool
    was_armed: bool

    @property
    def is_told(self) -> bool:
        """Whether the cycle has ended."""
        return self.cycle is not None and self.cycle.ended_at is not None

    @property
    def odds(self) -> str:
        """The chance as people say it."""
        return one_in(self.numerator, self.denominator)


@dataclass(frozen=True)
class Part:
    """Where a part of it went."""

    name: str
    amount: str


class ContributionPage(ObjectPage):
    """`/office/contributions/<id>/`."""

    right = "contributions.view"
    template_name = "jackpots/contribution.html"

    @cached_property
    def contribution(self) -> Contribution:
        """The contribution of the address."""
        return found_or_404(lambda: contribution(self.request.scope, self.kwargs["contribution_id"]))

    def name(self) -> str:
        """By its game round."""
        return f"Contribution of {self.contribution.gameround_id}"

    def object_state(self) -> str:
        """Accepted: another one leaves no row."""
        return self.contribution.mark or "accepted"

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Contributions", reverse("contributions"))]

    def facts(self) -> Sequence[Fact]:
        """Id, player, brand, jackpot, when."""
        row = self.contribution
        return [
            Fact("Id", str(row.pk), copy=str(row.pk)),
            Fact("Player", shown_player(self.request.user, row.player_id)),
            Fact("Brand", row.brand_id),
            Fact("Jackpot", row.instance.name, url=reverse("instance", args=[row.instance_id])),
            Fact("Accepted", when(row.accepted_at)),
        ]

    def draws(self) -> list[DrawView]:
        """The draw of each pot, with its cycle."""
        row = self.contribution
        drawn = draws_of(row)
        rows = cycles(self.request.scope).filter(
            pot__instance_id=row.instance_id, cycle__in={draw.cycle for draw in drawn}
        )
        found = {(one.pot.code, one.cycle): one for one in rows}
        return [
            DrawView(
                draw.code,
                draw.cycle,
                found.get((draw.code, draw.cycle)),
                draw.numerator,
                draw.denominator,
                draw.number,
                draw.is_hit,
                draw.was_armed,
            )
            for draw in drawn
        ]

    def parts(self) -> list[Part]:
        """The exact split, pots with their reserves, then the house."""
        row = self.contribution
        terms = published_terms(row.template_id)
        shares = divide(row.amount_micros, terms.household_ppm, tuple(pot.share_ppm for pot in terms.pots))
        parts = [(pot.code, micros) for pot, micros in zip(terms.pots, shares.pots, strict=True)]
        parts.append(("house", shares.household_micros))
        return [Part(name, exact_money(micros, row.instance.currency)) for name, micros in parts]

    def context(self) -> dict[str, Any]:
        """All of it."""
        row = self.contribution
        return {
            **super().context(),
            "contribution": row,
            "draws": self.draws(),
            "rate": plain(row.rate),
            "parts": self.parts(),
            "metadata": None if row.metadata is None else _pretty(row.metadata),
        }


def _pretty(value: Any) -> str:
    return msgspec.json.format(encode(value), indent=2).decode()
