"""One template: its terms in words and figures, its versions, the jackpots that were opened from it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.urls import reverse

from backoffice.web.found import found_or_404
from backoffice.web.objects import Fact, HistoryPanel, ObjectPage, Tab
from backoffice.web.page import Action
from backoffice.web.render import when
from jackpots.models import Template
from jackpots.queries.instances import instances
from jackpots.queries.templates import template, terms_of, versions
from jackpots.queries.waiting import waiting_approval
from jackpots.rules.template import validate_template
from jackpots.web.instances import InstanceTable
from jackpots.web.panels import panel_table
from jackpots.web.template_words import named
from jackpots.web.templates import TemplateTable, template_acts
from jackpots.web.wording import pot_words, split_of, terms_sentences, total_rtp

TABS = (
    ("Overview", "template"),
    ("Simulation", "template_simulation"),
    ("Versions", "template_versions"),
    ("Instances", "template_instances"),
    ("History", "template_history"),
)


class TemplateBase(ObjectPage):
    """What every tab shows above its panel."""

    right = "templates.view"

    @cached_property
    def template(self) -> Template:
        """The template of the address."""
        return found_or_404(lambda: template(self.request.scope, self.kwargs["template_id"]))

    def check_change(self) -> None:
        """The brands that own it."""
        self.request.scope.check_change(self.template.brand_id)

    def name(self) -> str:
        """Name and version."""
        return f"{self.template.name} v{self.template.version}"

    def object_state(self) -> str:
        """Draft, Published or Retired."""
        return self.template.state

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Templates", reverse("templates"))]

    def facts(self) -> Sequence[Fact]:
        """Id, owner, currency, since when."""
        row = self.template
        since = Fact("Published", when(row.published_at)) if row.published_at else Fact("Drafted", when(row.created_at))
        return [
            Fact("Id", str(row.pk), copy=str(row.pk)),
            Fact("Owner", row.brand_id or row.operator_id),
            Fact("Currency", row.currency),
            since,
        ]

    def tabs(self) -> Sequence[Tab]:
        """Four tabs."""
        counts = {"template_instances": getattr(self.template, "instance_count", None)}
        return [Tab(label, reverse(name, args=[self.template.pk]), counts.get(name)) for label, name in TABS]

    def primary(self) -> Action | None:
        """The act that is next."""
        return template_acts(self.template)[0]

    def menu(self) -> Sequence[Action]:
        """The rest."""
        return template_acts(self.template)[1:]


class TemplateOverview(TemplateBase):
    """`/office/templates/<id>/`."""

    template_name = "jackpots/template.html"

    def context(self) -> dict[str, Any]:
        """Sentences, pots, split, problems."""
        terms = terms_of(self.template)
        return {
            **super().context(),
            "template": self.template,
            "sentences": terms_sentences(terms),
            "pots": [pot_words(terms, pot) for pot in terms.pots],
            "split": split_of(terms),
            "total_rtp": total_rtp(terms),
            "problems": named(validate_template(terms)),
            "waiting": waiting_approval(self.request.scope, ("template.publish",), str(self.template.pk)),
        }


class TemplateVersions(TemplateBase):
    """Every version of the line."""

    template_name = "jackpots/rows.html"

    def context(self) -> dict[str, Any]:
        """The versions, the newest first."""
        # A row of the table says nothing of the other parts.
        rows = versions(self.request.scope, self.template.lineage_id).prefetch_related(None).prefetch_related("pots")
        table = panel_table(TemplateTable, rows, self.request, caption=f"Versions of {self.template.name}")
        return {**super().context(), "table": table}


class TemplateInstances(TemplateBase):
    """The jackpots that were opened from it."""

    template_name = "jackpots/rows.html"

    def context(self) -> dict[str, Any]:
        """Instances, the newest first."""
        rows = instances(self.request.scope).filter(template=self.template)[:200]
        table = panel_table(InstanceTable, rows, self.request, caption=f"Jackpots of {self.name()}")
        empty = "No jackpot was opened from it yet."
        return {**super().context(), "table": table, "empty_text": empty, "is_live": True}


class TemplateHistory(HistoryPanel, TemplateBase):
    """The audit log of the template."""

    object_type = "template"

    def object_id(self) -> str:
        """Its id, once it is known to be in scope."""
        return str(self.template.pk)
