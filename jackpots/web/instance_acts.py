"""What is done to a jackpot, each act behind a question that names what it does in figures."""

from collections.abc import Sequence
from datetime import datetime, time
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone

from backoffice.core import clock
from backoffice.core.money import format_money
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmPage
from backoffice.web.found import found_or_404
from jackpots.models import Instance, SourceMapping
from jackpots.operations.activate_instance import activate_instance
from jackpots.operations.pause_instance import pause_instance
from jackpots.operations.request_termination import request_termination
from jackpots.operations.resume_instance import resume_instance
from jackpots.queries.instance_overview import Seen, mappings_to, seen_since
from jackpots.queries.instances import instance
from jackpots.web.phrases import counted, sentence_list


def start_of_today() -> datetime:
    """Midnight in the viewer's zone."""
    today = timezone.localdate()
    return timezone.make_aware(datetime.combine(today, time.min))


class InstanceAct(ConfirmPage):
    """The jackpot of the address, and its figures."""

    right = "instances.change"
    template_name = "jackpots/instance_act.html"

    @cached_property
    def instance(self) -> Instance:
        """Looked up in the viewer's scope; anything else is not there."""
        return found_or_404(lambda: instance(self.request.scope, self.kwargs["instance_id"]))

    @cached_property
    def mappings(self) -> Sequence[SourceMapping]:
        """The sources that lead to it."""
        return list(mappings_to(self.request.scope, self.instance.pk))

    @cached_property
    def seen(self) -> Seen:
        """Who contributed today."""
        row = self.instance
        return seen_since(self.request.scope, operator_id=row.operator_id, instance_id=row.pk, since=start_of_today())

    def check_change(self) -> None:
        """The brands that own it."""
        self.request.scope.check_change(self.instance.brand_id)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the jackpot."""
        return [("Instances", reverse("instances")), (self.instance.name, self.cancel())]

    def cancel(self) -> str:
        """The jackpot's page."""
        return reverse("instance", args=[self.instance.pk])

    def reach(self) -> str:
        """Sources and players in figures."""
        seen = self.seen
        players = counted(seen.players, "player") if seen.is_all else f"more than {seen.players:,} players"
        return f"{counted(len(self.mappings), 'source')}, {players} seen today."

    def held(self) -> str:
        """What its pots and reserves hold, together and one by one."""
        row = self.instance
        pots = list(row.pots.all())
        total = format_money(sum(pot.value_micros + pot.seed_micros for pot in pots), row.currency)
        each = [f"{pot.code} {format_money(pot.value_micros, row.currency)}" for pot in pots]
        reserves = format_money(sum(pot.seed_micros for pot in pots), row.currency)
        return f"Its pots hold {sentence_list(each)}; with {reserves} in the reserves that is {total}."

    def context(self) -> dict[str, Any]:
        """The jackpot beside the question."""
        return {**super().context(), "instance": self.instance}


class PauseInstance(InstanceAct):
    """Active to Paused."""

    title = "Pause a jackpot"
    submit_label = "Pause it"
    done = "The jackpot is paused."

    def question(self) -> str:
        """Names it."""
        return f"Pause {self.instance.name}?"

    def effects(self) -> Sequence[str]:
        """Who is met, and by what."""
        said = [self.reach(), "Contributions will be refused with CONTRIBUTION_REJECTED from the next one on."]
        behind = [mapping.source.source_id for mapping in self.mappings]
        if behind:
            said.append(f"Sources with another jackpot behind them go on with that one: {sentence_list(behind)}.")
        return [*said, self.held(), "Nothing is lost: it continues where it stands once it is resumed."]

    def perform(self, reason: str) -> str:
        """Pauses it."""
        pause_instance(
            self.instance.pk, reason=reason, scope=self.request.scope, actor=actor_of(self.request), now=clock.now()
        )
        return self.cancel()


class ResumeInstance(InstanceAct):
    """Paused to Active."""

    title = "Resume a jackpot"
    submit_label = "Resume it"
    reason_needed = False
    done = "The jackpot takes contributions again."

    def question(self) -> str:
        """Names it."""
        return f"Resume {self.instance.name}?"

    def effects(self) -> Sequence[str]:
        """What begins again."""
        leads = counted(len(self.mappings), "source leads", "sources lead")
        return [f"{leads} to it; contributions are taken from the next one on.", self.held()]

    def perform(self, reason: str) -> str:
        """Resumes it."""
        resume_instance(
            self.instance.pk, reason=reason, scope=self.request.scope, actor=actor_of(self.request), now=clock.now()
        )
        return self.cancel()


class ActivateInstance(InstanceAct):
    """Pending to Active, before its time."""

    title = "Activate a jackpot"
    submit_label = "Activate it now"
    reason_needed = False
    done = "The jackpot is active."

    def question(self) -> str:
        """Names it."""
        return f"Activate {self.instance.name} now?"

    def effects(self) -> Sequence[str]:
        """What begins, and what becomes of the schedule."""
        row = self.instance
        leads = counted(len(self.mappings), "source leads", "sources lead")
        said = [f"{leads} to it; contributions are taken from the next one on.", self.held()]
        if row.starts_at is not None:
            planned = timezone.localtime(row.starts_at)
            said.append(f"Its start of {planned:%d %b %Y, %H:%M %Z} is moved to now; the end stays as it is.")
        if row.recurrence_rules:
            said.append("Days and weeks of its hours are counted from there; outside its hours it takes nothing.")
        return said

    def perform(self, reason: str) -> str:
        """Activates it."""
        activate_instance(
            self.instance.pk, reason=reason, scope=self.request.scope, actor=actor_of(self.request), now=clock.now()
        )
        return self.cancel()


class TerminateInstance(InstanceAct):
    """Asks a second person to end it for ever."""

    title = "Terminate a jackpot"
    submit_label = "Ask for the termination"
    danger = True
    done = "The termination awaits a second person."

    def question(self) -> str:
        """Names it."""
        return f"Ask to terminate {self.instance.name} for ever?"

    def effects(self) -> Sequence[str]:
        """Who decides, who is met, what stays and where."""
        return [
            "Nothing happens until a second person approves it; you cannot.",
            f"{self.reach()} Contributions will then be refused with CONTRIBUTION_REJECTED, and nothing can follow.",
            self.held(),
            "That money is paid to nobody: it stays in the liability of this jackpot.",
            "It leaves the liability only by a transfer with a reason that a second person approves.",
        ]

    def typed_name(self) -> str:
        """Its name, because this cannot be undone."""
        return self.instance.name

    def perform(self, reason: str) -> str:
        """Stores the request."""
        approval = request_termination(
            self.instance.pk,
            reason=reason,
            requested_by=self.request.user,
            scope=self.request.scope,
            actor=actor_of(self.request),
            now=clock.now(),
        )
        return reverse("approval", args=[approval.pk])
