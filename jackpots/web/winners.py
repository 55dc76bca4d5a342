"""Wins: what is owed, what was settled, what is withheld."""

from collections.abc import Sequence
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from backoffice.web.lists import Empty
from backoffice.web.page import Action
from backoffice.web.tables import IdColumn, MenuColumn, MoneyColumn, OfficeTable, StateColumn, WhenColumn
from jackpots.models import Win, WinState
from jackpots.queries.wins import wins
from jackpots.web.columns import PlayerColumn
from jackpots.web.contributions import own_instances
from jackpots.web.endless import EndlessList
from jackpots.web.filters import ScopedFilter, brand_filter, period


def win_address(record: Win) -> str:
    """The page of a win."""
    return reverse("winner", args=[record.pk])


def win_acts(win: Win) -> list[Action]:
    """What can be done in its state, the next act first."""
    key = [win.pk]
    if win.state == WinState.OWED:
        return [
            Action("Request settlement", reverse("winner_settle", args=key), "send", "wins.settle"),
            Action("Withhold", reverse("winner_withhold", args=key), "lock", "wins.withhold", danger=True),
        ]
    if win.state == WinState.WITHHELD:
        return [
            Action("Request release", reverse("winner_release", args=key), "lock-open", "wins.withhold"),
            Action("Request cancellation", reverse("winner_cancel", args=key), "ban", "wins.withhold", danger=True),
        ]
    return []


class WinTable(OfficeTable):
    """A win a row."""

    won_at = WhenColumn(verbose_name="Won", linkify=win_address)
    player_id = PlayerColumn(verbose_name="Player")
    instance = tables.Column(
        accessor="instance__name",
        verbose_name="Jackpot",
        linkify=lambda record: reverse("instance", args=[record.instance_id]),
    )
    pot = tables.Column(accessor="pot__code")
    value_micros = MoneyColumn(verbose_name="Pot value", currency="instance__currency")
    pay_micros = MoneyColumn(verbose_name="Player gets", currency="player_currency")
    state = StateColumn()
    brand_id = tables.Column(verbose_name="Brand")
    source_id = tables.Column(verbose_name="Source", default="direct")
    reference = tables.Column(default="")
    changed_at = WhenColumn(verbose_name="Since")
    id = IdColumn(verbose_name="Win")
    menu = MenuColumn(lambda record, _: win_acts(record))
    hidden = ("source_id", "changed_at", "id")

    class Meta(OfficeTable.Meta):
        orderable = False
        sequence = (
            "won_at", "player_id", "instance", "pot", "value_micros", "pay_micros", "state", "brand_id", "source_id",
            "reference", "changed_at", "id", "menu",
        )  # fmt: skip

    def row_address(self, record: Win) -> str:
        """The win's page."""
        return win_address(record)


class WinFilter(ScopedFilter):
    """By state, brand, jackpot, pot, player, days."""

    player_fields = ("player",)
    state = django_filters.ChoiceFilter(choices=WinState.choices, label="State", widget=forms.HiddenInput)
    brand = brand_filter()
    instance = django_filters.ModelChoiceFilter(queryset=own_instances, label="Jackpot", empty_label="All")
    pot = django_filters.CharFilter(field_name="pot__code", label="Pot")
    player = django_filters.CharFilter(field_name="player_id", label="Player")
    days = period("won_at")


class WinnerList(EndlessList):
    """`/office/winners/`."""

    title = "Winners"
    right = "wins.view"
    table_class = WinTable
    filter_class = WinFilter
    time_field = "won_at"
    template_name = "jackpots/winners.html"
    lead_in = "Each drop of a pot. A win is owed until a second person has settled it, unless it is withheld."

    def rows(self) -> QuerySet[Win]:
        """The wins of the scope."""
        return wins(self.request.scope)

    def actions(self) -> Sequence[Action]:
        """What was won without dropping a pot oneself."""
        return [Action("Prizes and community payouts", reverse("credits"), "ticket", "wins.view", makes_own=True)]

    def empty(self) -> Empty:
        """What starts it."""
        return Empty(
            "Nobody has won yet",
            "A win appears the moment a pot drops. The pots and their odds stand with each jackpot.",
            Action("Jackpots", reverse("instances"), "coins"),
            "trophy",
        )

    def context(self) -> dict[str, Any]:
        """The states to choose from at one press."""
        asked = self.request.GET.get("state")
        return {**super().context(), "states": [(value, value == asked) for value in WinState.values]}
