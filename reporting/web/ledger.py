"""The ledger as its readers see it: the lines behind a figure, and the trial balance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.functional import cached_property

from backoffice.accounts.rights import has_right
from backoffice.core.money import decimal_from_micros
from backoffice.web.exports import csv_response
from backoffice.web.render import utc_text
from jackpots.queries.participation import Participated, participated
from jackpots.queries.statistics import pot_codes
from reporting.operations.record_export import record_export
from reporting.queries.lines import (
    PAGE,
    AccountBalance,
    LinesAsked,
    after,
    currencies_of,
    figure_lines,
    sum_of,
    trial_balance,
)
from reporting.rules.figures import FIGURES, FigureLines
from reporting.rules.period import midnight
from reporting.web.actor import actor_of
from reporting.web.addresses import address
from reporting.web.asked import asked_day
from reporting.web.liability import ReportView


class LedgerLines(ReportView):
    """`?figure=&currency=&from=&to=` and `?instance=`; `?after=` goes on; `?export=csv` is all of it."""

    title = "Ledger lines"
    right = "ledger.view"
    template_name = "reporting/ledger_lines.html"

    @cached_property
    def figure(self) -> FigureLines:
        """What is asked for; 404 for a figure that there is not."""
        figure = FIGURES.get(self.request.GET.get("figure", "closing"))
        if figure is None:
            raise Http404("There is no such figure.")
        return figure

    @cached_property
    def days(self) -> tuple[date | None, date | None]:
        """The days of the address."""
        return asked_day(self.request.GET.get("from", "")), asked_day(self.request.GET.get("to", ""))

    @cached_property
    def instances(self) -> list[Participated]:
        """The jackpots of the currency, or the one that is asked for; 404 if it is not the viewer's."""
        currency = self.request.GET.get("currency", "")
        seen = [one for one in participated(self.scope) if currency in {"", one.currency}]
        if self.instance_id is not None:
            seen = [one for one in seen if one.id == self.instance_id]
            if not seen:
                raise Http404("There is no such jackpot.")
        return seen

    @cached_property
    def lines(self) -> Any:
        """All lines of the figure."""
        zone = ZoneInfo(self.operator.accounting_zone)
        first, last = self.days
        asked = LinesAsked(
            self.figure,
            [one.id for one in self.instances],
            None if first is None else midnight(first, zone),
            None if last is None else midnight(date.fromordinal(last.toordinal() + 1), zone),
        )
        return figure_lines(self.scope, asked)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page, or its CSV."""
        if not self.operators:
            raise Http404("There is no operator.")
        if request.GET.get("export") == "csv" and has_right(self.request.user, "exports.run"):
            filters: dict[str, object] = {key: values for key, values in request.GET.lists() if key != "export"}
            record_export("ledger_lines", self.operator.pk, filters, actor=actor_of(self.request), now=self.now)
            return csv_response("ledger-lines", self.now, self._csv_rows())
        return super().get(request, *args, **kwargs)

    def _csv_rows(self) -> Iterator[Sequence[object]]:
        yield ["Time", "Jackpot", "Transfer", "Kind", "Account", "Pot", "Brand", "Amount", "Currency", "Reason"]
        for line in self.lines.iterator(chunk_size=2000):
            transfer, account = line.transfer, line.account
            yield [
                utc_text(line.occurred_at), transfer.instance.name, transfer.pk, transfer.get_kind_display(),
                account.get_kind_display(), account.pot.code if account.pot else "", account.brand_id or "",
                format(decimal_from_micros(line.amount_micros), "f"), account.currency, transfer.reason,
            ]  # fmt: skip

    def context(self) -> dict[str, Any]:
        """A page of lines, the newest first, and what all of them add up to."""
        rows = self.lines
        place = place_of(self.request.GET.get("after", ""))
        page = list((after(rows, *place) if place else rows)[: PAGE + 1])
        currencies = sorted({one.currency for one in self.instances})
        query = self.request.GET.copy()
        query.pop("after", None)
        following = None
        if len(page) > PAGE:
            page = page[:PAGE]
            query["after"] = f"{page[-1].occurred_at.isoformat()}~{page[-1].id}"
            following = f"?{query.urlencode()}"
            query.pop("after")
        beginning = f"?{query.urlencode()}" if place else None
        query["export"] = "csv"
        return {
            **super().context(),
            "operator": self.operator,
            "figure": self.figure,
            "days": self.days,
            "instance": self.instances[0] if self.instance_id else None,
            "currency": currencies[0] if len(currencies) == 1 else "",
            "lines": page,
            "sum": sum_of(rows) * self._sign() if len(currencies) == 1 else None,
            "by_brand": self._by_brand,
            "next": following,
            "beginning": beginning,
            "export_url": f"?{query.urlencode()}",
        }

    @property
    def _by_brand(self) -> bool:
        return self.figure.basis == "flow" and self.scope.brand_ids is not None

    def _sign(self) -> int:
        # Lines of the brands' own accounts are what was given: the figure is what the liability gained.
        return -1 if self._by_brand else 1

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the report."""
        return [("Liability", address("liability", query=self.kept()))]


def place_of(text: str) -> tuple[datetime, int] | None:
    """The line after which a page goes on; None for the first page."""
    instant, _, line_id = text.partition("~")
    try:
        return datetime.fromisoformat(instant), int(line_id)
    except ValueError:
        return None


@dataclass(frozen=True)
class Sheet:
    """The accounts of one currency: their balances sum to zero, or something is wrong."""

    currency: str
    rows: Sequence[tuple[AccountBalance, str]]
    debit_micros: int
    credit_micros: int

    @property
    def total_micros(self) -> int:
        """Zero."""
        return self.debit_micros - self.credit_micros


class TrialBalance(ReportView):
    """Every account of an operator, by currency and jackpot."""

    title = "Trial balance"
    right = "ledger.view"
    template_name = "reporting/trial_balance.html"

    def context(self) -> dict[str, Any]:
        """A sheet for each currency."""
        if not self.operators:
            return {**super().context(), "operator": None}
        rows = trial_balance(self.operator.pk)
        codes = pot_codes(self.operator.pk)
        sheets = [_sheet(currency, rows, codes) for currency in currencies_of(rows)]
        return {
            **super().context(),
            "operator": self.operator,
            "operators": self.operators if len(self.operators) > 1 else [],
            "sheets": sheets,
            "checked_at": self.now,
        }


def _sheet(currency: str, rows: Sequence[AccountBalance], codes: dict[UUID, str]) -> Sheet:
    own = [row for row in rows if row.currency == currency]
    named = [(row, codes.get(row.pot_id, "") if row.pot_id else (row.brand_id or "").partition(":")[2]) for row in own]
    return Sheet(
        currency,
        named,
        sum(-row.balance_micros for row in own if row.balance_micros < 0),
        sum(row.balance_micros for row in own if row.balance_micros > 0),
    )
