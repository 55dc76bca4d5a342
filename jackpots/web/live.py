"""Live operations: suspend everything, a brand or a source, with whom it meets before it is confirmed; and resume."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse

from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand, Operator
from backoffice.tenancy.scope import Scope
from backoffice.web.actor import actor_of
from backoffice.web.banners import Banner
from backoffice.web.confirm import ConfirmPage
from backoffice.web.found import found_or_404
from backoffice.web.page import OfficeView, reason_of
from jackpots.models import Source, Suspension
from jackpots.operations.lift_suspension import lift_suspension
from jackpots.operations.suspend import name_of, suspend
from jackpots.queries.sources import source, sources
from jackpots.queries.suspensions import Reach, Suspended, holding, reach, suspension, suspensions
from jackpots.web.instance_acts import start_of_today
from jackpots.web.phrases import counted, sentence_list

SHOWN = 50
NAMED = 10


def banners(scope: Scope) -> list[Banner]:
    """What every page says while something is suspended."""
    return [
        Banner(f"Suspended: {name_of(row)}. Its contributions are refused.", reverse("live"), row.reason)
        for row in holding(scope)
    ]


@dataclass(frozen=True)
class Scoped:
    """Something that can be suspended: its name, where to, and the suspension that holds."""

    name: str
    url: str
    held: Suspension | None
    why_not: str = ""


class LivePage(OfficeView):
    """`/office/live/`: what is suspended, what can be, and what was."""

    right = "instances.view"
    title = "Live operations"
    template_name = "jackpots/live.html"

    def context(self) -> dict[str, Any]:
        """Operators, brands and sources of the scope."""
        scope = self.request.scope
        rows = list(suspensions(scope)[:SHOWN])
        held = {(row.operator_id, row.brand_id, row.source_id): row for row in holding(scope)}
        operators = list(Operator.objects.filter(pk=scope.operator_id)) if scope.operator_id else []
        brands = [brand for brand in self.request.brands.options if scope.sees_brand(brand.pk)] if operators else []
        found = list(sources(scope)) if operators else []
        return {
            **super().context(),
            "held": list(held.values()),
            "past": [row for row in rows if row.ended_at is not None],
            "operators": [self._operator(row, held) for row in operators],
            "brands": [self._brand(row, held) for row in brands],
            "sources": [self._source(row, held) for row in found],
        }

    def _operator(self, row: Operator, held: dict[Any, Suspension]) -> Scoped:
        why_not = reason_of(lambda: self.request.scope.check_change(None))
        return Scoped(f"Everything of {row.name}", reverse("live_suspend"), held.get((row.pk, None, None)), why_not)

    def _brand(self, row: Brand, held: dict[Any, Suspension]) -> Scoped:
        url = f"{reverse('live_suspend')}?what=brand&id={row.pk}"
        why_not = reason_of(lambda: self.request.scope.check_change(row.pk))
        return Scoped(row.name, url, held.get((row.operator_id, row.pk, None)), why_not)

    def _source(self, row: Source, held: dict[Any, Suspension]) -> Scoped:
        url = f"{reverse('live_suspend')}?what=source&id={row.pk}"
        why_not = reason_of(lambda: self.request.scope.check_change(row.brand_id))
        return Scoped(row.source_id, url, held.get((row.operator_id, None, row.pk)), why_not)


class LiveAct(ConfirmPage):
    """A question about something that is or may be suspended."""

    right = "instances.change"

    def crumbs(self) -> list[tuple[str, str]]:
        """The page it is on."""
        return [("Live operations", self.cancel())]

    def cancel(self) -> str:
        """The same."""
        return reverse("live")


class SuspendPage(LiveAct):
    """`/office/live/suspend/`; `?what=brand|source&id=` for less than everything."""

    title = "Suspend"
    submit_label = "Suspend it"
    danger = True
    done = "It is suspended."

    @cached_property
    def what(self) -> tuple[Suspended, str]:
        """What the address names, and what people call it; 404 for what is not the viewer's."""
        scope, kind, key = self.request.scope, self.request.GET.get("what", ""), self.request.GET.get("id", "")
        if scope.operator_id is None or kind not in {"", "brand", "source"}:
            raise Http404("Choose what to suspend.")
        if kind == "brand":
            brand = Brand.objects.filter(pk=key, operator_id=scope.operator_id).first()
            if brand is None or not scope.sees_brand(brand.pk):
                raise Http404("There is no such brand.")
            return Suspended(scope.operator_id, brand.pk), f"the brand {brand.name}"
        if kind == "source":
            if not key.isdecimal() or len(key) > 18:
                raise Http404("There is no such source.")
            row = found_or_404(lambda: source(scope, int(key)))
            return Suspended(scope.operator_id, None, row.pk), f"the source {row.source_id}"
        return Suspended(scope.operator_id), "everything"

    @cached_property
    def reach(self) -> Reach:
        """Whom it meets."""
        return reach(self.what[0], today=start_of_today(), now=clock.now())

    def check_change(self) -> None:
        """Its brand, or the whole operator; without an operator there is nothing to suspend."""
        if self.request.scope.operator_id is None:
            raise Refusal("NOT_FOUND", "Choose an operator first.")
        what = self.what[0]
        brand_id = what.brand_id
        if what.source_key is not None:
            brand_id = source(self.request.scope, what.source_key).brand_id
        self.request.scope.check_change(brand_id)

    def question(self) -> str:
        """Names it."""
        return f"Suspend {self.what[1]}?"

    def effects(self) -> Sequence[str]:
        """Who is met, by what, and what goes on."""
        met = self.reach
        players = counted(met.players_today, "player")
        seen = players if met.is_all else f"more than {players}"
        hour = counted(met.contributions_last_hour, "contribution")
        size = f"{counted(len(met.instances), 'jackpot')}, {counted(met.sources, 'source')}"
        said = [f"{size}, {seen} seen today, {hour} in the last hour."]
        if met.instances:
            more = len(met.instances) - NAMED
            named = [*met.instances[:NAMED], f"{more} more"] if more > 0 else list(met.instances)
            said.append(f"Jackpots that it concerns: {sentence_list(named)}.")
        return [
            *said,
            "Contributions are refused with CONTRIBUTION_REJECTED from the next batch on.",
            "Pots, schedules and wins stay as they are; wins that are owed can be settled; players can still opt out.",
            "Every page says so until somebody resumes it.",
        ]

    def perform(self, reason: str) -> str:
        """Suspends it."""
        suspend(self.what[0], reason=reason, scope=self.request.scope, actor=actor_of(self.request), now=clock.now())
        return self.cancel()


