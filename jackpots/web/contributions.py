"""The journal of contributions."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse

from backoffice.web.lists import Empty
from backoffice.web.page import Action
from backoffice.web.tables import IdColumn, MoneyColumn, OfficeTable, WhenColumn
from jackpots.models import Contribution, Instance
from jackpots.queries.contributions import contributions
from jackpots.queries.instances import instances
from jackpots.web.columns import PlayerColumn
from jackpots.web.endless import EndlessList
from jackpots.web.filters import ScopedFilter, brand_filter, period


def contribution_address(record: Contribution) -> str:
    """The page of a contribution."""
    return reverse("contribution", args=[record.pk])


def own_instances(request: Any) -> QuerySet[Instance]:
    """The jackpots to filter by, by name, without what hangs on them."""
    return instances(request.scope).prefetch_related(None).select_related(None).order_by("name")


class ContributionTable(OfficeTable):
    """A contribution a row; amounts in the player's currency."""

    accepted_at = WhenColumn(verbose_name="Accepted", linkify=contribution_address)
    player_id = PlayerColumn(verbose_name="Player")
    brand_id = tables.Column(verbose_name="Brand")
    instance = tables.Column(
        accessor="instance__name",
        verbose_name="Jackpot",
        linkify=lambda record: reverse("instance", args=[record.instance_id]),
    )
    source = tables.Column(accessor="source__source_id", default="direct")
    base_wager_micros = MoneyColumn(verbose_name="Bet")
    contribution_micros = MoneyColumn(verbose_name="Contribution")
    amount_micros = MoneyColumn(verbose_name="In the jackpot's currency", currency="instance__currency")
    win_micros = MoneyColumn(verbose_name="Won")
    win_pot = tables.Column(verbose_name="Pot won", default="")
    gameround_id = IdColumn(verbose_name="Game round")
    player_country = tables.Column(verbose_name="Country")
    mark = tables.Column(verbose_name="Mark", default="")
    id = IdColumn(verbose_name="Contribution")
    hidden = ("amount_micros", "win_pot", "player_country", "mark", "id")

    class Meta(OfficeTable.Meta):
        orderable = False
        sequence = (
            "accepted_at", "player_id", "brand_id", "instance", "source", "gameround_id", "base_wager_micros",
            "contribution_micros", "amount_micros", "win_micros", "win_pot", "player_country", "mark", "id",
        )  # fmt: skip

    def row_address(self, record: Contribution) -> str:
        """The contribution's page."""
        return contribution_address(record)

    def render_win_micros(self, value: int, record: Contribution, bound_column: Any) -> Any:
        """Nothing where nothing was won."""
        return bound_column.column.render(value, record) if record.win_pot else ""


class ContributionFilter(ScopedFilter):
    """By brand, jackpot, player, game round, days, and whether it won."""

    player_fields = ("player",)
    brand = brand_filter()
    instance = django_filters.ModelChoiceFilter(queryset=own_instances, label="Jackpot", empty_label="All")
    player = django_filters.CharFilter(field_name="player_id", label="Player")
    gameround = django_filters.CharFilter(field_name="gameround_id", label="Game round")
    days = period("accepted_at")
    won = django_filters.BooleanFilter(field_name="win_pot", lookup_expr="isnull", exclude=True, label="Won")


class ContributionList(EndlessList):
    """`/office/contributions/`."""

    title = "Contributions"
    right = "contributions.view"
    table_class = ContributionTable
    filter_class = ContributionFilter
    time_field = "accepted_at"
    lead_in = "Every contribution that was accepted. A refused one is counted, but leaves no row."

    def rows(self) -> QuerySet[Contribution]:
        """The journal of the scope."""
        return contributions(self.request.scope)

    def empty(self) -> Empty:
        """What starts it."""
        text = "They appear as soon as a partner or a feed contributes to a jackpot that is active."
        return Empty("No contributions yet", text, Action("Jackpots", reverse("instances"), "coins"), "list-details")
