"""One jackpot: its live pots and facts, and a tab for each thing that belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from backoffice.web.found import found_or_404
from backoffice.web.objects import Fact, HistoryPanel, ObjectPage, Tab
from backoffice.web.page import Action
from backoffice.web.render import when, when_exactly
from jackpots.models import Instance, JackpotType, Pot, PotCycle, Win
from jackpots.queries.instance_overview import last_drops, mappings_to, running_cycles
from jackpots.queries.instances import instance
from jackpots.queries.ledger import accounts_of_pots
from jackpots.queries.templates import published_terms
from jackpots.queries.waiting import waiting_approval
from jackpots.rules.terms import PotTerms, TemplateTerms
from jackpots.web.columns import BROADCAST, closed_note, shown_state
from jackpots.web.instances import acts_of
from jackpots.web.sweeping import left_of
from jackpots.web.wording import drops_text, odds_now

ASKED = ("instance.terminate", "instance.switch", "instance.sweep")
TABS = (
    ("Overview", "instance"),
    ("Pots", "instance_pots"),
    ("Contributions", "instance_contributions"),
    ("Winners", "instance_winners"),
    ("Community", "instance_credits"),
    ("Draws", "instance_draws"),
    ("Schedule", "instance_schedule"),
    ("History", "instance_history"),
)
RAFFLE_TABS = (
    ("Overview", "instance"),
    ("Rounds", "instance_rounds"),
    ("Winners", "instance_credits"),
    ("Contributions", "instance_contributions"),
    ("Pot", "instance_pots"),
    ("Schedule", "instance_schedule"),
    ("History", "instance_history"),
)


@dataclass(frozen=True)
class PotView:
    """A pot as the pages show it."""

    pot: Pot
    terms: PotTerms
    drops: str
    odds: str
    cycle: PotCycle | None
    last: Win | None

    @property
    def commitment(self) -> str:
        """The commitment of the running cycle, in hexadecimal."""
        return bytes(self.cycle.commitment).hex() if self.cycle else ""

    @property
    def floor(self) -> int:
        """Where the meter of a value pot begins."""
        return self.cycle.start_value_micros if self.cycle else 0


class InstanceBase(ObjectPage):
    """What every tab shows above its panel."""

    right = "instances.view"

    @cached_property
    def instance(self) -> Instance:
        """The jackpot of the address."""
        return found_or_404(lambda: instance(self.request.scope, self.kwargs["instance_id"]))

    @property
    def is_broadcast(self) -> bool:
        """Whether its pots come over the socket."""
        return self.instance.state in BROADCAST

    def check_change(self) -> None:
        """The brands that own it."""
        self.request.scope.check_change(self.instance.brand_id)

    def name(self) -> str:
        """The jackpot's name."""
        return self.instance.name

    def object_state(self) -> str:
        """The state that holds now."""
        return shown_state(self.instance)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Instances", reverse("instances"))]

    def facts(self) -> Sequence[Fact]:
        """Id, owner, template, currency, since when."""
        row = self.instance
        return [
            Fact("Id", str(row.pk), copy=str(row.pk)),
            Fact("Owner", row.brand_id or row.operator_id),
            Fact("Template", str(row.template), url=reverse("template", args=[row.template_id])),
            Fact("Currency", row.currency),
            Fact("Since", when(row.changed_at)),
            Fact("For players", "Rules", url=f"{reverse('public-rules', args=[row.pk])}?format=html"),
        ]

    def tabs(self) -> Sequence[Tab]:
        """Those of its kind; what is free to count is counted."""
        drops = sum(pot.drop_count for pot in self.instance.pots.all())
        counts = {"instance_pots": len(self.instance.pots.all()), "instance_winners": drops}
        tabs = TABS if self.instance.jackpot_type != JackpotType.RAFFLE else RAFFLE_TABS
        return [Tab(label, reverse(name, args=[self.instance.pk]), counts.get(name)) for label, name in tabs]

    def primary(self) -> Action | None:
        """The act that is next."""
        acts = acts_of(self.instance)
        return acts[0] if acts else None

    def menu(self) -> Sequence[Action]:
        """The rest."""
        return acts_of(self.instance)[1:]

    def terms(self) -> TemplateTerms:
        """The terms of its template."""
        return published_terms(self.instance.template_id)

    def pots(self) -> list[PotView]:
        """The pots by position, with their running cycle and their last drop."""
        cycles = running_cycles(self.instance.pk)
        drops = last_drops(self.request.scope, self.instance.pk)
        terms = self.terms()
        by_code = {pot.code: pot for pot in terms.pots}
        return [
            PotView(
                pot,
                by_code[pot.code],
                drops_text(terms, by_code[pot.code]),
                _odds(terms, by_code[pot.code], pot),
                cycles.get(pot.pk),
                drops.get(pot.pk),
            )
            for pot in self.instance.pots.all()
        ]


def _odds(terms: TemplateTerms, described: PotTerms, pot: Pot) -> str:
    """The chance of the next contribution; of a pot by time when its window ends, of a closed one that it is."""
    if described.max_drops is not None and pot.drop_count >= described.max_drops:
        return "closed"
    if pot.window_ends_at is not None:
        return format_html("in the window until {}", when_exactly(pot.window_ends_at))
    return odds_now(terms, described, pot.value_micros)


class InstanceOverview(InstanceBase):
    """`/office/instances/<id>/`."""

    template_name = "jackpots/instance.html"

    def context(self) -> dict[str, Any]:
        """Live pots, what leads here, who may take part."""
        return {
            **super().context(),
            "instance": self.instance,
            "pots": self.pots(),
            "terms": self.terms(),
            "mappings": mappings_to(self.request.scope, self.instance.pk),
            "is_broadcast": self.is_broadcast,
            "closed": closed_note(self.instance),
            "left": left.pots if (left := left_of(self.instance)) else (),
            "waiting": waiting_approval(self.request.scope, ASKED, str(self.instance.pk)),
        }


class InstancePots(InstanceBase):
    """The pots in full: amounts, terms, cycles, commitments."""

    template_name = "jackpots/instance_pots.html"

    def context(self) -> dict[str, Any]:
        """The same pots, every figure of them."""
        return {
            **super().context(),
            "instance": self.instance,
            "pots": self.pots(),
            "accounts": accounts_of_pots(self.request.scope, self.instance.pk),
            "is_broadcast": self.is_broadcast,
        }


class InstanceHistory(HistoryPanel, InstanceBase):
    """The audit log of the jackpot."""

    object_type = "instance"

    def object_id(self) -> str:
        """Its id, once it is known to be in scope."""
        return str(self.instance.pk)
