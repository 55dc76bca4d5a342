"""Work on many dead letters, while it is done and after."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from backoffice.core import clock, json
from backoffice.core.errors import Refusal
from backoffice.web import render
from backoffice.web.actor import actor_of
from backoffice.web.found import found_or_404
from backoffice.web.objects import Fact
from backoffice.web.page import OfficeView, reason_of
from integrations.models import LetterWork, WorkState
from integrations.operations.cancel_letter_work import cancel_letter_work
from integrations.queries.letter_works import check_stoppable, letter_work


class WorkBase(OfficeView):
    """What the page and its live part have in common."""

    right = "dead_letters.view"
    change_right = "dead_letters.replay"

    @cached_property
    def work(self) -> LetterWork:
        """The one of the address."""
        return found_or_404(lambda: letter_work(self.request.scope, self.kwargs["key"]))

    def check_change(self) -> None:
        """Whose work it is."""
        check_stoppable(self.work, self.request.scope, str(self.request.user.pk))

    def context(self) -> dict[str, Any]:
        """How far it is, and what became of what is done."""
        work = self.work
        return {
            **super().context(),
            "work": work,
            "is_running": work.state == WorkState.RUNNING,
            "why_not": reason_of(self.check_change),
            "results": sorted(work.results.items(), key=lambda pair: (-pair[1], pair[0])),
            "part_url": reverse("letter_work_part", args=[work.pk]),
        }


class LetterWorkPage(WorkBase):
    """`/office/dead-letters/work/<id>/`; a POST stops the work where it stands."""

    template_name = "integrations/letter_work.html"

    def page_title(self) -> str:
        """What is done with how many."""
        return str(self.work)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Dead letters", reverse("dead_letters"))]

    def context(self) -> dict[str, Any]:
        """With who asked."""
        work = self.work
        facts = [Fact("Asked by", work.requested_by.email), Fact("Asked", render.when(work.requested_at))]
        if work.reason:
            facts.append(Fact("Why", work.reason))
        return {**super().context(), "facts": facts, "state": work.state}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Cancel."""
        key = self.work.pk
        self.refuse_foreign()
        try:
            work = cancel_letter_work(key, scope=self.request.scope, actor=actor_of(request), now=clock.now())
        except Refusal as refusal:
            messages.warning(request, refusal.message)
        else:
            messages.success(request, f"Stopped after {work.done_count:,} of {work.total:,}; these stay done.")
        return HttpResponseRedirect(reverse("letter_work", args=[key]))


class LetterWorkPart(WorkBase):
    """`/office/dead-letters/work/<id>/part/`: what the page asks for while it is done; at the end with a notice."""

    template_name = "integrations/letter_work_part.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The fragment."""
        answer = self.render()
        if self.work.state != WorkState.RUNNING:
            answer.headers["HX-Trigger"] = json.encode({"potluck:notice": notice_of(self.work)}).decode()
        return answer


def notice_of(work: LetterWork) -> dict[str, str]:
    """What whoever waits is told."""
    told = ", ".join(f"{count:,} {code}" for code, count in sorted(work.results.items(), key=lambda pair: -pair[1]))
    done = f"{work.done_count:,} of {work.total:,}"
    word = "done" if work.state == WorkState.DONE else "stopped"
    return {"title": f"{work.get_act_display()}: {word}", "text": f"{done}. {told}"}
