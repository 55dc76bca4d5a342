"""The outbox: every fact with its exact payload, and how far each subscriber is."""

from collections.abc import Sequence
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from backoffice.core import clock
from backoffice.events.models import OutboxEvent
from backoffice.events.queries import cursors, dead_letters, events, unnumbered_lag, waiting_dead_letters
from backoffice.pages.evidence import shown_payload
from backoffice.web.filters import OfficeFilter
from backoffice.web.lists import Empty, ListPage
from backoffice.web.objects import Fact, ObjectPage
from backoffice.web.page import Action, OfficeView
from backoffice.web.render import when_exactly
from backoffice.web.tables import IdColumn, NumberColumn, OfficeTable, WhenColumn


class EventFilter(OfficeFilter):
    """By kind, object and time."""

    q = django_filters.CharFilter(field_name="object_id", lookup_expr="startswith", label="Object's id")
    kind = django_filters.CharFilter(lookup_expr="istartswith", label="Kind")
    operator = django_filters.CharFilter(field_name="operator_id", label="Operator")
    occurred = django_filters.DateFromToRangeFilter(
        field_name="occurred_at",
        label="Occurred",
        widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date", "aria-label": "Occurred"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request.user.operator_id is not None:
            del self.filters["operator"]
            self.form.fields.pop("operator", None)


class EventTable(OfficeTable):
    """Events, newest first."""

    sequence = NumberColumn(verbose_name="No.", default="not yet")
    kind = tables.Column(linkify=lambda record: reverse("outbox_event", args=[record.pk]))
    object_id = IdColumn(verbose_name="Object")
    operator_id = tables.Column(verbose_name="Operator")
    brand_id = tables.Column(verbose_name="Brand")
    occurred_at = WhenColumn(verbose_name="Occurred")
    event_id = IdColumn(verbose_name="Event's id", orderable=False)
    hidden = ("operator_id", "event_id")

    class Meta(OfficeTable.Meta):
        """The order of the columns."""

        sequence = ("sequence", "kind", "object_id", "operator_id", "brand_id", "occurred_at", "event_id")

    def row_address(self, record: OutboxEvent) -> str:
        """The page of the event."""
        return reverse("outbox_event", args=[record.pk])


class EventList(ListPage):
    """Every fact in scope."""

    title = "Outbox"
    right = "events.view"
    table_class = EventTable
    filter_class = EventFilter
    lead_in = "Facts that other parts and partners are told of, in the order in which they were committed."

    def rows(self) -> QuerySet[OutboxEvent]:
        """Every event in scope; the payload is read only on its own page."""
        return events(self.request.scope).defer("payload")

    def actions(self) -> Sequence[Action]:
        """The way to the dead letters and the cursors."""
        waiting = waiting_dead_letters(self.request.scope)
        label = f"Dead letters ({waiting})" if waiting else "Dead letters"
        return [
            Action(label, reverse("event_dead_letters"), "mail-off", "events.view"),
            Action("Cursors", reverse("outbox_cursors"), "gauge", "platform.admin"),
        ]

    def empty(self) -> Empty:
        """Nothing happened yet."""
        return Empty("Nothing happened yet", "Wins, state changes and opt-ins appear here as they happen.", icon="send")


class EventPage(ObjectPage):
    """One fact, with the bytes that every reader gets."""

    right = "events.view"
    template_name = "events/detail.html"
    event: OutboxEvent

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The event, or 404."""
        found = events(self.request.scope).filter(pk=kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.event = found
        return self.render()

    def name(self) -> str:
        """The kind, and the number once there is one."""
        number = self.event.sequence
        return f"{self.event.kind} no. {number}" if number else f"{self.event.kind}, not numbered yet"

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the outbox."""
        return [("Outbox", reverse("outbox"))]

    def facts(self) -> Sequence[Fact]:
        """Where it stands in the order."""
        event = self.event
        return [
            Fact("Event", str(event.event_id), copy=str(event.event_id)),
            Fact("Object", event.object_id, copy=event.object_id),
            Fact("Operator", event.operator_id),
            Fact("Brand", event.brand_id or "all"),
            Fact("Occurred", when_exactly(event.occurred_at)),
            Fact("Transaction", str(event.transaction_id)),
            Fact("Position", str(event.position)),
        ]

    def context(self) -> dict[str, Any]:
        """The payload as text, and the dead letters that the event became."""
        payload = bytes(self.event.payload)
        letters = dead_letters(self.request.scope).filter(event=self.event)
        return {
            **super().context(),
            "payload": shown_payload(self.request.user, payload),
            "size": len(payload),
            "letters": letters,
        }


class CursorPage(OfficeView):
    """How far each subscriber is; for the platform, because it counts all operators."""

    title = "Cursors"
    right = "platform.admin"
    template_name = "events/cursors.html"

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the outbox."""
        return [("Outbox", reverse("outbox"))]

    def context(self) -> dict[str, Any]:
        """The cursors, and how long numbers are held up."""
        now = clock.now()
        lag = unnumbered_lag(now)
        return {**super().context(), "cursors": cursors(), "unnumbered_seconds": int(lag.total_seconds())}
