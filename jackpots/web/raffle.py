"""The tabs that only a raffle has, its credits, and the page of a round."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse

from backoffice.core.money import format_money
from backoffice.web.found import found_or_404
from backoffice.web.objects import Fact, ObjectPage
from backoffice.web.page import Action
from backoffice.web.render import when
from backoffice.web.tables import NumberColumn, OfficeTable, StateColumn, WhenColumn
from jackpots.models import Credit, CreditState, PotCycle, RaffleRound, TicketEntry
from jackpots.queries.credits import credits_in
from jackpots.queries.draws import revealed_secret
from jackpots.queries.rounds import round_of, rounds
from jackpots.queries.templates import published_terms
from jackpots.web.columns import PlayerColumn
from jackpots.web.credited import CreditTable
from jackpots.web.instance_rows import InstanceRows
from jackpots.web.panels import panel_table
from jackpots.web.raffle_words import limit_text, price_text, prize_text, rounds_text

SHOWN = 50


def round_address(record: RaffleRound) -> str:
    """The page of a round."""
    return reverse("round", args=[record.pk])


class RoundTable(OfficeTable):
    """A round a row."""

    number = NumberColumn(verbose_name="Round", linkify=round_address)
    state = StateColumn()
    starts_at = WhenColumn(verbose_name="Starts")
    ends_at = WhenColumn(verbose_name="Ends")
    ticket_count = NumberColumn(verbose_name="Tickets")
    winners = NumberColumn(accessor="outcome__winners", default="")
    late_by_ms = NumberColumn(verbose_name="Late by, ms", default="")
    drawn_at = WhenColumn(verbose_name="Drawn", default="")

    class Meta(OfficeTable.Meta):
        orderable = False
        sequence = ("number", "state", "starts_at", "ends_at", "ticket_count", "winners", "late_by_ms", "drawn_at")

    def row_address(self, record: RaffleRound) -> str:
        """The round's page."""
        return round_address(record)


class TicketTable(OfficeTable):
    """A player's tickets a row."""

    player_id = PlayerColumn(verbose_name="Player")
    brand_id = tables.Column(verbose_name="Brand")
    ticket_count = NumberColumn(verbose_name="Tickets")
    changed_at = WhenColumn(verbose_name="Last bet")

    class Meta(OfficeTable.Meta):
        orderable = False
        sequence = ("player_id", "brand_id", "ticket_count", "changed_at")


class InstanceRounds(InstanceRows):
    """The latest rounds of a raffle."""

    table_class = RoundTable
    what, list_name, list_right = "Rounds", "raffles", "instances.view"
    empty_text = "A jackpot that is no raffle has no rounds."
    left_out = ()

    def rows(self) -> QuerySet[Any]:
        """The newest first."""
        return rounds(self.request.scope).filter(instance_id=self.instance.pk)


class InstanceCredits(InstanceRows):
    """The latest credits: a raffle's winners, a jackpot's community payouts."""

    table_class = CreditTable
    what, list_name, list_right = "Credits", "credits", "wins.view"
    empty_text = "Prizes of raffles and community payouts appear here when they are drawn."

    def rows(self) -> QuerySet[Any]:
        """Of the viewer's brands."""
        return credits_in(self.request.scope).filter(instance_id=self.instance.pk)


class RoundPage(ObjectPage):
    """`/office/rounds/<id>/`: what was committed to, who has tickets, who won."""

    right = "instances.view"
    template_name = "jackpots/round.html"

    @cached_property
    def round(self) -> RaffleRound:
        """The round of the address."""
        return found_or_404(lambda: round_of(self.request.scope, self.kwargs["round_id"]))

    def name(self) -> str:
        """By raffle and number."""
        return f"{self.round.instance.name}, round {self.round.number:,}"

    def object_state(self) -> str:
        """Where it is."""
        return self.round.state

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the raffle."""
        instance = self.round.instance
        return [("Raffles", reverse("raffles")), (instance.name, reverse("instance_rounds", args=[instance.pk]))]

    def facts(self) -> Sequence[Fact]:
        """Id, raffle, times."""
        row = self.round
        return [
            Fact("Id", str(row.pk), copy=str(row.pk)),
            Fact("Raffle", row.instance.name, url=reverse("instance", args=[row.instance_id])),
            Fact("Starts", when(row.starts_at)),
            Fact("Ends", when(row.ends_at)),
        ]

    def credits(self) -> QuerySet[Credit]:
        """Its prizes, of the viewer's brands."""
        return credits_in(self.request.scope).filter(group_id=self.round.pk).order_by("position")

    def check_change(self) -> None:
        """The brands of its winners."""
        self.request.scope.check_change_of(set(self.credits().order_by().values_list("brand_id", flat=True)))

    def primary(self) -> Action | None:
        """Settling its prizes, where some are owed."""
        if not self.credits().filter(state=CreditState.OWED).exists():
            return None
        return Action("Request settlement", reverse("credits_settle", args=[self.round.pk]), "send", "wins.settle")

    def menu(self) -> Sequence[Action]:
        """What anybody may verify."""
        address = reverse("verify_round", args=[self.round.instance_id, self.round.number])
        return [Action("Public verification", address, "shield-check", makes_own=True)]

    def context(self) -> dict[str, Any]:
        """Commitment, tickets, winners, terms."""
        row = self.round
        cycle = PotCycle.objects.get(pot_id=row.pot_id, cycle=row.number)
        secret = revealed_secret(cycle)
        terms = published_terms(row.instance.template_id)
        return {
            **super().context(),
            "round": row,
            "commitment": bytes(cycle.commitment).hex(),
            "secret": secret.hex() if secret else "",
            "root": bytes(row.root).hex() if row.root else "",
            "prizes": [prize_text(prize, terms.currency) for prize in terms.prizes],
            "price": price_text(terms),
            "limit": limit_text(terms),
            "hours": rounds_text(row.instance),
            "outcome": self._outcome(),
            "winners": self._table(CreditTable, self.credits()[:SHOWN], "Winners", ("instance", "kind", "cycle")),
            "holders": self._table(TicketTable, self._holders(), "Tickets"),
            "credits_url": f"{reverse('credits')}?group={row.pk}",
        }

    def _holders(self) -> QuerySet[TicketEntry]:
        rows = TicketEntry.objects.filter(operator_id=self.round.operator_id, round=self.round, ticket_count__gt=0)
        own = self.request.scope.rows(rows, brand_field="brand_id")
        return own.order_by("-ticket_count", "brand_id", "player_id")[:SHOWN]

    def _table(self, kind: type[OfficeTable], rows: Any, what: str, left_out: tuple[str, ...] = ()) -> OfficeTable:
        return panel_table(kind, rows, self.request, caption=f"{what} of {self.name()}", left_out=left_out)

    def _outcome(self) -> list[tuple[str, str]]:
        found, currency = self.round.outcome, self.round.instance.currency
        if not found:
            return []
        names = {
            "pot_micros": "In the pot at the draw",
            "prizes_micros": "Paid in prizes",
            "funding_micros": "Of it from the house",
            "returned_micros": "Returned to funding",
        }
        return [(label, format_money(found[name], currency)) for name, label in names.items()]
