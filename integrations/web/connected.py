"""Integrations: what is connected, how its feed fares."""

from collections.abc import Sequence

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from backoffice.core import clock
from backoffice.web import render
from backoffice.web.filters import OfficeFilter
from backoffice.web.lists import Empty, ListPage
from backoffice.web.page import Action
from backoffice.web.tables import MenuColumn, OfficeTable, StateColumn, WhenColumn
from backoffice.web.words import BLANK
from integrations.kinds.registry import kinds
from integrations.models import Integration, IntegrationState
from integrations.queries.feeds import FeedHealth, feed_health
from integrations.queries.integrations import brands_of, integrations
from integrations.web.looks import REPLAY, address_of, feed_look, kind_title
from integrations.wire.connections import TITLES


def acts(integration: Integration) -> list[Action]:
    """What can be done in its state."""
    found = [
        Action(
            "Duplicate as new",
            reverse("integration_copy", args=[integration.pk]),
            "copy",
            "integrations.submit",
            makes_own=True,
        )
    ]
    if integration.state == IntegrationState.ACTIVE:
        address = reverse("integration_disconnect", args=[integration.pk])
        found.append(Action("Disconnect", address, "plug-connected-x", "integrations.disconnect", danger=True))
    return found


def _number(value: int | None) -> str:
    return BLANK if value is None else f"{value:,}"


_NUM = {"td": {"class": "num"}, "th": {"class": "num"}}


class IntegrationTable(OfficeTable):
    """An integration a row."""

    name = tables.Column(linkify=address_of)
    kind = tables.Column()
    transport = tables.Column()
    state = StateColumn(accessor="state")
    feed = tables.Column(empty_values=(), orderable=False)
    lag = tables.Column(empty_values=(), orderable=False, verbose_name="Waiting", attrs=_NUM)
    seen = tables.Column(empty_values=(), orderable=False, verbose_name="Messages", attrs=_NUM)
    used = tables.Column(empty_values=(), orderable=False, attrs=_NUM)
    refused = tables.Column(empty_values=(), orderable=False, attrs=_NUM)
    filtered = tables.Column(empty_values=(), orderable=False, attrs=_NUM)
    dead = tables.Column(empty_values=(), orderable=False, verbose_name="Dead letters", attrs=_NUM)
    last_message = tables.Column(empty_values=(), orderable=False)
    submitted_by = tables.Column(accessor="submitted_by__email")
    submitted_at = WhenColumn(verbose_name="Submitted")
    operator_id = tables.Column(verbose_name="Operator")
    menu = MenuColumn(lambda record, _: acts(record), brands_of)
    hidden = ("operator_id", "submitted_by", "submitted_at", "kind", "transport", "filtered", "refused")

    class Meta(OfficeTable.Meta):
        sequence = (
            "name", "state", "feed", "lag", "seen", "used", "refused", "filtered", "dead", "last_message", "kind",
            "transport", "submitted_by", "submitted_at", "operator_id", "menu",
        )  # fmt: skip

    def health(self, record: Integration) -> FeedHealth:
        """Read once a row."""
        known: FeedHealth | None = getattr(record, "known_health", None)
        if known is None:
            known = feed_health(record, clock.now())
            record.known_health = known  # type: ignore[attr-defined]
        return known

    def render_kind(self, value: str) -> str:
        """In words."""
        return kind_title(value)

    def render_transport(self, value: str) -> str:
        """In words; a replay says what it is."""
        return TITLES.get(value, value)

    def render_feed(self, record: Integration) -> SafeString:
        """What it is doing."""
        return render.state(*feed_look(self.health(record)))

    def value_feed(self, record: Integration) -> str:
        """For the export."""
        return self.health(record).word

    def render_lag(self, record: Integration) -> str:
        """Where the broker tells."""
        return _number(self.health(record).lag)

    def render_seen(self, record: Integration) -> str:
        """Of all time."""
        return _number(self.health(record).seen)

    def render_used(self, record: Integration) -> str:
        """Had an effect."""
        return _number(self.health(record).used)

    def render_refused(self, record: Integration) -> str:
        """Refused by a rule of the business."""
        return _number(self.health(record).refused)

    def render_filtered(self, record: Integration) -> str:
        """Counted and not taken."""
        return _number(self.health(record).filtered)

    def render_dead(self, record: Integration) -> str:
        """Waiting or set aside."""
        return _number(self.health(record).dead)

    def render_last_message(self, record: Integration) -> SafeString | str:
        """When the last one came."""
        at = self.health(record).last_message_at
        return render.when(at) if at else BLANK

    def value_last_message(self, record: Integration) -> str:
        """For the export."""
        at = self.health(record).last_message_at
        return render.utc_text(at) if at else ""

    def row_address(self, record: Integration) -> str:
        """Its page."""
        return address_of(record)


class IntegrationFilter(OfficeFilter):
    """By name, state, kind, transport."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Name")
    state = django_filters.ChoiceFilter(choices=IntegrationState.choices, label="State")
    kind = django_filters.ChoiceFilter(
        choices=lambda: [(kind.slug, kind.title) for kind in kinds().values()], label="Kind"
    )
    transport = django_filters.ChoiceFilter(choices=list(TITLES.items()), label="Transport")


class IntegrationList(ListPage):
    """`/office/integrations/`."""

    title = "Integrations"
    right = "integrations.view"
    table_class = IntegrationTable
    filter_class = IntegrationFilter
    template_name = "integrations/connected.html"

    def rows(self) -> QuerySet[Integration]:
        """Those of the operator."""
        return integrations(self.request.scope)

    def actions(self) -> Sequence[Action]:
        """To the marketplace."""
        return [Action("Connect something", reverse("marketplace"), "plus", "integrations.submit")]

    def empty(self) -> Empty:
        """Nothing was ever submitted."""
        return Empty(
            "Nothing is connected",
            "Feeds of bets appear here once they are submitted and a second person has approved them.",
            self.actions()[0],
            "plug",
        )

    def context(self) -> dict[str, object]:
        """Says so where samples stand in for a partner."""
        rows = self.rows().filter(transport=REPLAY, state=IntegrationState.ACTIVE)
        return {**super().context(), "replays": [row.name for row in rows[:5]]}
