"""What can be done about many dead letters at once: a worker does it, and its page says how far it is."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from backoffice.core import clock
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmForm, ConfirmPage
from integrations.models import DeadLetter
from integrations.operations.request_letter_work import MOST_LETTERS, Wanted, request_letter_work
from integrations.queries.dead_letters import changeable, dead_letters
from integrations.web.dead_letter_acts import ReplayForm, through_choices
from integrations.web.dead_letters import DeadLetterFilter


class BulkAct(ConfirmPage):
    """An act on the letters that are ticked, or else on all that pass the filters of the list."""

    right = "dead_letters.replay"
    reason_needed = True
    work: Literal["replay", "set_aside"]

    def fitting(self, rows: QuerySet[DeadLetter]) -> QuerySet[DeadLetter]:
        """Those that the act fits."""
        raise NotImplementedError

    def chosen(self) -> QuerySet[DeadLetter]:
        """As the list shows them, but for what is not the viewer's to change."""
        bar = DeadLetterFilter(self.request.GET, queryset=dead_letters(self.request.scope), request=self.request)
        rows: QuerySet[DeadLetter] = bar.qs
        if "selection" in self.request.GET:
            rows = rows.filter(pk__in=self.ticked)
        return self.fitting(changeable(rows, self.request.scope))

    @property
    def ticked(self) -> list[int]:
        """The keys of the boxes."""
        return [int(key) for key in self.request.GET.getlist("key") if key.isascii() and key.isdigit()]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The question; back to the list where nothing is ticked."""
        if "selection" in request.GET and not self.ticked:
            messages.info(request, "Tick the messages first, or take all that pass the filters.")
            return HttpResponseRedirect(self.cancel())
        return super().get(request, *args, **kwargs)

    @cached_property
    def counts(self) -> list[tuple[str, int]]:
        """How many of which reason, the most first."""
        rows = self.chosen().order_by().values_list("reason").annotate(number=Count("pk")).order_by("-number", "reason")
        found = list(rows)
        if not found:
            raise Http404("Nothing that passes the filters can be treated so.")
        return found

    @property
    def number(self) -> int:
        """How many are treated: the oldest first, no more than are taken at once."""
        return min(sum(count for _, count in self.counts), MOST_LETTERS)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Dead letters", reverse("dead_letters"))]

    def cancel(self) -> str:
        """The list with its filters."""
        query = self.request.GET.copy()
        for name in ("key", "selection"):
            query.pop(name, None)
        return f"{reverse('dead_letters')}?{query.urlencode()}"

    def by_reason(self) -> list[str]:
        """A line a reason."""
        return [f"{reason}: {count:,}" for reason, count in self.counts]

    def start(self, reason: str, through: UUID | None = None) -> str:
        """To the page that says how far it is."""
        request = self.request
        letters = list(self.chosen().order_by("pk").values_list("pk", flat=True)[:MOST_LETTERS])
        wanted = Wanted(self.work, letters, through, reason)
        work = request_letter_work(
            wanted, requested_by=request.user, scope=request.scope, actor=actor_of(request), now=clock.now()
        )
        return reverse("letter_work", args=[work.pk])


class ReplayMany(BulkAct):
    """`/office/dead-letters/replay/?…`."""

    title = "Replay dead letters"
    submit_label = "Replay them"
    reason_needed = False
    work = "replay"

    def fitting(self, rows: QuerySet[DeadLetter]) -> QuerySet[DeadLetter]:
        """All but what was replayed."""
        return rows.exclude(state="replayed")

    def question(self) -> str:
        """How many."""
        return f"Send {self.number:,} messages through their feed again, the oldest first?"

    def effects(self) -> Sequence[str]:
        """By reason."""
        return [
            *self.by_reason(),
            "Each is taken alone: one that is still of no use goes on waiting and stops none.",
            "It can be stopped at any time; what is done stays done.",
        ]

    def make_form(self, data: Any = None) -> ConfirmForm:
        """With a choice of connected integrations of the kind."""
        owners = self.chosen().order_by("integration_id").distinct("integration_id")
        return ReplayForm(data, reason_needed=False, choices=through_choices(self.request, list(owners)))

    def perform(self, reason: str) -> str:
        """A worker does it."""
        through = self.request.POST.get("through")
        return self.start(reason, UUID(through) if through else None)


class SetAsideMany(BulkAct):
    """`/office/dead-letters/set-aside/?…`."""

    title = "Set dead letters aside"
    submit_label = "Set them aside"
    work = "set_aside"

    def fitting(self, rows: QuerySet[DeadLetter]) -> QuerySet[DeadLetter]:
        """What waits."""
        return rows.filter(state="waiting")

    def question(self) -> str:
        """How many."""
        return f"Set {self.number:,} messages aside?"

    def effects(self) -> Sequence[str]:
        """By reason."""
        return [*self.by_reason(), f"They can still be replayed for {settings.DEAD_LETTER_DAYS} days."]

    def perform(self, reason: str) -> str:
        """A worker does it."""
        return self.start(reason)