class ResumeSuspended(LiveAct):
    """`/office/live/<id>/resume/`."""

    title = "Resume"
    submit_label = "Resume it"
    done = "Contributions are taken again."

    @cached_property
    def row(self) -> Suspension:
        """The suspension of the address."""
        return found_or_404(lambda: suspension(self.request.scope, self.kwargs["suspension_id"]))

    def check_change(self) -> None:
        """Its brand, or the whole operator."""
        row = self.row
        self.request.scope.check_change(row.source.brand_id if row.source is not None else row.brand_id)

    def question(self) -> str:
        """Names it."""
        return f"Resume {name_of(self.row)}?"

    def effects(self) -> Sequence[str]:
        """Why it was, and what begins again."""
        row = self.row
        what = Suspended(row.operator_id, row.brand_id, row.source_id)
        met = reach(what, today=start_of_today(), now=clock.now())
        size = f"{counted(len(met.instances), 'jackpot')} and {counted(met.sources, 'source')}"
        return [
            f"{row.started_by} suspended it: {row.reason}",
            f"{size} take contributions again from the next batch on.",
            "If an invariant is still violated, the next check suspends it again.",
        ]

    def perform(self, reason: str) -> str:
        """Ends it."""
        lift_suspension(
            self.row.pk, reason=reason, scope=self.request.scope, actor=actor_of(self.request), now=clock.now()
        )
        return self.cancel()
