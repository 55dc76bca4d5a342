"""The liability report: what is owed by jackpot and month, and whether the ledger agrees."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import cached_property

from backoffice.accounts.rights import has_right
from backoffice.core import clock
from backoffice.core.money import decimal_from_micros
from backoffice.tenancy.models import Operator
from backoffice.tenancy.scope import Scope
from backoffice.web.exports import csv_response
from backoffice.web.page import OfficeView
from reporting.operations.record_export import record_export
from reporting.queries.liability import LiabilityFilters, LiabilityReport, liability_report
from reporting.rules.frames import SHORTCUTS, Frame, months_back
from reporting.web.actor import actor_of
from reporting.web.addresses import address
from reporting.web.asked import asked_frame
from reporting.web.liability_table import Place, Table, tables
from reporting.web.operator import chosen_operator, operators_of

MONTHS_TO_PICK = 24
Pairs = list[tuple[str, str]]


def asked_instance(text: str) -> UUID | None:
    """The jackpot of `?instance=`; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


class ReportView(OfficeView):
    """What the pages of the ledger have in common: one operator, the viewer's brands, the filters of the address."""

    @cached_property
    def operators(self) -> Sequence[Operator]:
        """What the viewer may choose from."""
        return operators_of(self.request)

    @cached_property
    def operator(self) -> Operator:
        """The one whose ledger it is."""
        return chosen_operator(self.request, self.operators)

    @cached_property
    def scope(self) -> Scope:
        """The viewer's scope inside the operator."""
        return Scope(self.operator.pk, self.request.scope.brand_ids)

    @cached_property
    def now(self) -> datetime:
        """The instant of the request."""
        return clock.now()

    @cached_property
    def instance_id(self) -> UUID | None:
        """The jackpot that is asked for."""
        return asked_instance(self.request.GET.get("instance", ""))

    def kept(self) -> Pairs:
        """What every link of the report carries on: brands, and the platform's operator."""
        own = [("operator", self.operator.pk)] if self.request.user.operator_id is None else []
        return [*(("brand", brand) for brand in sorted(self.request.brands.chosen)), *own]


class Liability(ReportView):
    """`?range=` a shortcut, `?month=2026-10`, or `?from=&to=`; `?instance=`, `?brand=`; `?export=csv`."""

    title = "Liability"
    right = "liability.view"
    template_name = "reporting/liability.html"

    @cached_property
    def frame(self) -> Frame:
        """The days that are asked for, in the operator's accounting zone."""
        return asked_frame(self.request.GET, self.now, self.operator.accounting_zone)

    @cached_property
    def report(self) -> LiabilityReport:
        """What the filters ask for."""
        instances = None if self.instance_id is None else frozenset((self.instance_id,))
        filters = LiabilityFilters(frame=self.frame, instance_ids=instances)
        return liability_report(self.scope, filters, self.now, operators=[self.operator])

    def tables(self) -> list[Table]:
        """The page and its export."""
        return tables(self.report, self.lines_of, by_brand=self.scope.brand_ids is not None)

    def lines_of(self, figure: str, place: Place) -> str:
        """The address of a figure's ledger lines."""
        day = place.first
        if figure == "opening":
            day, last = None, _day_before(place.first)
        else:
            last = place.last
        query = [
            *self.kept(),
            ("figure", figure),
            ("currency", place.currency),
            ("instance", str(place.instance_id or self.instance_id or "")),
            ("from", "" if day is None else day.isoformat()),
            ("to", "" if last is None else last.isoformat()),
        ]
        return address("ledger_lines", query=query)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page, or its CSV."""
        if request.GET.get("export") == "csv" and self.operators and has_right(self.request.user, "exports.run"):
            return self.export()
        return super().get(request, *args, **kwargs)

    def export(self) -> HttpResponseBase:
        """What the page shows, line by line; amounts with all six decimals."""
        shown = self.tables()
        filters: dict[str, object] = {key: values for key, values in self.request.GET.lists() if key != "export"}
        record_export("liability", self.operator.pk, filters, actor=actor_of(self.request), now=self.now)
        return csv_response("liability", self.now, _csv_rows(shown))

    def context(self) -> dict[str, Any]:
        """The tables, the filters, and the shortcuts."""
        if not self.operators:
            return {**super().context(), "operator": None}
        kept = self.kept()
        own = [("instance", str(self.instance_id))] if self.instance_id else []
        today = self.now.astimezone(ZoneInfo(self.operator.accounting_zone)).date()
        shown = self.tables()
        return {
            **super().context(),
            "operator": self.operator,
            "operators": self.operators if len(self.operators) > 1 else [],
            "frame": self.frame,
            "kept": kept,
            "tables": shown,
            "shortcuts": [
                (key, label, address("liability", query=[*kept, *own, ("range", key)]))
                for key, label in SHORTCUTS.items()
            ],
            "months": [months_back(today.replace(day=1), back) for back in range(MONTHS_TO_PICK)],
            "instances": self.report.instances,
            "instance_id": self.instance_id,
            "brand_names": [
                brand.name for brand in self.request.brands.options if brand.id in self.request.brands.chosen
            ],
            "export_url": self._export_url() if shown else "",
            "checked_at": self.now,
        }

    def _export_url(self) -> str:
        query = self.request.GET.copy()
        query["export"] = "csv"
        return f"?{query.urlencode()}"


def _day_before(day: date | None) -> date | None:
    return None if day is None else date.fromordinal(day.toordinal() - 1)


def _csv_rows(shown: Sequence[Table]) -> Iterator[Sequence[object]]:
    for table in shown:
        yield ["Currency", "Jackpot", "Months", *(label for _, label in table.columns)]
        for group in table.groups:
            for line in group.lines:
                yield [table.currency, group.name, line.label, *(_plain(cell.micros) for cell in line.cells)]
        yield [table.currency, "", table.total.label, *(_plain(cell.micros) for cell in table.total.cells)]
        check = table.check
        yield [table.currency, "", "Difference to the ledger", _plain(check.difference_micros)]


def _plain(micros: int) -> str:
    return format(decimal_from_micros(micros), "f")
