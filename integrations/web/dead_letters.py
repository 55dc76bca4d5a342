"""Dead letters: every message that could not be used, and why."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.web.filters import OfficeFilter
from backoffice.web.lists import Empty, ListPage
from backoffice.web.page import Action
from backoffice.web.tables import MenuColumn, NumberColumn, OfficeTable, StateColumn, WhenColumn
from integrations.models import DeadLetter, Integration
from integrations.queries.dead_letters import changeable, dead_letters, reasons_and_topics
from integrations.queries.integrations import brands_of, integrations
from integrations.queries.letter_works import letter_works

STATES = [("waiting", "Waiting"), ("set_aside", "Set aside"), ("replayed", "Replayed")]


def letter_address(record: DeadLetter) -> str:
    """Its page."""
    return reverse("dead_letter", args=[record.pk])


def acts(letter: DeadLetter) -> list[Action]:
    """What can be done in its state."""
    if letter.state == "replayed":
        return []
    found = [Action("Replay", reverse("dead_letter_replay", args=[letter.pk]), "rotate", "dead_letters.replay")]
    if letter.state == "waiting":
        address = reverse("dead_letter_set_aside", args=[letter.pk])
        found.append(Action("Set aside", address, "archive", "dead_letters.replay"))
    return found


class TickColumn(tables.Column):  # type: ignore[misc]
    """A box that takes the row into the selection below the table."""

    def __init__(self) -> None:
        super().__init__(
            verbose_name="Selected",
            accessor="pk",
            orderable=False,
            exclude_from_export=True,
            attrs={"td": {"class": "tick"}, "th": {"class": "tick"}},
        )

    def render(self, value: int, record: DeadLetter) -> SafeString | str:
        """The box; none for what was replayed."""
        if record.state == "replayed":
            return ""
        box = '<input class="form-check-input" type="checkbox" form="selection" name="key" value="{}" aria-label="{}">'
        return format_html(box, value, f"Select {record.reason}, {record.topic} {record.offset[:12]}")


class DeadLetterTable(OfficeTable):
    """A dead letter a row."""

    tick = TickColumn()
    received_at = WhenColumn(verbose_name="Received", linkify=letter_address)
    reason = tables.Column()
    detail = tables.Column(orderable=False, attrs={"td": {"class": "wrap"}})
    integration = tables.Column(accessor="integration__name", verbose_name="Integration")
    topic = tables.Column(verbose_name="Topic")
    state = StateColumn()
    attempts = NumberColumn()
    changed_by = tables.Column(default="")
    menu = MenuColumn(lambda record, _: acts(record), lambda record: brands_of(record.integration))
    hidden = ("topic", "changed_by")

    class Meta(OfficeTable.Meta):
        sequence = (
            "tick", "received_at", "reason", "detail", "integration", "topic", "state", "attempts", "changed_by",
            "menu",
        )  # fmt: skip

    def row_address(self, record: DeadLetter) -> str:
        """Its page."""
        return letter_address(record)


def _own_integrations(request: HttpRequest) -> QuerySet[Integration]:
    scope = request.scope  # type: ignore[attr-defined]
    return integrations(scope).prefetch_related(None).select_related(None).order_by("name")


class DeadLetterFilter(OfficeFilter):
    """By state, reason, integration, topic, time, text of the reason."""

    q = django_filters.CharFilter(field_name="detail", lookup_expr="icontains", label="Detail")
    state = django_filters.ChoiceFilter(choices=STATES, label="State")
    reason = django_filters.ChoiceFilter(choices=[], label="Reason", empty_label="Any")
    integration = django_filters.ModelChoiceFilter(queryset=_own_integrations, label="Integration", empty_label="All")
    topic = django_filters.ChoiceFilter(choices=[], label="Topic", empty_label="Any")
    days = django_filters.DateFromToRangeFilter(
        field_name="received_at",
        label="Received",
        widget=django_filters.widgets.RangeWidget(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, known in zip(("reason", "topic"), reasons_and_topics(kwargs["request"].scope), strict=True):
            self.form.fields[name].choices = [(value, value) for value in known]


def _counts(rows: QuerySet[DeadLetter]) -> dict[str, int]:
    counted = rows.order_by().values("state").annotate(number=Count("pk"))
    return {row["state"]: row["number"] for row in counted}


class DeadLetterList(ListPage):
    """`/office/dead-letters/`."""

    title = "Dead letters"
    right = "dead_letters.view"
    table_class = DeadLetterTable
    filter_class = DeadLetterFilter
    template_name = "integrations/dead_letters.html"

    def rows(self) -> QuerySet[DeadLetter]:
        """Those of the operator."""
        return dead_letters(self.request.scope)

    def empty(self) -> Empty:
        """Nothing ever failed."""
        return Empty(
            "No message was ever turned away",
            "What a feed cannot use is kept here with its bytes and the reason, until somebody replays it.",
            icon="mail-off",
        )

    def context(self) -> dict[str, Any]:
        """How many of what is shown can be replayed or set aside in one go."""
        context = super().context()
        _, rows = self.filtered()
        states = _counts(changeable(rows, self.request.scope)) if isinstance(rows, QuerySet) else {}
        query = self.request.GET.copy()
        for name in ("page", "per_page", "sort", "columns", "export"):
            query.pop(name, None)
        return {
            **context,
            "replayable": states.get("waiting", 0) + states.get("set_aside", 0),
            "waiting": states.get("waiting", 0),
            "bulk_query": query.urlencode(),
            "kept": [(name, value) for name, values in query.lists() for value in values],
            "works": letter_works(self.request.scope)[:3],
        }
