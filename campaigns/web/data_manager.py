"""The data manager: attributes, channels, and what was ignored, each a list with an address."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse

from backoffice.web.filters import OfficeFilter
from backoffice.web.lists import Empty, ListPage
from backoffice.web.objects import Tab
from backoffice.web.page import Action
from backoffice.web.tables import NumberColumn, OfficeTable, WhenColumn
from campaigns.models import AttributeDefinition, IgnoredAttribute, Subscription
from campaigns.queries.definitions import (
    attribute_definitions,
    ignored_attributes,
    subscriptions,
)
from campaigns.web.shown import channel_word

RIGHT = "data.view"
TABS = (
    ("Events", "data_events"), ("Attributes & tags", "data_attributes"), ("Channels", "data_channels"),
    ("Ignored", "data_ignored"),
)  # fmt: skip
TYPES = [(name, name) for name in ("string", "number", "datetime", "boolean")]


class DataList(ListPage):
    """What the four have in common."""

    title = "Data manager"
    right = RIGHT
    template_name = "campaigns/data_list.html"

    def context(self) -> dict[str, Any]:
        """With the tabs."""
        return {**super().context(), "tabs": [Tab(label, reverse(name)) for label, name in TABS]}

    def marketplace(self) -> Action:
        """Where definitions come from."""
        return Action("To the marketplace", reverse("marketplace"), "building-store", "integrations.view")


class AttributeTable(OfficeTable):
    """An attribute a row."""

    name = tables.Column()
    type = tables.Column()
    topic = tables.Column(default="")
    integration_kind = tables.Column(verbose_name="Source", default="", empty_values=())
    brand_id = tables.Column(verbose_name="Brand")
    created_at = WhenColumn(verbose_name="Created")

    class Meta(OfficeTable.Meta):
        sequence = ("name", "type", "topic", "integration_kind", "brand_id", "created_at")

    def render_integration_kind(self, record: AttributeDefinition) -> str:
        """The kind that brought it, or the system."""
        return source_word(record)

    def value_integration_kind(self, record: AttributeDefinition) -> str:
        """For the export."""
        return source_word(record)


def source_word(record: AttributeDefinition) -> str:
    """Where a definition is from."""
    return "system" if record.is_system else record.integration_kind or "first message"


class AttributeFilter(OfficeFilter):
    """By name, type, topic."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Name")
    type = django_filters.ChoiceFilter(choices=TYPES, label="Type")
    topic = django_filters.CharFilter(field_name="topic", lookup_expr="iexact", label="Topic")


class AttributeList(DataList):
    """`/office/data/attributes/`."""

    table_class = AttributeTable
    filter_class = AttributeFilter
    export_name = "attributes"

    def rows(self) -> QuerySet[AttributeDefinition]:
        """Of the brands in scope."""
        return attribute_definitions(self.request.scope)

    def empty(self) -> Empty:
        """What brings them."""
        text = "An approved integration creates its attributes. No message ever does: unknown ones are ignored."
        return Empty("No attributes yet", text, self.marketplace(), "tag")


class ChannelTable(OfficeTable):
    """A channel, or a preference of it, a row."""

    channel = tables.Column()
    preference = tables.Column(default="", empty_values=())
    subscribed_count = NumberColumn(verbose_name="Subscribed")
    unsubscribed_count = NumberColumn(verbose_name="Unsubscribed")
    integration_kind = tables.Column(verbose_name="Source", default="first message")
    brand_id = tables.Column(verbose_name="Brand")
    created_at = WhenColumn(verbose_name="Created")

    class Meta(OfficeTable.Meta):
        sequence = (
            "channel", "preference", "subscribed_count", "unsubscribed_count", "integration_kind", "brand_id",
            "created_at",
        )  # fmt: skip

    def render_channel(self, value: str) -> str:
        """In words."""
        return channel_word(value)

    def render_preference(self, record: Subscription) -> str:
        """The channel as a whole says so."""
        return record.preference or "the channel as a whole"


class ChannelList(DataList):
    """`/office/data/channels/`."""

    table_class = ChannelTable
    export_name = "channels"

    def rows(self) -> QuerySet[Subscription]:
        """Of the brands in scope."""
        return subscriptions(self.request.scope)

    def empty(self) -> Empty:
        """What brings them."""
        text = "Channels come with an approved integration; their preferences when a message first names them."
        return Empty("No channels yet", text, self.marketplace(), "mail")


class IgnoredTable(OfficeTable):
    """What was sent and not taken, a row a name and event."""

    name = tables.Column()
    event = tables.Column()
    reason = tables.Column()
    count = NumberColumn(verbose_name="Times")
    last_at = WhenColumn(verbose_name="Last")
    brand_id = tables.Column(verbose_name="Brand")

    class Meta(OfficeTable.Meta):
        sequence = ("name", "event", "reason", "count", "last_at", "brand_id")


class IgnoredFilter(OfficeFilter):
    """By name, event, reason."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Name")
    event = django_filters.CharFilter(field_name="event", lookup_expr="icontains", label="Event")
    reason = django_filters.CharFilter(field_name="reason", lookup_expr="iexact", label="Reason")


class IgnoredList(DataList):
    """`/office/data/ignored/`."""

    table_class = IgnoredTable
    filter_class = IgnoredFilter
    export_name = "ignored"
    lead_in = (
        "Messages brought these names and nothing was mapped: they are counted and not kept. If one should become an "
        "attribute, ask your platform administrator to add it to the kind of the integration."
    )

    def rows(self) -> QuerySet[IgnoredAttribute]:
        """Of the brands in scope."""
        return ignored_attributes(self.request.scope)

    def empty(self) -> Empty:
        """Nothing was sent in vain."""
        return Empty("Nothing was ignored", "All that messages brought so far has an attribute.", icon="eye-off")
