"""Open a jackpot from a published template."""

from datetime import timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.core.money import format_money
from backoffice.web.actor import actor_of
from backoffice.web.forms import FormPage
from backoffice.web.page import OfficeRequest, OfficeView
from jackpots.models import Template, TemplateState
from jackpots.operations.open_instance import NewInstance, open_instance
from jackpots.queries.sources import sources
from jackpots.queries.templates import templates
from jackpots.rules.local_time import clock_changes
from jackpots.web.calendar import rows_of
from jackpots.web.fields import WordsField
from jackpots.web.filters import brand_choices, owned_choices
from jackpots.web.schedule_form import SCHEDULE_FIELDS, ScheduleForm, typed_schedule
from jackpots.web.schedule_words import change_words, rule_words, written

LOOKS_AHEAD: Final = timedelta(days=366)
WINDOWS_SHOWN: Final = 6


def _ready(request: OfficeRequest) -> list[Template]:
    """The published templates of the scope."""
    return list(templates(request.scope).filter(state=TemplateState.PUBLISHED))


class OpenForm(ScheduleForm):
    """What opens a jackpot."""

    field_order = ("template_id", "name", "owner")
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

    def __init__(self, *args: Any, request: OfficeRequest, ready: list[Template], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted({source.source_id for source in sources(request.scope)})
        self._choose("template_id", [(str(row.pk), f"{row} · {_terms(row)}") for row in ready])
        self._choose("owner", owned_choices(request))
        self._choose("allowed_brands", brand_choices(request))
        self._choose("allowed_sources", [(name, name) for name in names])

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

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The jackpot opened; or what was pasted read into the fields, to be looked at first."""
        if request.POST.get("act") != "read":
            return super().post(request, *args, **kwargs)
        form = OpenForm(request.POST, **self.form_arguments())
        form.is_valid()
        if form.repaired is None or form.cleaned_data.get("schedule") is None:
            return self.render(status=422, form=form)
        return self.render(form=self._read(form), repaired=form.repaired)

    def _read(self, form: OpenForm) -> OpenForm:
        """The form as if all had been typed; what the fields cannot say stays where it was pasted."""
        typed = {name: field.widget.value_from_datadict(form.data, {}, name) for name, field in form.fields.items()}
        schedule = typed_schedule(form.schedule())
        if schedule is not None:
            typed |= dict.fromkeys(SCHEDULE_FIELDS, "") | schedule
        return OpenForm(None, initial=typed, **self.form_arguments())

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
            starts_at=form.schedule().starts_at,
            ends_at=form.schedule().ends_at,
            recurrence_rules=form.schedule().rules,
            time_zone=values["time_zone"],
        )
        request = self.request
        try:
            made = open_instance(
                new, scope=request.scope, created_by=request.user, actor=actor_of(request), now=clock.now()
            )
        except Refusal as refusal:
            raise _at_the_field(refusal, is_pasted=form.repaired is not None) from None
        return reverse("instance", args=[made.pk])


class SchedulePreview(OfficeView):
    """What the schedule that is being typed comes to; nothing is stored."""

    right = "instances.change"
    template_name = "jackpots/schedule_preview.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """There is nothing to see without a form."""
        raise Http404("A preview needs what was typed.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The pane."""
        form = ScheduleForm(request.POST)
        if not form.is_valid():
            return self.render(form=form, is_unfinished=True)
        return self.render(form=form, **_outlook(form))


def _outlook(form: ScheduleForm) -> dict[str, Any]:
    """The rules in words, the next windows, and the next changes of the display zone's clocks."""
    schedule, now = form.schedule(), clock.now()
    zone = form.cleaned_data["time_zone"]
    start = max(schedule.starts_at or now, now)
    shown = list(islice(schedule.windows(start, start + LOOKS_AHEAD), WINDOWS_SHOWN))
    changes = clock_changes(ZoneInfo(zone), start, start + LOOKS_AHEAD)
    return {
        "schedule": schedule,
        "repaired": form.repaired,
        "words": rule_words(schedule.rules),
        "wire": written(schedule),
        "zone": zone,
        "windows": rows_of(shown, ZoneInfo(zone)),
        "is_endless": not schedule.rules and schedule.ends_at is None,
        "warnings": [(change.at, change_words(change, zone)) for change in changes] if schedule.rules else [],
    }


def _at_the_field(refusal: Refusal, *, is_pasted: bool) -> Refusal:
    """The same refusal at the field that the rules were typed into."""
    fields = {"recurrence_rules": "daily_hours", "starts_at": "starts_at", "ends_at": "ends_at"}
    if refusal.field not in fields:
        return refusal
    return Refusal(refusal.code, refusal.message, "pasted" if is_pasted else fields[refusal.field])
