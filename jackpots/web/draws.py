"""The cycles of the pots: what was committed to, whether the secret is told, and the draws recomputed."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import django_filters
import django_tables2 as tables
from django.core import signing
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from backoffice.web.lists import Empty
from backoffice.web.objects import Fact, ObjectPage
from backoffice.web.page import Action, OfficeView
from backoffice.web.render import when
from backoffice.web.tables import NumberColumn, OfficeTable, StateColumn, WhenColumn
from jackpots.models import PotCycle, Win
from jackpots.queries.cycle_check import check_part, keeps_its_word
from jackpots.queries.draws import Draw, contributions_of_cycle, draws_of, revealed_secret, was_switched
from jackpots.queries.pots import cycles
from jackpots.queries.wins import wins
from jackpots.web.contributions import own_instances
from jackpots.web.endless import EndlessList
from jackpots.web.filters import ScopedFilter, period
from jackpots.web.wording import one_in

PART = 1000
SAMPLE = 20
SALT = "jackpots.draws.verify"


def cycle_address(record: PotCycle) -> str:
    """The page of a cycle."""
    return reverse("draw", args=[record.pk])


def commitment_of(cycle: PotCycle) -> str:
    """In hexadecimal."""
    return bytes(cycle.commitment).hex()


class CycleTable(OfficeTable):
    """A cycle of a pot a row."""

    instance = tables.Column(accessor="pot__instance__name", verbose_name="Jackpot", linkify=cycle_address)
    pot = tables.Column(accessor="pot__code")
    cycle = NumberColumn()
    state = StateColumn(accessor="pk")
    started_at = WhenColumn(verbose_name="Started")
    ended_at = WhenColumn(verbose_name="Ended")
    commitment = tables.Column(accessor="pk")
    secret = tables.Column(accessor="pk")

    class Meta(OfficeTable.Meta):
        orderable = False
        sequence = ("instance", "pot", "cycle", "state", "started_at", "ended_at", "commitment", "secret")

    def row_address(self, record: PotCycle) -> str:
        """The cycle's page."""
        return cycle_address(record)

    def render_state(self, record: PotCycle, bound_column: Any) -> Any:
        """Running or ended."""
        return bound_column.column.render(self.value_state(record))

    def value_state(self, record: PotCycle) -> str:
        """The same in the export."""
        return "ended" if record.ended_at else "running"

    def render_commitment(self, record: PotCycle) -> str:
        """Its beginning; all of it stands on the page and in the export."""
        return f"{commitment_of(record)[:16]}…"

    def value_commitment(self, record: PotCycle) -> str:
        """All of it."""
        return commitment_of(record)

    def render_secret(self, record: PotCycle) -> str:
        """Whether it is told."""
        return "told" if record.ended_at else "sealed"

    def value_secret(self, record: PotCycle) -> str:
        """Itself, once the cycle has ended."""
        secret = revealed_secret(record)
        return secret.hex() if secret else "sealed"


class CycleFilter(ScopedFilter):
    """By jackpot, pot, whether it runs, days."""

    instance = django_filters.ModelChoiceFilter(
        field_name="pot__instance", queryset=own_instances, label="Jackpot", empty_label="All"
    )
    pot = django_filters.CharFilter(field_name="pot__code", label="Pot")
    ended = django_filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull", exclude=True, label="Ended")
    days = period("started_at")


class DrawList(EndlessList):
    """`/office/draws/`."""

    title = "Draws"
    right = "draws.view"
    table_class = CycleTable
    filter_class = CycleFilter
    time_field = "started_at"
    lead_in = (
        "From one drop to the next a pot draws by one secret. Its hash is published when the cycle starts, "
        "the secret itself when it ends: then everybody can recompute every draw."
    )

    def rows(self) -> QuerySet[PotCycle]:
        """The cycles of the pots in scope."""
        return cycles(self.request.scope)

    def empty(self) -> Empty:
        """What starts it."""
        text = "The first cycle of a pot starts when its jackpot is opened."
        return Empty("No draws yet", text, Action("Jackpots", reverse("instances"), "coins"), "dice-5")


