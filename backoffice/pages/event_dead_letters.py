"""Events that a subscriber could not use: look, replay, set aside."""

from collections.abc import Sequence
from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from backoffice.accounts.viewer import scope_of
from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.events.models import EventDeadLetter
from backoffice.events.operations.replay_event_dead_letter import replay_event_dead_letter
from backoffice.events.operations.set_aside_event_dead_letter import set_aside_event_dead_letter
from backoffice.events.queries import dead_letters
from backoffice.pages.evidence import shown_payload
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmPage
from backoffice.web.filters import OfficeFilter
from backoffice.web.lists import Empty, ListPage
from backoffice.web.objects import Fact, ObjectPage
from backoffice.web.page import Action, OfficeView
from backoffice.web.render import when, when_exactly
from backoffice.web.tables import NumberColumn, OfficeTable, StateColumn, WhenColumn

STATES = [("waiting", "Waiting"), ("replayed", "Replayed"), ("set_aside", "Set aside")]


def letter_of(view: OfficeView, pk: int) -> EventDeadLetter:
    """The letter in scope, or 404."""
    found = dead_letters(scope_of(view.request.user)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class LetterFilter(OfficeFilter):
    """By state, subscriber and error."""

    q = django_filters.CharFilter(field_name="error", lookup_expr="icontains", label="Error")
    state = django_filters.ChoiceFilter(choices=STATES, label="State")
    subscriber = django_filters.CharFilter(lookup_expr="istartswith", label="Subscriber")


class LetterTable(OfficeTable):
    """Letters, newest first."""

    event = tables.Column(accessor="event__kind", linkify=lambda record: reverse("event_dead_letter", args=[record.pk]))
    subscriber = tables.Column()
    state = StateColumn()
    error = tables.Column(orderable=False)
    attempts = NumberColumn()
    first_failed_at = WhenColumn(verbose_name="First failed")
    last_failed_at = WhenColumn(verbose_name="Last failed")
    settled_by = tables.Column(verbose_name="Settled by")
    hidden = ("first_failed_at",)

    class Meta(OfficeTable.Meta):
        """The order of the columns."""

        sequence = (
            "event",
            "subscriber",
            "state",
            "error",
            "attempts",
            "first_failed_at",
            "last_failed_at",
            "settled_by",
        )

    def row_address(self, record: EventDeadLetter) -> str:
        """The page of the letter."""
        return reverse("event_dead_letter", args=[record.pk])

    def render_error(self, value: str) -> str:
        """The first line."""
        return value.splitlines()[0][:120] if value else ""


class LetterList(ListPage):
    """Every dead letter in scope."""

    title = "Events' dead letters"
    right = "events.view"
    table_class = LetterTable
    filter_class = LetterFilter

    def rows(self) -> QuerySet[EventDeadLetter]:
        """Every letter in scope."""
        return dead_letters(self.request.scope).defer("event__payload")

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the outbox."""
        return [("Outbox", reverse("outbox"))]

    def empty(self) -> Empty:
        """Nothing failed."""
        return Empty(
            "Nothing failed",
            "An event that a subscriber could not use, three times in a row, is kept here and can be replayed.",
            icon="mail-off",
        )


class LetterPage(ObjectPage):
    """One letter: the error, the event, what can be done."""

    right = "events.view"
    template_name = "events/dead_letter.html"
    letter: EventDeadLetter

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The letter, or 404."""
        self.letter = letter_of(self, kwargs["pk"])
        return self.render()

    def check_change(self) -> None:
        """The whole operator's."""
        self.request.scope.check_change(None)

    def name(self) -> str:
        """Who could not use what."""
        return f"{self.letter.event.kind} for {self.letter.subscriber}"

    def object_state(self) -> str:
        """The state."""
        return self.letter.state

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the letters."""
        return [("Outbox", reverse("outbox")), ("Dead letters", reverse("event_dead_letters"))]

    def primary(self) -> Action | None:
        """Replay, while it waits."""
        if self.letter.state != "waiting":
            return None
        return Action("Replay", reverse("event_dead_letter_replay", args=[self.letter.pk]), "rotate", "events.replay")

    def menu(self) -> Sequence[Action]:
        """Set aside, while it waits."""
        if self.letter.state != "waiting":
            return ()
        address = reverse("event_dead_letter_set_aside", args=[self.letter.pk])
        return [Action("Set aside", address, "archive", "events.replay")]

    def facts(self) -> Sequence[Fact]:
        """What was tried, when."""
        letter = self.letter
        return [
            Fact("Event", str(letter.event_id), url=reverse("outbox_event", args=[letter.event_id])),
            Fact("Attempts", str(letter.attempts)),
            Fact("First failed", when_exactly(letter.first_failed_at)),
            Fact("Last failed", when(letter.last_failed_at)),
            *([Fact("Settled by", letter.settled_by)] if letter.settled_by else []),
        ]

    def context(self) -> dict[str, Any]:
        """The error and the payload."""
        payload = shown_payload(self.request.user, bytes(self.letter.event.payload))
        return {**super().context(), "letter": self.letter, "payload": payload}


class ReplayPage(ConfirmPage):
    """Hand it over once more."""

    title = "Replay"
    right = "events.replay"
    reason_needed = False
    submit_label = "Replay it"

    def check_change(self) -> None:
        """The whole operator's."""
        letter_of(self, self.kwargs["pk"])
        self.request.scope.check_change(None)

    def question(self) -> str:
        """Names the event and the subscriber."""
        letter = letter_of(self, self.kwargs["pk"])
        return f"Hand {letter.event.kind} to {letter.subscriber} once more?"

    def effects(self) -> Sequence[str]:
        """What happens."""
        return (
            "The subscriber gets the same event with the same id.",
            "If it fails again, nothing of its work is kept and the letter waits on with the new error.",
        )

    def cancel(self) -> str:
        """Back to the letter."""
        return reverse("event_dead_letter", args=[self.kwargs["pk"]])

    def perform(self, reason: str) -> str:
        """Replays it."""
        scope, actor = scope_of(self.request.user), actor_of(self.request)
        letter = replay_event_dead_letter(self.kwargs["pk"], scope=scope, actor=actor, now=clock.now())
        if letter.state != "replayed":
            raise Refusal("INVALID_REQUEST", f"It failed again: {letter.error}")
        messages.success(self.request, "Replayed.")
        return self.cancel()


class SetAsidePage(ConfirmPage):
    """Decide that nobody needs it."""

    title = "Set aside"
    right = "events.replay"
    submit_label = "Set it aside"
    danger = True
    done = "Set aside."

    def check_change(self) -> None:
        """The whole operator's."""
        letter_of(self, self.kwargs["pk"])
        self.request.scope.check_change(None)

    def question(self) -> str:
        """Names the event and the subscriber."""
        letter = letter_of(self, self.kwargs["pk"])
        return f"Set {letter.event.kind} for {letter.subscriber} aside?"

    def effects(self) -> Sequence[str]:
        """What happens."""
        return (
            "The subscriber never gets this event; it cannot be replayed afterwards.",
            "The event and your reason stay.",
        )

    def cancel(self) -> str:
        """Back to the letter."""
        return reverse("event_dead_letter", args=[self.kwargs["pk"]])

    def perform(self, reason: str) -> str:
        """Sets it aside."""
        scope, actor = scope_of(self.request.user), actor_of(self.request)
        set_aside_event_dead_letter(self.kwargs["pk"], reason, scope=scope, actor=actor, now=clock.now())
        return self.cancel()
