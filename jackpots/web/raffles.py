"""The list of raffles: what can be won, when it is drawn, how many tickets there are (OFF-13…16)."""

from collections.abc import Sequence

import django_filters
import django_tables2 as tables
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from backoffice.web import render
from backoffice.web.lists import Empty, ListPage
from backoffice.web.page import Action
from backoffice.web.tables import IdColumn, MenuColumn, NumberColumn, OfficeTable, WhenColumn
from jackpots.models import Instance, InstanceState, JackpotType, RaffleRound, RoundState
from jackpots.queries.instances import instances
from jackpots.queries.templates import published_terms
from jackpots.web.columns import BrandsColumn, InstanceStateColumn, PotsColumn
from jackpots.web.filters import ScopedFilter, brand_filter
from jackpots.web.instances import acts_of, address_of
from jackpots.web.raffle_words import current_round, details, prize_text

UNDRAWN = (RoundState.PENDING, RoundState.ACTIVE, RoundState.CLOSING, RoundState.FROZEN)


def raffle_acts(instance: Instance) -> list[Action]:
    """Its winners and its rounds, then what can be done to any jackpot."""
    key = [instance.pk]
    return [
        Action("Winners", reverse("instance_credits", args=key), "trophy", "wins.view", makes_own=True),
        Action("Rounds", reverse("instance_rounds", args=key), "ticket", "instances.view", makes_own=True),
        *acts_of(instance),
    ]


class RaffleTable(OfficeTable):
    """A raffle a row; its prizes and its schedule unfold in it."""

    name = tables.Column(linkify=lambda record: reverse("instance", args=[record.pk]))
    state = InstanceStateColumn()
    pots = PotsColumn(accessor="pk", orderable=False, verbose_name="Pot")
    prizes = tables.Column(accessor="pk", orderable=False, verbose_name="Prizes and schedule")
    round = NumberColumn(accessor="pk", orderable=False)
    tickets = NumberColumn(accessor="pk", orderable=False)
    drawn = WhenColumn(accessor="pk", orderable=False, verbose_name="Drawn")
    brands = BrandsColumn(accessor="pk", orderable=False)
    currency = tables.Column()
    id = IdColumn()
    menu = MenuColumn(lambda record, _: raffle_acts(record))
    hidden = ("id", "currency")

    class Meta(OfficeTable.Meta):
        sequence = (
            "name", "state", "pots", "prizes", "round", "tickets", "drawn", "brands", "currency", "id", "menu",
        )  # fmt: skip

    def row_address(self, record: Instance) -> str:
        """The raffle's page."""
        return address_of(record)

    def render_prizes(self, record: Instance) -> SafeString:
        """Folded; a press shows all of them and the schedule."""
        return details(record, published_terms(record.template_id))

    def value_prizes(self, record: Instance) -> str:
        """The prizes in the export."""
        terms = published_terms(record.template_id)
        return "; ".join(prize_text(prize, terms.currency) for prize in terms.prizes)

    def render_round(self, record: Instance) -> str:
        """The number of the round that runs."""
        row = _round(record)
        return f"{row.number:,}" if row else ""

    def value_round(self, record: Instance) -> str:
        """The same in the export."""
        row = _round(record)
        return str(row.number) if row else ""

    def render_tickets(self, record: Instance) -> str:
        """How many there are in that round."""
        row = _round(record)
        return f"{row.ticket_count:,}" if row else ""

    def value_tickets(self, record: Instance) -> str:
        """The same in the export."""
        row = _round(record)
        return str(row.ticket_count) if row else ""

    def render_drawn(self, record: Instance) -> SafeString | str:
        """When that round is drawn."""
        row = _round(record)
        return render.when(row.ends_at) if row else ""

    def value_drawn(self, record: Instance) -> str:
        """The same in the export."""
        row = _round(record)
        return render.utc_text(row.ends_at) if row else ""


def _round(instance: Instance) -> RaffleRound | None:
    rows: list[RaffleRound] = instance.undrawn  # type: ignore[attr-defined]
    return current_round(rows)


class RaffleFilter(ScopedFilter):
    """By text, brand and state."""

    q = django_filters.CharFilter(method="search", label="Name or id")
    state = django_filters.ChoiceFilter(choices=InstanceState.choices, label="State", empty_label="All")
    brand = brand_filter()

    def search(self, rows: QuerySet[Instance], _name: str, value: str) -> QuerySet[Instance]:
        """A part of the name, or the beginning of the id."""
        return rows.filter(Q(name__icontains=value) | Q(pk__istartswith=value))


class RaffleList(ListPage):
    """`/office/raffles/`."""

    title = "Raffles"
    right = "instances.view"
    table_class = RaffleTable
    filter_class = RaffleFilter
    template_name = "jackpots/instances.html"
    lead_in = "Players earn tickets as they bet; at the end of a round its prizes are drawn among them."

    def rows(self) -> QuerySet[Instance]:
        """Those in scope, with the rounds that are not drawn yet."""
        undrawn = RaffleRound.objects.filter(state__in=UNDRAWN).order_by("number")
        rows = instances(self.request.scope).filter(jackpot_type=JackpotType.RAFFLE)
        return rows.prefetch_related(Prefetch("rounds", undrawn, to_attr="undrawn"))

    def actions(self) -> Sequence[Action]:
        """Opening one."""
        return [Action("Open a raffle", reverse("instance_open"), "plus", "instances.change")]

    def empty(self) -> Empty:
        """What starts it."""
        text = "A raffle is opened from a published template of the kind Raffle, with a schedule."
        return Empty("No raffles yet", text, self.actions()[0], "ticket")
