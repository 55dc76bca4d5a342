"""Create a source, put jackpots behind it, take them away."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse

from backoffice.core import clock
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmPage
from backoffice.web.forms import FormPage
from backoffice.web.found import found_or_404
from backoffice.web.page import OfficeRequest
from jackpots.models import Source
from jackpots.operations.create_source import create_source
from jackpots.operations.map_source import map_source
from jackpots.operations.unmap_source import unmap_source
from jackpots.queries.instances import instance, instances
from jackpots.queries.sources import source
from jackpots.rules.states import is_final
from jackpots.web.columns import shown_state
from jackpots.web.filters import owned_choices
from jackpots.web.phrases import counted


class SourceForm(forms.Form):
    """A new source."""

    source_id = forms.CharField(max_length=100, label="Id", help_text="What partners send. It never changes.")
    name = forms.CharField(max_length=200, required=False, help_text="For colleagues. Empty is the id.")
    owner = forms.ChoiceField(help_text="Every brand of the operator can use it, or one brand alone.")

    def __init__(self, *args: Any, request: OfficeRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = owned_choices(request)  # type: ignore[attr-defined]


class NewSource(FormPage):
    """`/office/sources/new/`."""

    title = "New source"
    right = "sources.change"
    form_class = SourceForm
    submit_label = "Create the source"
    done = "The source is there. Put a jackpot behind it."

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Sources", reverse("sources"))]

    def context(self) -> dict[str, Any]:
        """Cancel leads to the list."""
        return {**super().context(), "cancel_url": reverse("sources")}

    def form_arguments(self) -> dict[str, Any]:
        """The viewer, whose brands are to choose from."""
        return {"request": self.request}

    def perform(self, form: SourceForm) -> str:
        """Creates it."""
        values = form.cleaned_data
        operator_id, _, brand = values["owner"].partition(":")
        made = create_source(
            values["source_id"],
            operator_id=operator_id,
            brand_id=values["owner"] if brand else None,
            name=values["name"],
            scope=self.request.scope,
            actor=actor_of(self.request),
            now=clock.now(),
        )
        return reverse("source", args=[made.pk])


class MappingForm(forms.Form):
    """A jackpot and its place."""

    instance_id = forms.ChoiceField(label="Jackpot")
    priority = forms.IntegerField(help_text="The lowest number comes first.", initial=0)

    def __init__(self, *args: Any, request: OfficeRequest, source: Source, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = instances(request.scope).filter(operator_id=source.operator_id).order_by("name")
        running = [(str(row.pk), f"{row.name} ({shown_state(row)})") for row in rows if not is_final(shown_state(row))]
        self.fields["instance_id"].choices = running  # type: ignore[attr-defined]


class MapSource(FormPage):
    """`/office/sources/<key>/map/`; `?instance=` to change the priority of a mapping."""

    title = "Map a jackpot"
    right = "sources.change"
    form_class = MappingForm
    submit_label = "Map it"
    done = "The mapping is in effect from the next contribution on."

    @cached_property
    def source(self) -> Source:
        """The source of the address."""
        return found_or_404(lambda: source(self.request.scope, self.kwargs["source_key"]))

    def check_change(self) -> None:
        """The brands that own it."""
        self.request.scope.check_change(self.source.brand_id)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the source."""
        return [("Sources", reverse("sources")), (self.source.source_id, reverse("source", args=[self.source.pk]))]

    def context(self) -> dict[str, Any]:
        """What is behind it already."""
        taken = [f"{one.instance.name} {one.priority}" for one in self.source.mappings.all()]
        lead_in = f"Behind {self.source.source_id} now: {', '.join(taken)}." if taken else ""
        cancel = reverse("source", args=[self.source.pk])
        return {**super().context(), "cancel_url": cancel, "lead_in": lead_in}

    def initial(self) -> dict[str, Any]:
        """The mapping that the address names, or the place after the last."""
        asked = self.request.GET.get("instance", "")
        mappings = list(self.source.mappings.all())
        known = next((one for one in mappings if str(one.instance_id) == asked), None)
        if known is not None:
            return {"instance_id": asked, "priority": known.priority}
        return {"instance_id": asked, "priority": max((one.priority for one in mappings), default=-1) + 1}

    def form_arguments(self) -> dict[str, Any]:
        """The jackpots that may stand behind it."""
        return {"request": self.request, "source": self.source}

    def perform(self, form: MappingForm) -> str:
        """Maps it."""
        map_source(
            self.source.pk,
            UUID(form.cleaned_data["instance_id"]),
            priority=form.cleaned_data["priority"],
            scope=self.request.scope,
            actor=actor_of(self.request),
            now=clock.now(),
        )
        return reverse("source", args=[self.source.pk])


class UnmapSource(ConfirmPage):
    """`/office/sources/<key>/unmap/<instance>/`."""

    title = "Unmap a jackpot"
    right = "sources.change"
    submit_label = "Unmap it"
    reason_needed = False
    done = "The mapping is gone."

    @cached_property
    def source(self) -> Source:
        """The source of the address."""
        return found_or_404(lambda: source(self.request.scope, self.kwargs["source_key"]))

    @cached_property
    def instance(self) -> Any:
        """The jackpot of the address."""
        return found_or_404(lambda: instance(self.request.scope, self.kwargs["instance_id"]))

    def check_change(self) -> None:
        """The brands that own it."""
        self.request.scope.check_change(self.source.brand_id)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the source."""
        return [("Sources", reverse("sources")), (self.source.source_id, self.cancel())]

    def cancel(self) -> str:
        """The source's page."""
        return reverse("source", args=[self.source.pk])

    def question(self) -> str:
        """Names both."""
        return f"Take {self.instance.name} from behind {self.source.source_id}?"

    def effects(self) -> Sequence[str]:
        """What remains."""
        rest = [one for one in self.source.mappings.all() if one.instance_id != self.instance.pk]
        if rest:
            names = ", ".join(one.instance.name for one in rest)
            return [
                f"{counted(len(rest), 'jackpot')} stay behind it: {names}. Contributions go there from the next one on."
            ]
        return ["Nothing stays behind it: contributions will be refused with SOURCE_JACKPOT_NOT_FOUND."]

    def perform(self, reason: str) -> str:
        """Unmaps it."""
        unmap_source(
            self.source.pk, self.instance.pk, scope=self.request.scope, actor=actor_of(self.request), now=clock.now()
        )
        return self.cancel()
