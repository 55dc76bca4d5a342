"""The form of a submission: a part for the name, one for the transport, one for the kind, one for the reason."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from integrations.kinds.base import Kind, SettingsForm
from integrations.web.transport_forms import CREDENTIALS, TRANSPORT_FORMS, TransportForm
from integrations.wire.connections import TITLES, read_connection
from integrations.wire.decoded import SettingsError


class NameForm(forms.Form):
    """What it is called."""

    name = forms.CharField(max_length=200, help_text="As it stands in lists; one name once.")


class ReasonForm(forms.Form):
    """Why, for the second person."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The second person reads this before deciding. Nothing can be edited after submission.",
    )


@dataclass(frozen=True)
class Step:
    """A card of the form."""

    number: int
    title: str
    fields: list[BoundField]
    is_connection: bool = False
    is_mapping: bool = False
    wide: tuple[str, ...] = ()
    nothing: str = ""


class SubmissionForm(forms.Form):
    """All parts under one button; the kind's and the transport's errors stand at their fields."""

    def __init__(self, *args: Any, kind: Kind, transport: str, brand_ids: Collection[str], **kwargs: Any) -> None:
        self.kind, self.transport = kind, transport
        super().__init__(*args, **kwargs)
        data, initial = self.data if self.is_bound else None, self.initial
        self.connection: TransportForm = TRANSPORT_FORMS[transport](data, initial=initial)
        self.settings: SettingsForm = kind.form(data, initial=initial, brand_ids=brand_ids)
        if transport == "replay":
            self.connection.fields["sample"].choices = list(kind.sample_names)  # type: ignore[attr-defined]
        self.parts: list[forms.Form] = [NameForm(data, initial=initial), self.connection, self.settings]
        self.parts.append(ReasonForm(data, initial=initial))
        for part in self.parts:
            self.fields.update(part.fields)

    def steps(self) -> list[Step]:
        """The cards in their order."""
        connection = "Samples" if self.transport == "replay" else f"Connection over {TITLES[self.transport]}"
        titles = ("Name", connection, "What becomes of the messages", "Reason")
        return [
            Step(
                number,
                title,
                [self[name] for name in part.fields],
                is_connection=part is self.connection,
                is_mapping=part is self.settings,
                wide=getattr(part, "wide", ()),
                nothing=getattr(part, "nothing", ""),
            )
            for number, (title, part) in enumerate(zip(titles, self.parts, strict=True), 1)
        ]

    def clean(self) -> dict[str, Any]:
        """The parts' own checks."""
        for part in (self.settings, self.connection):
            if not part.is_valid():
                for name, errors in part.errors.items():
                    if name not in self.errors:
                        self.add_error(name, errors)
        if not self.connection.errors:
            self._check_connection()
        return self.cleaned_data

    def _check_connection(self) -> None:
        try:
            read_connection(self.transport, self.connection_settings())
        except SettingsError as error:
            self.add_error(error.field if error.field in self.fields else None, error.message)

    def connection_settings(self) -> dict[str, Any]:
        """What goes into the connection; the credentials go elsewhere."""
        return {name: value for name, value in self.connection.cleaned_data.items() if name not in CREDENTIALS}

    def credentials(self) -> dict[str, str]:
        """What is sealed."""
        cleaned = self.connection.cleaned_data
        return self.settings.credentials() | {name: cleaned[name] for name in CREDENTIALS if cleaned.get(name)}
