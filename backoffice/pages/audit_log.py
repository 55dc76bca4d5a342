"""Who did what, when, why; before and after."""

from collections.abc import Sequence
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from backoffice.audit.models import AuditEntry
from backoffice.audit.queries import entries
from backoffice.pages.evidence import Words
from backoffice.web.filters import OfficeFilter
from backoffice.web.lists import Empty, ListPage
from backoffice.web.objects import Fact, ObjectPage, changes
from backoffice.web.render import when_exactly
from backoffice.web.tables import IdColumn, OfficeTable, WhenColumn


class AuditFilter(OfficeFilter):
    """By whom, what, to what, and when."""

    q = django_filters.CharFilter(field_name="object_name", lookup_expr="icontains", label="Object")
    actor = django_filters.CharFilter(field_name="actor_name", lookup_expr="icontains", label="Who")
    object_type = django_filters.CharFilter(label="Type")
    object_id = django_filters.CharFilter(label="Object's id")
    action = django_filters.CharFilter(lookup_expr="istartswith", label="Act")
    at = django_filters.DateFromToRangeFilter(
        label="When",
        widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date", "aria-label": "When"}),
    )
    request_id = django_filters.CharFilter(label="Request's id")


class AuditTable(OfficeTable):
    """Acts, newest first."""

    at = WhenColumn(verbose_name="When")
    actor_name = tables.Column(verbose_name="Who")
    action = tables.Column(verbose_name="Act", linkify=lambda record: reverse("audit_entry", args=[record.pk]))
    object_name = tables.Column(verbose_name="Object", orderable=False)
    object_type = tables.Column(verbose_name="Type")
    object_id = IdColumn(verbose_name="Object's id")
    reason = tables.Column(orderable=False)
    operator_id = tables.Column(verbose_name="Operator")
    address = tables.Column(orderable=False)
    request_id = IdColumn(verbose_name="Request", orderable=False)
    hidden = ("object_id", "operator_id", "address", "request_id")

    class Meta(OfficeTable.Meta):
        """The order of the columns."""

        sequence = (
            "at",
            "action",
            "object_name",
            "actor_name",
            "object_type",
            "object_id",
            "reason",
            "operator_id",
            "address",
            "request_id",
        )

    def row_address(self, record: AuditEntry) -> str:
        """The page of the act."""
        return reverse("audit_entry", args=[record.pk])

    def render_action(self, value: str) -> str:
        """In words."""
        return value.replace("_", " ").replace(".", ": ")

    def render_object_type(self, value: str) -> str:
        """In words."""
        return value.replace("_", " ")


class AuditList(ListPage):
    """The log."""

    title = "Audit log"
    right = "audit.view"
    table_class = AuditTable
    filter_class = AuditFilter
    export_right = "audit.view"

    def rows(self) -> QuerySet[AuditEntry]:
        """Every act in scope."""
        return entries(self.request.scope)

    def empty(self) -> Empty:
        """Nothing was done yet."""
        return Empty("Nothing was done yet", "Every act of staff, services and schedules is kept here.", icon="history")


class AuditEntryPage(ObjectPage):
    """One act, with both states in full."""

    right = "audit.view"
    template_name = "audit/detail.html"
    entry: AuditEntry

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The act, or 404."""
        found = entries(self.request.scope).filter(pk=kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.entry = found
        return self.render()

    def name(self) -> str:
        """What was done to what."""
        return f"{self.entry.action.replace('_', ' ').replace('.', ': ')} ({self.entry.object_name})"

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the log."""
        return [("Audit log", reverse("audit_log"))]

    def facts(self) -> Sequence[Fact]:
        """Who, when, from where, in which request."""
        entry = self.entry
        same = f"{reverse('audit_log')}?object_type={entry.object_type}&object_id={entry.object_id}"
        facts = [
            Fact("When", when_exactly(entry.at)),
            Fact("Who", f"{entry.actor_name} ({entry.actor_kind})"),
            Fact("Object", entry.object_id, copy=entry.object_id),
            Fact("Its history", "every act on it", url=same),
        ]
        if entry.address:
            facts.append(Fact("Address", entry.address))
        if entry.request_id:
            facts.append(Fact("Request", entry.request_id, copy=entry.request_id))
        return facts

    def context(self) -> dict[str, Any]:
        """The changes and the two states."""
        entry, words = self.entry, Words(self.entry.object_type)
        return {
            **super().context(),
            "entry": entry,
            "changes": changes(words.told(entry.before), words.told(entry.after), words.label, words.order),
        }
