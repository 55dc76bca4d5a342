"""The data manager's events, and whether segments may use each."""

from collections.abc import Sequence

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from backoffice.core import clock
from backoffice.web import render
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmPage
from backoffice.web.filters import OfficeFilter
from backoffice.web.found import found_or_404
from backoffice.web.lists import Empty
from backoffice.web.page import Action
from backoffice.web.tables import MenuColumn, NumberColumn, OfficeTable, WhenColumn
from campaigns.models import EventDefinition
from campaigns.operations.set_segmentable import set_segmentable
from campaigns.queries.definitions import event_definition, event_definitions
from campaigns.web.data_manager import DataList


def segment_acts(event: EventDefinition) -> list[Action]:
    """The switch of an event."""
    word = "Keep out of segments" if event.is_segmentable else "Let segments use it"
    address = reverse("data_event_segmentation", args=[event.pk])
    return [Action(word, address, "filter-off" if event.is_segmentable else "filter", "data.manage")]


class EventTable(OfficeTable):
    """An event of a topic a row."""

    name = tables.Column(attrs={"td": {"class": "wrap"}})
    title = tables.Column(default="")
    topic = tables.Column(default="")
    brand_id = tables.Column(verbose_name="Brand")
    properties = tables.Column(orderable=False, attrs={"td": {"class": "wrap"}}, empty_values=())
    event_count = NumberColumn(verbose_name="Times")
    first_seen_at = WhenColumn(verbose_name="First seen", default="not yet")
    last_seen_at = WhenColumn(verbose_name="Last seen", default="not yet")
    is_segmentable = tables.Column(verbose_name="In segments")
    menu = MenuColumn(lambda record, _: segment_acts(record))
    hidden = ("title", "brand_id", "first_seen_at")

    class Meta(OfficeTable.Meta):
        sequence = (
            "name", "title", "topic", "brand_id", "properties", "event_count", "first_seen_at", "last_seen_at",
            "is_segmentable", "menu",
        )  # fmt: skip

    def render_name(self, record: EventDefinition) -> SafeString | str:
        """With what the partner calls it, where that is something else."""
        if record.title in {"", record.name}:
            return record.name
        return format_html('{} <span class="text-secondary">{}</span>', record.name, record.title)

    def value_name(self, record: EventDefinition) -> str:
        """For the export."""
        return record.name

    def render_properties(self, record: EventDefinition) -> SafeString | str:
        """As they are called in messages."""
        return format_html_join(", ", "<code>{}</code>", ((name,) for name in record.properties)) or "none"

    def value_properties(self, record: EventDefinition) -> str:
        """For the export."""
        return ", ".join(record.properties)

    def render_is_segmentable(self, value: object) -> SafeString:
        """On or off."""
        return render.state("enabled" if value else "disabled", "On" if value else "Off")

    def value_is_segmentable(self, value: object) -> str:
        """For the export."""
        return "on" if value else "off"


class EventFilter(OfficeFilter):
    """By name, topic, use in segments."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Name")
    topic = django_filters.CharFilter(field_name="topic", lookup_expr="iexact", label="Topic")
    is_segmentable = django_filters.BooleanFilter(label="In segments")


class EventList(DataList):
    """`/office/data/`."""

    table_class = EventTable
    filter_class = EventFilter
    export_name = "events"

    def rows(self) -> QuerySet[EventDefinition]:
        """Of the brands in scope."""
        return event_definitions(self.request.scope)

    def empty(self) -> Empty:
        """What brings them."""
        text = "An approved integration creates its events here before any data comes; others appear when first seen."
        return Empty("No events yet", text, self.marketplace(), "database")


class SegmentationSwitch(ConfirmPage):
    """`/office/data/events/<id>/segmentation/`: whether segments may use an event (GIG-26)."""

    title = "Use in segments"
    right = "data.manage"
    reason_needed = False

    @property
    def event(self) -> EventDefinition:
        """The one of the address."""
        return found_or_404(lambda: event_definition(self.request.scope, self.kwargs["definition_id"]))

    def check_change(self) -> None:
        """The event's brand."""
        self.request.scope.check_change(self.event.brand_id)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Data manager", reverse("data_events"))]

    def cancel(self) -> str:
        """Back to the list."""
        return reverse("data_events")

    def question(self) -> str:
        """Names it."""
        event = self.event
        act = "Keep {} out of segments?" if event.is_segmentable else "Let segments use {}?"
        return act.format(f"{event.name}{f' ({event.topic})' if event.topic else ''}")

    def effects(self) -> Sequence[str]:
        """What it means."""
        event = self.event
        if event.is_segmentable:
            return ["It can no longer be chosen in a segment.", "Its messages go on to be recorded."]
        return [f"Segments of {event.brand_id} can ask for it; {event.event_count:,} were recorded so far."]

    def perform(self, reason: str) -> str:
        """Back to the list."""
        event = self.event
        set_segmentable(
            event.pk, is_segmentable=not event.is_segmentable, scope=self.request.scope,
            actor=actor_of(self.request), now=clock.now(), reason=reason,
        )  # fmt: skip
        return reverse("data_events")
