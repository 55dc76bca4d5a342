"""The form of a submission: a part for the name, one for the transport, one for the kind, one for the reason."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField

from integrations.kinds.base import Kind, SettingsForm
from integrations.wire.connections import TITLES, convert_settings, shape_of
from integrations.wire.decoded import SettingsError

CREDENTIALS = ("username", "password")


class NameForm(forms.Form):
    """What it is called."""

    name = forms.CharField(max_length=200, help_text="As it stands in lists; one name once.")


class RabbitForm(forms.Form):
    """Where the queue is, and how to log in there."""

    server = forms.ChoiceField(
        label="Whose broker",
        choices=[("partner", "The partner's RabbitMQ"), ("ours", "Our own RabbitMQ")],
        help_text="A partner's queue must be there already. A queue of our own is created and bound for you.",
    )
    host = forms.CharField(required=False, max_length=200, help_text="Host name or address of the partner's broker.")
    port = forms.IntegerField(min_value=1, max_value=65_535, initial=5672)
    virtual_host = forms.CharField(max_length=200, initial="/")
    use_tls = forms.BooleanField(label="Encrypted connection (TLS)", required=False)
    username = forms.CharField(
        label="User name", required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    password = forms.CharField(
        required=False,
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Sealed at once and never shown again, to nobody.",
    )
    queue = forms.CharField(max_length=200)
    exchange = forms.CharField(
        required=False, max_length=200, help_text="For a queue of our own: the exchange that it is bound to."
    )
    routing_key = forms.CharField(required=False, max_length=200, initial="#")
    prefetch = forms.IntegerField(
        min_value=1, max_value=5_000, initial=2_000, help_text="Messages that the broker sends ahead."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.AMQP_URL:
            self.fields["server"].choices = [("partner", "The partner's RabbitMQ")]  # type: ignore[attr-defined]


class ReplayForm(forms.Form):
    """Which samples, and how fast."""

    sample = forms.ChoiceField(label="Samples", choices=[])
    per_second = forms.IntegerField(label="Messages a second", min_value=1, max_value=1_000, initial=5)
    player_count = forms.IntegerField(label="Players", min_value=1, max_value=99_999, initial=200)


class NothingForm(forms.Form):
    """For transports of which nothing is the operator's to choose."""


class ReasonForm(forms.Form):
    """Why, for the second person."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The second person reads this before deciding. Nothing can be edited after submission.",
    )


TRANSPORT_FORMS: dict[str, type[forms.Form]] = {
    "rabbitmq": RabbitForm,
    "redis_stream": NothingForm,
    "http": NothingForm,
    "replay": ReplayForm,
}


@dataclass(frozen=True)
class Step:
    """A card of the form."""

    number: int
    title: str
    fields: list[BoundField]
    is_grid: bool = False


class SubmissionForm(forms.Form):
    """All parts under one button; the kind's and the transport's errors stand at their fields."""

    def __init__(self, *args: Any, kind: Kind, transport: str, brand_ids: Collection[str], **kwargs: Any) -> None:
        self.kind, self.transport = kind, transport
        super().__init__(*args, **kwargs)
        data, initial = self.data if self.is_bound else None, self.initial
        self.connection: forms.Form = TRANSPORT_FORMS[transport](data, initial=initial)
        self.settings: SettingsForm = kind.form(data, initial=initial, brand_ids=brand_ids)
        if transport == "replay":
            self.connection.fields["sample"].choices = list(kind.sample_names)  # type: ignore[attr-defined]
        self.parts: list[forms.Form] = [NameForm(data, initial=initial), self.connection, self.settings]
        self.parts.append(ReasonForm(data, initial=initial))
        for part in self.parts:
            self.fields.update(part.fields)

    def steps(self) -> list[Step]:
        """The cards in their order; none where there is nothing to fill in."""
        connection = "Samples" if self.transport == "replay" else f"Connection over {TITLES[self.transport]}"
        titles = ("Name", connection, "What becomes of the messages", "Reason")
        shown = [(title, part) for title, part in zip(titles, self.parts, strict=True) if part.fields]
        return [
            Step(number, title, [self[name] for name in part.fields], is_grid=part is self.connection)
            for number, (title, part) in enumerate(shown, 1)
        ]

    def clean(self) -> dict[str, Any]:
        """The parts' own checks."""
        for part in (self.settings, self.connection):
            if not part.is_valid():
                for name, errors in part.errors.items():
                    if name not in self.errors:
                        self.add_error(name, errors)
        if not self.errors:
            self._check_connection()
        return self.cleaned_data

    def _check_connection(self) -> None:
        try:
            convert_settings(self.connection_settings(), shape_of(self.transport))
        except SettingsError as error:
            self.add_error(error.field if error.field in self.fields else None, error.message)

    def connection_settings(self) -> dict[str, Any]:
        """What goes into the connection; the credentials go elsewhere."""
        return {name: value for name, value in self.connection.cleaned_data.items() if name not in CREDENTIALS}

    def credentials(self) -> dict[str, str]:
        """What is sealed."""
        cleaned = self.connection.cleaned_data
        return self.settings.credentials() | {name: cleaned[name] for name in CREDENTIALS if cleaned.get(name)}
