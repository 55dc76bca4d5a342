"""What was taken out of the house: every export of a report, from the audit log."""

from typing import Any
from urllib.parse import urlencode

import django_tables2 as tables

from backoffice.audit.queries import entries
from backoffice.web.lists import Empty, ListPage
from backoffice.web.tables import OfficeTable, WhenColumn
from reporting.web.addresses import address

ADDRESSES = {"liability": "liability", "ledger_lines": "ledger_lines"}


def report_address(record: Any) -> str | None:
    """The report with the filters that it was exported with; None for one that is no page any more."""
    filters = record.after if isinstance(record.after, dict) else {}
    path = address(ADDRESSES.get(record.object_id, ""))
    return f"{path}?{urlencode(filters, doseq=True)}" if path else None


class ExportTable(OfficeTable):
    """An export a row."""

    at = WhenColumn(verbose_name="When")
    object_name = tables.Column(verbose_name="Report", linkify=report_address)
    actor_name = tables.Column(verbose_name="Who")
    after = tables.Column(verbose_name="Filters", empty_values=())

    class Meta(OfficeTable.Meta):
        sequence = ("at", "object_name", "actor_name", "after")

    def row_address(self, record: Any) -> str | None:
        """The report again."""
        return report_address(record)

    def render_after(self, value: Any) -> str:
        """`range: ytd; brand: thrilltech:brand1`."""
        filters = value if isinstance(value, dict) else {}
        return "; ".join(f"{name}: {', '.join(values)}" for name, values in sorted(filters.items())) or "none"

    def value_after(self, value: Any) -> str:
        """The cell of the export."""
        return self.render_after(value)


class ExportList(ListPage):
    """Who exported which report with which filters."""

    title = "Exports"
    right = "exports.run"
    table_class = ExportTable

    def rows(self) -> Any:
        """The entries of the audit log, the newest first."""
        return entries(self.request.scope).filter(action="report.exported")

    def empty(self) -> Empty:
        """How an export comes about."""
        text = "The CSV button of a report makes an export, and it is kept here."
        return Empty("Nothing was exported yet", text, None, "download")
