"""The panes beside the submission form: what would happen to messages, and where these come from."""

from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponseBase

from backoffice.core import clock
from backoffice.web.page import OfficeView
from integrations.feeds.base import TransportProblem
from integrations.feeds.probe import peek
from integrations.operations.dry_run import MOST_SAMPLES, dry_run
from integrations.queries.claims import names_approved_for
from integrations.web.limits import TooOften, one_more_look
from integrations.web.lookups import known_sources
from integrations.web.typed import (
    Typed,
    chosen_topic,
    kind_and_transport,
    own_brands,
    own_operator,
    samples_or_made_up,
    typed_connection,
    typed_settings,
)
from integrations.wire.connections import KafkaConnection, read_connection
from integrations.wire.decoded import SettingsError
from integrations.wire.raw import RawMessage

MOST_BYTES: Final = 1_000_000
MOST_PEEKED: Final = 20


class DryRunPane(OfficeView):
    """`/office/integrations/dry-run/<kind>/<transport>/`: the pane beside the form, while it is typed."""

    right = "integrations.submit"
    template_name = "integrations/dry_run.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What would happen to each sample with what is typed so far."""
        typed = typed_settings(self.request, *kind_and_transport(kwargs))
        if typed.problems:
            return self.render(problems=typed.problems)
        try:
            messages = samples_or_made_up(self.request, typed, clock.now())
            lines = dry_run(typed.kind, typed.settings, own_brands(self.request), messages)
        except SettingsError as error:
            return self.render(problems=[error.message])
        named = {source for line in lines if line.told for source in line.told.sources} | named_sources(typed)
        return self.render(
            lines=lines,
            counts=_counts([line.bucket for line in lines]),
            left_out=max(len(messages) - MOST_SAMPLES, 0),
            is_generated=not request.POST.get("samples", "").strip(),
            unknown_sources=sorted(named - set(known_sources(self.request.scope)) - {""}),
            topics=typed.topics,
            topic=chosen_topic(self.request, typed.topics),
        )


class SamplePane(OfficeView):
    """`/office/integrations/samples/<kind>/<transport>/`: messages of a file or of the real topic, into the field."""

    right = "integrations.submit"
    template_name = "integrations/samples.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The field anew, and the dry run asked to look at it; or what is the matter, and the field as it was."""
        kind, transport = kind_and_transport(kwargs)
        try:
            if request.GET.get("act") == "peek":
                text, said = self._peeked(typed_connection(self.request, kind, transport))
            else:
                text, said = self._uploaded()
        except _Problem as problem:
            return self.render(samples=request.POST.get("samples", ""), problem=str(problem))
        answer = self.render(samples=text, said=said)
        answer.headers["HX-Trigger"] = "potluck:samples"
        return answer

    def _uploaded(self) -> tuple[str, str]:
        sent = self.request.FILES.get("sample_file")
        if sent is None:
            raise _Problem("Choose a file of JSON messages: one document, a list of them, or one a line.")
        if (sent.size or 0) > MOST_BYTES:
            raise _Problem(f"{sent.name} has {sent.size:,} bytes; at most {MOST_BYTES:,} are taken. Cut it shorter.")
        try:
            text = sent.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise _Problem(f"{sent.name} is not UTF-8 text. Save it as JSON or as JSON lines.") from None
        if not text.strip():
            raise _Problem(f"{sent.name} is empty.")
        return text, f"{sent.name} was read."

    def _peeked(self, typed: Typed) -> tuple[str, str]:
        if typed.transport != "kafka":
            raise _Problem("Only a Kafka topic can be read without disturbing who else reads it.")
        if typed.problems:
            raise _Problem(" ".join(typed.problems))
        topic = chosen_topic(self.request, typed.topics)
        connection = read_connection(typed.transport, typed.connection)
        if not topic or not isinstance(connection, KafkaConnection):
            raise _Problem("There is no topic to read yet; say first what is to be read.")
        if connection.server == "ours" and topic not in names_approved_for(own_operator(self.request), "kafka"):
            raise _Problem("Our own Kafka is others' too: a topic there is shown once reading it was approved.")
        try:
            one_more_look(self.request.user)
            messages = peek(typed.kind, connection, typed.credentials, typed.settings, topic, MOST_PEEKED)
        except TooOften as error:
            raise _Problem(str(error)) from None
        except TransportProblem as error:
            raise _Problem(error.detail) from None
        if not messages:
            raise _Problem(f"There is no message in {topic} yet. The cluster answered; paste a sample instead.")
        number = "The last message" if len(messages) == 1 else f"The last {len(messages)} messages"
        return "\n".join(one_line(raw) for raw in messages), f"{number} of {topic}; nothing was committed."


class _Problem(Exception):  # noqa: N818 - a sentence for who looks at the pane
    """Why there are no new samples."""


def named_sources(typed: Typed) -> set[str]:
    """Sources that the settings name, where the kind's settings name any."""
    rules = typed.settings.get("sources", [])
    return {typed.settings.get("default_source_id") or "", *(rule["source_id"] for rule in rules)}


def one_line(raw: RawMessage) -> str:
    """A message as one line: JSON without line breaks, anything else with its breaks as spaces."""
    try:
        return msgspec.json.format(raw.body, indent=-1).decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return " ".join(raw.body.decode("utf-8", "backslashreplace").split())


def _counts(buckets: list[str]) -> list[tuple[str, int]]:
    words = {"used": "taken", "filtered": "counted only", "dead": "dead letters"}
    return [(word, buckets.count(bucket)) for bucket, word in words.items() if bucket in buckets]
