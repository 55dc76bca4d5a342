"""The list of jackpots."""

from collections.abc import Sequence
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse

from backoffice.web.lists import Empty, ListPage
from backoffice.web.page import Action
from backoffice.web.tables import IdColumn, MenuColumn, OfficeTable, WhenColumn
from jackpots.models import Instance, InstanceState
from jackpots.queries.instances import instances
from jackpots.web.columns import BrandsColumn, InstanceStateColumn, PotsColumn, shown_state
from jackpots.web.filters import ScopedFilter, owner_choices


def address_of(record: Instance) -> str:
    """The page of an instance."""
    return reverse("instance", args=[record.pk])


def acts_of(instance: Instance) -> list[Action]:
    """What can be done to it in its state, the next act first."""
    state, key = shown_state(instance), [instance.pk]
    acts = {
        InstanceState.ACTIVE: [
            Action("Pause", reverse("instance_pause", args=key), "player-pause", "instances.change")
        ],
        InstanceState.PAUSED: [
            Action("Resume", reverse("instance_resume", args=key), "player-play", "instances.change")
        ],
        InstanceState.PENDING: [
            Action("Activate now", reverse("instance_activate", args=key), "player-play", "instances.change")
        ],
    }.get(InstanceState(state))
    if acts is None:
        left = Action("Transfer what is left…", reverse("instance_sweep", args=key), "send", "instances.change")
        return [left] if any(pot.value_micros or pot.seed_micros for pot in instance.pots.all()) else []
    held = Action("Boost seeds", reverse("instance_boost", args=key), "trending-up", "instances.change")
    back = [
        Action("Refund a boost", reverse("instance_boost_refund", args=key), "arrow-back-up", "instances.change")
    ] * any(pot.boost_micros for pot in instance.pots.all())
    switch = [
        Action("Switch the model…", reverse("instance_switch", args=key), "arrows-exchange", "instances.change")
    ] * (instance.jackpot_type != "Raffle")
    links = Action("Linked jackpots", reverse("instance_links", args=key), "link", "instances.change")
    end = Action("Terminate…", reverse("instance_terminate", args=key), "ban", "instances.change", danger=True)
    return [*acts, held, *back, *switch, links, end]


class InstanceTable(OfficeTable):
    """A jackpot a row, its pots live in it."""

    name = tables.Column(linkify=address_of)
    state = InstanceStateColumn()
    pots = PotsColumn(accessor="pk", orderable=False)
    template = tables.Column(
        accessor="template", verbose_name="Template", order_by=("template__name", "template__version")
    )
    owner = tables.Column(accessor="operator_id", verbose_name="Owner", order_by=("operator_id", "brand_id"))
    brands = BrandsColumn(accessor="pk", orderable=False)
    changed_at = WhenColumn(verbose_name="Since")
    currency = tables.Column()
    id = IdColumn()
    created_at = WhenColumn(verbose_name="Opened")
    menu = MenuColumn(lambda record, _: acts_of(record))
    hidden = ("id", "created_at", "currency")

    class Meta(OfficeTable.Meta):
        sequence = (
            "name", "state", "pots", "template", "owner", "brands", "changed_at", "currency", "id", "created_at",
            "menu",
        )  # fmt: skip

    def row_address(self, record: Instance) -> str:
        """The instance's page."""
        return address_of(record)

    def render_owner(self, record: Instance) -> str:
        """The pair, or the operator alone."""
        return record.brand_id or record.operator_id

    def value_owner(self, record: Instance) -> str:
        """The same in the export."""
        return record.brand_id or record.operator_id


def _own_currencies(request: Any) -> QuerySet[Instance, str]:
    return instances(request.scope).order_by("currency").values_list("currency", flat=True).distinct()


class InstanceFilter(ScopedFilter):
    """By state, currency, owner, brand that may take part, and text."""

    q = django_filters.CharFilter(method="search", label="Name or id")
    state = django_filters.ChoiceFilter(choices=InstanceState.choices, label="State", empty_label="All")
    currency = django_filters.ChoiceFilter(label="Currency", empty_label="All")
    owner = django_filters.ChoiceFilter(method="owned_by", label="Owner", empty_label="All")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [(code, code) for code in _own_currencies(self.request)]
        self.form.fields["currency"].choices = [("", "All"), *codes]
        self.form.fields["owner"].choices = [("", "All"), *owner_choices(self.request)]

    def search(self, rows: QuerySet[Instance], _name: str, value: str) -> QuerySet[Instance]:
        """A part of the name, or the beginning of the id."""
        return rows.filter(Q(name__icontains=value) | Q(pk__istartswith=value))

    def owned_by(self, rows: QuerySet[Instance], _name: str, value: str) -> QuerySet[Instance]:
        """`operator:brand`, or `operator` for what no single brand owns."""
        if ":" in value:
            return rows.filter(brand_id=value)
        return rows.filter(operator_id=value, brand__isnull=True)


class InstanceList(ListPage):
    """`/office/instances/`."""

    title = "Instances"
    right = "instances.view"
    table_class = InstanceTable
    filter_class = InstanceFilter
    template_name = "jackpots/instances.html"
    lead_in = "Every jackpot that is open, was open or will be. Pots grow with each contribution."

    def rows(self) -> QuerySet[Instance]:
        """Those in scope."""
        return instances(self.request.scope)

    def actions(self) -> Sequence[Action]:
        """Opening one."""
        return [Action("Open a jackpot", reverse("instance_open"), "plus", "instances.change")]

    def empty(self) -> Empty:
        """What starts it."""
        text = "A jackpot is opened from a published template, and takes contributions from then on."
        return Empty("No jackpots yet", text, self.actions()[0], "coins")
