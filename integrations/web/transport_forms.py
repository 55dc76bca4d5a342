"""The part of a submission that says how a transport is reached; one form a transport."""

from typing import Any

from django import forms
from django.conf import settings

CREDENTIALS = ("username", "password")


def _username() -> forms.CharField:
    return forms.CharField(
        label="User name", required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


def _password() -> forms.CharField:
    return forms.CharField(
        required=False,
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Sealed at once and never shown again, to nobody.",
    )


class TransportForm(forms.Form):
    """What all have in common: which fields are wide, and what is said where nothing is to be filled in."""

    wide: tuple[str, ...] = ()
    nothing = ""


class RabbitForm(TransportForm):
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
    username = _username()
    password = _password()
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


class ReplayForm(TransportForm):
    """Which samples, and how fast."""

    sample = forms.ChoiceField(label="Samples", choices=[])
    per_second = forms.IntegerField(label="Messages a second", min_value=1, max_value=1_000, initial=5)
    player_count = forms.IntegerField(label="Players", min_value=1, max_value=99_999, initial=200)


class KafkaForm(TransportForm):
    """Where the cluster is, how it is encrypted, how to log in there."""

    wide = ("brokers", "authority")
    server = forms.ChoiceField(
        label="Whose cluster",
        choices=[("partner", "The partner's Kafka"), ("ours", "Our own Kafka")],
        help_text="Which topics are read follows from the settings below.",
    )
    security = forms.ChoiceField(
        choices=[
            ("sasl_ssl", "Login over TLS (SASL_SSL)"),
            ("ssl", "TLS without a login (SSL)"),
            ("sasl_plaintext", "Login without encryption (SASL_PLAINTEXT)"),
            ("plaintext", "Neither (PLAINTEXT)"),
        ],
        help_text="Anything but TLS shows password and messages to the network between.",
    )
    brokers = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"placeholder": "broker-1.example.com:9094, broker-2.example.com:9094"}),
        help_text="host:port of the partner's brokers, with commas between them; one is enough to find the others.",
    )
    mechanism = forms.ChoiceField(
        label="Login by",
        choices=[(name, name) for name in ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN")],
        help_text="The SASL mechanism that the partner names.",
    )
    username = _username()
    password = _password()
    group = forms.CharField(
        label="Consumer group",
        required=False,
        max_length=200,
        help_text="As the partner allows it; empty, one is made from the integration's id.",
    )
    start = forms.ChoiceField(
        label="First read from",
        choices=[("earliest", "The earliest message that is there"), ("latest", "New messages only")],
        help_text="For a topic that was never read; later the stored position counts.",
    )
    authority = forms.CharField(
        label="Certificate authority",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "placeholder": "-----BEGIN CERTIFICATE-----"}),
        help_text="PEM text, where the partner's certificates are signed by an authority of their own.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.KAFKA_BOOTSTRAP_SERVERS:
            self.fields["server"].choices = [("partner", "The partner's Kafka")]  # type: ignore[attr-defined]


class HttpForm(TransportForm):
    """Nothing to fill in."""

    nothing = (
        "Nothing to fill in: the partner pushes messages to our address with a service account's token, which "
        "the page of service accounts gives out."
    )


class RedisStreamForm(TransportForm):
    """Nothing to fill in."""

    nothing = "Nothing to fill in: our own events come over our own Redis, and their position is kept in our database."


TRANSPORT_FORMS: dict[str, type[TransportForm]] = {
    "rabbitmq": RabbitForm,
    "kafka": KafkaForm,
    "http": HttpForm,
    "redis_stream": RedisStreamForm,
    "replay": ReplayForm,
}
