"""A new version, the request to publish, and the end of a draft."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.urls import reverse

from backoffice.core import clock
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmPage
from backoffice.web.found import found_or_404
from jackpots.models import Template
from jackpots.operations.delete_template import delete_template
from jackpots.operations.draft_new_version import draft_new_version
from jackpots.operations.request_publication import request_publication
from jackpots.queries.simulations import newest_report, objections_now, valid_report
from jackpots.queries.templates import published_before, template, terms_of
from jackpots.rules.template import errors, validate_template
from jackpots.web.phrases import counted
from jackpots.web.template_words import in_order, named, plain_terms
from jackpots.web.wording import pot_words, split_of, terms_sentences, total_rtp


class TemplateAct(ConfirmPage):
    """The template of the address."""

    right = "templates.change"

    @cached_property
    def template(self) -> Template:
        """Looked up in the viewer's scope; anything else is not there."""
        return found_or_404(lambda: template(self.request.scope, self.kwargs["template_id"]))

    def check_change(self) -> None:
        """The brands that own it."""
        self.request.scope.check_change(self.template.brand_id)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the template."""
        return [("Templates", reverse("templates")), (str(self.template), self.cancel())]

    def cancel(self) -> str:
        """The template's page."""
        return reverse("template", args=[self.template.pk])


class NewVersion(TemplateAct):
    """A draft with the same values and the next number."""

    title = "New version"
    submit_label = "Draft it"
    reason_needed = False
    done = "The new version is a draft. Change it, then ask for its publication."

    def question(self) -> str:
        """Names it."""
        return f"Draft a new version of {self.template.name}?"

    def effects(self) -> Sequence[str]:
        """What stays as it is."""
        running = counted(getattr(self.template, "instance_count", 0), "jackpot keeps", "jackpots keep")
        return [
            f"It starts with the values of version {self.template.version} and takes the next number.",
            f"{running} the version they were opened with.",
        ]

    def perform(self, reason: str) -> str:
        """Drafts it."""
        request = self.request
        made = draft_new_version(
            self.template.pk, scope=request.scope, created_by=request.user, actor=actor_of(request), now=clock.now()
        )
        return reverse("template_edit", args=[made.pk])


class RequestPublication(TemplateAct):
    """Asks a second person to publish the draft."""

    title = "Request publication"
    template_name = "jackpots/template_publish.html"
    submit_label = "Ask for the publication"
    done = "The publication awaits a second person."

    def question(self) -> str:
        """Names it."""
        return f"Ask to publish {self.template}?"

    def effects(self) -> Sequence[str]:
        """Who decides, and what follows."""
        return [
            "Nothing happens until a second person approves it; you cannot.",
            "Once published, this version never changes; jackpots can be opened from it.",
            "Jackpots that run keep the version they were opened with.",
        ]

    def context(self) -> dict[str, Any]:
        """The evidence: what changes, what it comes to, what is wrong with it."""
        row = self.template
        terms = terms_of(row)
        problems = validate_template(terms)
        older, report = published_before(self.request.scope, row), valid_report(row.pk)
        before = plain_terms(older.name, terms_of(older)) if older else {}
        return {
            **super().context(),
            "template": row,
            "older": older,
            "changes": in_order(before, plain_terms(row.name, terms)),
            "sentences": terms_sentences(terms),
            "problems": named(problems),
            "blocking": named(errors(problems)),
            "pots": [pot_words(terms, pot) for pot in terms.pots],
            "split": split_of(terms),
            "total_rtp": total_rtp(terms),
            "report": report,
            "objections": objections_now(report, row.currency) if report else [],
            "newest": report or newest_report(row.pk),
        }

    def perform(self, reason: str) -> str:
        """Stores the request."""
        approval = request_publication(
            self.template.pk,
            reason=reason,
            requested_by=self.request.user,
            scope=self.request.scope,
            actor=actor_of(self.request),
            now=clock.now(),
        )
        return reverse("approval", args=[approval.pk])


class DeleteTemplate(TemplateAct):
    """The end of a draft."""

    title = "Delete a draft"
    submit_label = "Delete the draft"
    danger = True
    done = "The draft is deleted."

    def question(self) -> str:
        """Names it."""
        return f"Delete the draft {self.template}?"

    def effects(self) -> Sequence[str]:
        """What goes and what stays."""
        pots = counted(len(self.template.pots.all()), "pot")
        return [
            f"The draft and its {pots} are gone; the audit log keeps what they said.",
            "No jackpot runs by it. Other versions stay.",
        ]

    def perform(self, reason: str) -> str:
        """Deletes it."""
        delete_template(
            self.template.pk, reason=reason, scope=self.request.scope, actor=actor_of(self.request), now=clock.now()
        )
        return reverse("templates")
