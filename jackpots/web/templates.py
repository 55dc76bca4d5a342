"""The list of templates, a line of versions a row."""

from collections.abc import Sequence
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse

from backoffice.web.lists import Empty, ListPage
from backoffice.web.page import Action
from backoffice.web.tables import IdColumn, MenuColumn, MoneyColumn, NumberColumn, OfficeTable, StateColumn, WhenColumn
from jackpots.models import Template, TemplateState
from jackpots.queries.templates import templates
from jackpots.web.filters import ScopedFilter


def template_address(record: Template) -> str:
    """The page of a template."""
    return reverse("template", args=[record.pk])


def template_acts(template: Template) -> list[Action]:
    """What can be done in its state, the next act first."""
    key, right = [template.pk], "templates.change"
    copying = f"{reverse('template_new')}?from={template.pk}"
    duplicate = Action("Duplicate as new", copying, "copy", right, makes_own=True)
    if template.state == TemplateState.DRAFT:
        return [
            Action("Request publication", reverse("template_publish", args=key), "send", right),
            Action("Simulate", reverse("template_simulation", args=key), "flask", right),
            Action("Edit", reverse("template_edit", args=key), "pencil", right),
            Action("New version", reverse("template_new_version", args=key), "git-branch", right),
            duplicate,
            Action("Delete draft", reverse("template_delete", args=key), "trash", right, danger=True),
        ]
    acts = [Action("New version", reverse("template_new_version", args=key), "git-branch", right), duplicate]
    if template.state == TemplateState.PUBLISHED:
        opening = f"{reverse('instance_open')}?template={template.pk}"
        acts.insert(0, Action("Open a jackpot", opening, "plus", "instances.change", makes_own=True))
    return acts


class TemplateTable(OfficeTable):
    """A template a row."""

    name = tables.Column(linkify=template_address)
    version = NumberColumn()
    state = StateColumn()
    contribution_micros = MoneyColumn(verbose_name="Contribution")
    pots = tables.Column(accessor="pk", orderable=False)
    funding = tables.Column(accessor="operator_contribution_ppm", verbose_name="Funded by")
    owner = tables.Column(accessor="operator_id", order_by=("operator_id", "brand_id"))
    instance_count = NumberColumn(verbose_name="Instances")
    published_at = WhenColumn(verbose_name="Published")
    created_at = WhenColumn(verbose_name="Drafted")
    id = IdColumn()
    menu = MenuColumn(lambda record, _: template_acts(record))
    hidden = ("id", "created_at")

    class Meta(OfficeTable.Meta):
        sequence = (
            "name", "version", "state", "contribution_micros", "pots", "funding", "owner", "instance_count",
            "published_at", "created_at", "id", "menu",
        )  # fmt: skip

    def row_address(self, record: Template) -> str:
        """The template's page."""
        return template_address(record)

    def render_pots(self, record: Template) -> str:
        """The codes by position."""
        return ", ".join(pot.code for pot in sorted(record.pots.all(), key=lambda pot: pot.position))

    def value_pots(self, record: Template) -> str:
        """The same in the export."""
        return self.render_pots(record)

    def render_funding(self, value: int) -> str:
        """Who pays."""
        return "Operator" if value == 1_000_000 else ("Player" if value == 0 else "Operator and player")

    def value_funding(self, value: int) -> str:
        """The same in the export."""
        return self.render_funding(value)

    def render_owner(self, record: Template) -> str:
        """The pair, or the operator alone."""
        return record.brand_id or record.operator_id

    def value_owner(self, record: Template) -> str:
        """The same in the export."""
        return record.brand_id or record.operator_id


class TemplateFilter(ScopedFilter):
    """By name, state, currency; every version, or the newest of each line."""

    q = django_filters.CharFilter(method="search", label="Name or id")
    state = django_filters.ChoiceFilter(choices=TemplateState.choices, label="State", empty_label="All")
    currency = django_filters.CharFilter(lookup_expr="iexact", label="Currency")
    versions = django_filters.ChoiceFilter(
        choices=[("newest", "The newest only")], method="newest", label="Versions", empty_label="All"
    )

    def search(self, rows: QuerySet[Template], _name: str, value: str) -> QuerySet[Template]:
        """A part of the name, or the beginning of the id."""
        return rows.filter(Q(name__icontains=value) | Q(pk__istartswith=value))

    def newest(self, rows: QuerySet[Template], _name: str, _value: str) -> QuerySet[Template]:
        """The last version of each line."""
        last = Template.objects.order_by("operator_id", "lineage_id", "-version").distinct("operator_id", "lineage_id")
        return rows.filter(pk__in=last.values("pk"))


class TemplateList(ListPage):
    """`/office/templates/`."""

    title = "Templates"
    right = "templates.view"
    table_class = TemplateTable
    filter_class = TemplateFilter
    lead_in = "The rules that jackpots are opened from. A published version never changes; what follows is a new one."

    def rows(self) -> QuerySet[Any]:
        """Lines together, the newest version first."""
        return templates(self.request.scope).order_by("name", "lineage_id", "-version")

    def actions(self) -> Sequence[Action]:
        """Drafting one."""
        return [
            Action("New template", reverse("template_new"), "plus", "templates.change"),
            Action("Simulation policy", reverse("simulation_policy"), "scale", "templates.view"),
        ]

    def empty(self) -> Empty:
        """What starts it."""
        text = "A template says what a contribution is, how it is shared, and when the pots drop."
        return Empty("No templates yet", text, self.actions()[0], "template")
