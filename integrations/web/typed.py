"""What stands in the submission form while it is typed, for the panes beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import Http404

from backoffice.tenancy.models import Brand
from backoffice.web.page import OfficeRequest
from integrations.kinds.base import Kind, Topic
from integrations.kinds.registry import kinds
from integrations.operations.dry_run import as_messages, generated_samples, samples_from_text
from integrations.web.transport_forms import CREDENTIALS, TRANSPORT_FORMS
from integrations.wire.connections import read_connection
from integrations.wire.decoded import SettingsError
from integrations.wire.raw import RawMessage


@dataclass
class Typed:
    """The parts of the form as far as they can be read; `problems` are sentences, a field's name before each."""

    kind: Kind
    transport: str
    settings: dict[str, Any] = field(default_factory=dict)
    connection: dict[str, Any] = field(default_factory=dict)
    credentials: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Those that would be read; none while the settings are unfinished, or where the kind has none."""
        return self.kind.topics(self.settings) if self.settings and not self.problems else ()


def own_operator(request: OfficeRequest) -> str:
    """Who submits; the platform itself connects nothing."""
    if request.scope.operator_id is None:
        raise Http404("Operators connect integrations.")
    return request.scope.operator_id


def own_brands(request: OfficeRequest) -> list[str]:
    """Brands that the submission may name."""
    brands = Brand.objects.filter(operator_id=own_operator(request), is_active=True).order_by("id")
    return [brand_id for brand_id in brands.values_list("id", flat=True) if request.scope.sees_brand(brand_id)]


def kind_or_404(slug: str) -> Kind:
    """The kind of the address."""
    kind = kinds().get(slug)
    if kind is None:
        raise Http404("There is no such kind.")
    return kind


def kind_and_transport(kwargs: Mapping[str, Any]) -> tuple[Kind, str]:
    """Those of the address, where the kind travels that way."""
    kind = kind_or_404(kwargs["kind"])
    if kwargs["transport"] not in kind.transports:
        raise Http404("The kind does not travel that way.")
    return kind, kwargs["transport"]


def typed_settings(request: OfficeRequest, kind: Kind, transport: str) -> Typed:
    """The kind's part alone: all that a dry run takes."""
    typed, brand_ids = Typed(kind, transport), own_brands(request)
    form = kind.form(request.POST, brand_ids=brand_ids)
    if form.is_valid():
        try:
            typed.settings = kind.clean(form.kind_settings(), brand_ids)
            typed.credentials = form.credentials()
        except SettingsError as error:
            typed.problems = [error.message]
    else:
        typed.problems = _problems(form)
    return typed


def typed_connection(request: OfficeRequest, kind: Kind, transport: str) -> Typed:
    """The kind's and the transport's parts: what reaching a broker takes."""
    typed = typed_settings(request, kind, transport)
    form = TRANSPORT_FORMS[transport](request.POST)
    if transport == "replay":
        form.fields.pop("sample")
    if not form.is_valid():
        typed.problems += _problems(form)
        return typed
    typed.connection = {name: value for name, value in form.cleaned_data.items() if name not in CREDENTIALS}
    typed.credentials |= {name: form.cleaned_data[name] for name in CREDENTIALS if form.cleaned_data.get(name)}
    try:
        read_connection(transport, typed.connection)
    except SettingsError as error:
        typed.problems.append(error.message)
    return typed


def typed_samples(request: OfficeRequest, kind: Kind, settings: dict[str, Any]) -> list[RawMessage]:
    """The messages that were pasted, uploaded or read from a topic; none where the field is empty."""
    samples = samples_from_text(request.POST.get("samples", ""), request.POST.get("sample_type") or kind.message_type)
    return as_messages(samples, chosen_topic(request, kind.topics(settings)))


def samples_or_made_up(request: OfficeRequest, typed: Typed, now: Any) -> list[RawMessage]:
    """What was typed, or messages that fit the settings."""
    return typed_samples(request, typed.kind, typed.settings) or generated_samples(typed.kind, typed.settings, now)


def chosen_topic(request: OfficeRequest, topics: tuple[Topic, ...]) -> str:
    """The topic that the samples are read as; the first where none was chosen, empty where the kind has none."""
    names = [topic.name for topic in topics]
    asked = request.POST.get("sample_topic", "")
    return asked if asked in names else next(iter(names), "")


def _problems(form: forms.Form) -> list[str]:
    return [
        f"{_label(form, name)}: {error}" if name in form.fields else str(error)
        for name, errors in form.errors.items()
        for error in errors
    ]


def _label(form: forms.Form, name: str) -> str:
    return str(form.fields[name].label or name.replace("_", " ").capitalize())