class DrawPage(ObjectPage):
    """`/office/draws/<cycle>/`."""

    right = "draws.view"
    template_name = "jackpots/draw.html"

    @cached_property
    def cycle(self) -> PotCycle:
        """The cycle of the address."""
        found = cycles(self.request.scope).filter(pk=self.kwargs["cycle_id"]).first()
        if found is None:
            raise Http404("There is no such cycle.")
        return found

    def name(self) -> str:
        """By jackpot, pot and number."""
        return f"{self.cycle.pot.instance.name}, {self.cycle.pot.code}, cycle {self.cycle.cycle:,}"

    def object_state(self) -> str:
        """Running or ended."""
        return "ended" if self.cycle.ended_at else "running"

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Draws", reverse("draws"))]

    def facts(self) -> Sequence[Fact]:
        """Jackpot, times."""
        row = self.cycle
        instance = row.pot.instance
        facts = [
            Fact("Jackpot", instance.name, url=reverse("instance", args=[instance.pk])),
            Fact("Started", when(row.started_at)),
        ]
        return [*facts, Fact("Ended", when(row.ended_at))] if row.ended_at else facts

    def win(self) -> Win | None:
        """The win that ended it, where the viewer may see it."""
        return wins(self.request.scope).filter(pot_id=self.cycle.pot_id, cycle=self.cycle.cycle).first()

    def sample(self) -> list[Draw]:
        """The last draws of an ended cycle, the winning one first."""
        if self.cycle.ended_at is None:
            return []
        rows = self.request.scope.rows(contributions_of_cycle(self.cycle), brand_field="brand_id")
        newest = rows.order_by("-accepted_at", "-id")[:SAMPLE]
        key = (self.cycle.pot.code, self.cycle.cycle)
        found = [one for row in newest for one in draws_of(row) if (one.code, one.cycle) == key]
        return sorted(found, key=lambda one: not one.won)

    def context(self) -> dict[str, Any]:
        """Commitment, secret, sample, and what to compute by hand."""
        row, sample = self.cycle, self.sample()
        secret = revealed_secret(row)
        shown = [(one, one_in(one.numerator, one.denominator)) for one in sample]
        return {
            **super().context(),
            "cycle": row,
            "instance": row.pot.instance,
            "commitment": commitment_of(row),
            "secret": secret.hex() if secret else "",
            "win": self.win(),
            "was_switched": was_switched(row),
            "sample": shown,
            "example": next((one for one in sample if one.denominator > 1), None),
        }


class VerifyDraws(OfficeView):
    """A part of a cycle's draws recomputed, and the way to the next part: the page asks until all are."""

    right = "draws.view"
    template_name = "jackpots/draw_verified.html"

    def context(self) -> dict[str, Any]:
        """How far it is, what was found."""
        cycle = cycles(self.request.scope).filter(pk=self.kwargs["cycle_id"], ended_at__isnull=False).first()
        if cycle is None:
            raise Http404("There is no such cycle, or it has not ended.")
        so_far = self._so_far(cycle)
        after = (datetime.fromisoformat(so_far["at"]), UUID(so_far["id"])) if so_far.get("at") else None
        part = check_part(cycle, after, PART)
        checked = so_far["checked"] + part.draws
        wrong = so_far["wrong"] + len(part.wrong)
        first = (so_far["first"] + [str(one) for one in part.wrong])[:5]
        token = ""
        if part.last is not None:
            at, key = part.last
            kept = {"cycle": cycle.pk, "total": so_far["total"], "checked": checked, "wrong": wrong, "first": first}
            token = signing.dumps({**kept, "at": at.isoformat(), "id": str(key)}, salt=SALT)
        return {
            **super().context(),
            "cycle": cycle,
            "checked": checked,
            "total": max(so_far["total"], checked),
            "wrong": wrong,
            "first": first,
            "token": token,
            "keeps_its_word": keeps_its_word(cycle),
        }

    def _so_far(self, cycle: PotCycle) -> dict[str, Any]:
        token = self.request.GET.get("so-far", "")
        if not token:
            total = contributions_of_cycle(cycle).count()
            return {"total": total, "checked": 0, "wrong": 0, "first": []}
        try:
            kept: dict[str, Any] = signing.loads(token, salt=SALT, max_age=3600)
        except signing.BadSignature:
            raise Http404("Start again.") from None
        if kept["cycle"] != cycle.pk:
            raise Http404("That was another cycle.")
        return kept
