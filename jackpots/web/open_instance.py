"""Open a jackpot from a published template."""

from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils import timezone

from backoffice.core import clock
from backoffice.core.money import format_money
from backoffice.web.actor import actor_of
from backoffice.web.forms import FormPage
from backoffice.web.page import OfficeRequest
from jackpots.models import Template, TemplateState
from jackpots.operations.open_instance import NewInstance, open_instance
from jackpots.queries.sources import sources
from jackpots.queries.templates import templates
from jackpots.web.fields import MomentField, WordsField
from jackpots.web.filters import brand_choices, owned_choices


def _ready(request: OfficeRequest) -> list[Template]:
    """The published templates of the scope."""
    return list(templates(request.scope).filter(state=TemplateState.PUBLISHED))


class OpenForm(forms.Form):
    """What opens a jackpot."""

    template_id = forms.ChoiceField(
        label="Template", help_text="Published ones only: the terms never change afterwards."
    )
    name = forms.CharField(max_length=200, help_text="As players and reports name it.")
    owner = forms.ChoiceField(help_text="The whole operator, or one brand.")
    allowed_brands = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen is every brand of the owner.",
    )
    allowed_sources = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen is every source that is mapped to it.",
    )
    allowed_countries = WordsField(
        longest=3, upper=True, label="Only players of", help_text="ISO 3166-1 codes: MT, DE. Empty is everywhere."
    )
    blocked_countries = WordsField(longest=3, upper=True, label="No players of")
    games = WordsField(longest=100, help_text="Ids of the games that partners show it in. Empty restricts nothing.")
    starts_at = MomentField(label="Starts", help_text="Empty is at once.")
    ends_at = MomentField(label="Ends", help_text="Empty is never by itself.")

    def __init__(self, *args: Any, request: OfficeRequest, ready: list[Template], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted({source.source_id for source in sources(request.scope)})
        zone = timezone.get_current_timezone_name()
        self._choose("template_id", [(str(row.pk), f"{row} · {_terms(row)}") for row in ready])
        self._choose("owner", owned_choices(request))
        self._choose("allowed_brands", brand_choices(request))
        self._choose("allowed_sources", [(name, name) for name in names])
        self.fields["starts_at"].help_text = f"In {zone}. Empty is at once."
        self.fields["ends_at"].help_text = f"In {zone}. Empty is never by itself."

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


def _terms(row: Template) -> str:
    pots = row.pots.all()
    seeds = format_money(sum(pot.initial_seed_micros for pot in pots), row.currency)
    return f"{format_money(row.contribution_micros, row.currency)} a contribution, {len(pots)} pots, {seeds} of seeds"


class OpenInstance(FormPage):
    """`/office/instances/open/`."""

    title = "Open a jackpot"
    right = "instances.change"
    template_name = "jackpots/open_instance.html"
    form_class = OpenForm
    submit_label = "Open the jackpot"
    done = "The jackpot is open."

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Django's own."""
        super().setup(request, *args, **kwargs)
        self.cancel_url = reverse("instances")

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Instances", reverse("instances"))]

    def initial(self) -> dict[str, Any]:
        """The template that the address names."""
        return {"template_id": self.request.GET.get("template", "")}

    def form_arguments(self) -> dict[str, Any]:
        """The viewer, whose choices these are."""
        self.ready = _ready(self.request)
        return {"request": self.request, "ready": self.ready}

    def context(self) -> dict[str, Any]:
        """Whether there is a template to open."""
        return {**super().context(), "has_template": bool(self.ready)}

    def perform(self, form: OpenForm) -> str:
        """Opens it."""
        values = form.cleaned_data
        operator_id, _, brand = values["owner"].partition(":")
        new = NewInstance(
            template_id=UUID(values["template_id"]),
            operator_id=operator_id,
            brand_id=values["owner"] if brand else None,
            name=values["name"],
            allowed_brand_ids=tuple(values["allowed_brands"]),
            allowed_sources=tuple(values["allowed_sources"]),
            allowed_countries=values["allowed_countries"],
            blocked_countries=values["blocked_countries"],
            games=values["games"],
            starts_at=values["starts_at"],
            ends_at=values["ends_at"],
        )
        made = open_instance(
            new,
            scope=self.request.scope,
            created_by=self.request.user,
            actor=actor_of(self.request),
            now=clock.now(),
        )
        return reverse("instance", args=[made.pk])
