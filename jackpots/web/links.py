"""Linked jackpots: what a contribution to one feeds as well, link by link."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404
from django.urls import reverse

from backoffice.core import clock
from backoffice.web.actor import actor_of
from backoffice.web.forms import FormPage
from backoffice.web.found import found_or_404
from jackpots.models import Instance, InstanceLink
from jackpots.operations.link_instance import link_instance
from jackpots.operations.unlink_instance import unlink_instance
from jackpots.queries.instances import instance
from jackpots.queries.links import linkable, links_from, links_to
from jackpots.web.instance_acts import InstanceAct


class LinkForm(forms.Form):
    """Which jackpot is fed too."""

    linked = forms.ChoiceField(
        label="Also contribute to",
        help_text="By its own rules and amounts; its refusals stop nothing, and nothing further follows from it.",
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["linked"].choices = [("", "Choose…"), *choices]  # type: ignore[attr-defined]


class InstanceLinks(FormPage):
    """`/office/instances/<id>/links/`: what it feeds, what feeds it, and another one."""

    right = "instances.change"
    title = "Linked jackpots"
    template_name = "jackpots/links.html"
    form_class = LinkForm
    submit_label = "Link it"
    done = "The jackpots are linked from the next contribution on."

    @cached_property
    def instance(self) -> Instance:
        """Looked up in the viewer's scope."""
        return found_or_404(lambda: instance(self.request.scope, self.kwargs["instance_id"]))

    def check_change(self) -> None:
        """The brands that own it."""
        self.request.scope.check_change(self.instance.brand_id)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the jackpot."""
        own = reverse("instance", args=[self.instance.pk])
        return [("Instances", reverse("instances")), (self.instance.name, own)]

    def form_arguments(self) -> dict[str, Any]:
        """Those that it does not feed yet."""
        return {"choices": [(str(row.pk), row.name) for row in linkable(self.request.scope, self.instance)]}

    def context(self) -> dict[str, Any]:
        """The links of both directions."""
        scope, key = self.request.scope, self.instance.pk
        return {
            **super().context(),
            "instance": self.instance,
            "cancel_url": reverse("instance", args=[key]),
            "feeds": list(links_from(scope, key)),
            "fed_by": list(links_to(scope, key)),
        }

    def perform(self, form: LinkForm) -> str:
        """Links it."""
        linked = UUID(form.cleaned_data["linked"])
        scope, now = self.request.scope, clock.now()
        link_instance(self.instance.pk, linked, scope=scope, actor=actor_of(self.request), now=now)
        return reverse("instance_links", args=[self.instance.pk])


class UnlinkInstance(InstanceAct):
    """`/office/instances/<id>/links/<linked>/remove/`."""

    title = "Unlink a jackpot"
    submit_label = "Unlink it"
    reason_needed = False
    done = "The link is gone."

    @cached_property
    def link(self) -> InstanceLink:
        """The link of the address; 404 where there is none."""
        found = links_from(self.request.scope, self.instance.pk).filter(linked_id=self.kwargs["linked_id"]).first()
        if found is None:
            raise Http404("There is no such link.")
        return found

    def question(self) -> str:
        """Names both."""
        return f"Unlink {self.link.linked.name} from {self.instance.name}?"

    def effects(self) -> Sequence[str]:
        """What ends, and what stays."""
        return [
            self.reach(),
            f"Their contributions to {self.instance.name} no longer feed {self.link.linked.name}.",
            "What was contributed until now stays where it is.",
        ]

    def perform(self, reason: str) -> str:
        """Unlinks it."""
        linked, scope = self.link.linked_id, self.request.scope
        unlink_instance(self.instance.pk, linked, scope=scope, actor=actor_of(self.request), now=clock.now())
        return reverse("instance_links", args=[self.instance.pk])
