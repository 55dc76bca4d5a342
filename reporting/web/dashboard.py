"""The dashboard: what runs, what is wrong, and eight figures of a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import structlog
from django.db import DatabaseError

from backoffice.core import clock
from backoffice.tenancy.scope import Scope
from backoffice.web.page import OfficeView
from jackpots.queries.statistics import LivePot, live_pots
from reporting.queries.alarms import alarms
from reporting.queries.asking import Asking
from reporting.rules.period import CUSTOM, PRESETS, Period
from reporting.web.addresses import address
from reporting.web.alarm_strip import alarm_lines
from reporting.web.asked import asked_period
from reporting.web.operator import chosen_operator, operators_of
from reporting.web.widget import Card, Figures, Widget
from reporting.web.widgets import widgets

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Shown:
    """A widget's place on the page: its card, or none if it failed."""

    widget: Widget
    card: Card | None


@dataclass(frozen=True)
class Running:
    """A jackpot of the ticker strip."""

    name: str
    state: str
    currency: str
    url: str
    pots: Sequence[LivePot]


class Dashboard(OfficeView):
    """`?range=` one of the presets, or `?from=&to=`; `?brand=` as everywhere; `?operator=` for the platform."""

    title = "Dashboard"
    right = "dashboard.view"
    template_name = "reporting/dashboard.html"

    def context(self) -> dict[str, Any]:
        """All parts of the page; a widget that fails leaves the others standing."""
        now = clock.now()
        choices = operators_of(self.request)
        if not choices:
            return {**super().context(), "operator": None}
        operator = chosen_operator(self.request, choices)
        period = asked_period(self.request.GET, now, self.request.user.time_zone)
        asking = Asking(self.request.scope, operator, period)
        figures = Figures(asking, self.request.user, self._brands())
        kept = self._kept(operator.pk)
        cards = [Shown(widget, _made(widget, figures)) for widget in widgets()]
        return {
            **super().context(),
            "operator": operator,
            "operators": choices if len(choices) > 1 else [],
            "period": period,
            "presets": [(key, label, f"?{_query([*kept, ('range', key)])}") for key, label in PRESETS.items()],
            "is_custom": period.key == CUSTOM,
            "kept": kept,
            "compared": _compared(period),
            "running": _running(live_pots(asking.scope), kept),
            "alarms_url": address("dashboard_alarms", query=kept),
            "cards": cards,
            "as_of": asking.as_of.at,
        }

    def _brands(self) -> list[tuple[str, str]]:
        return [("brand", brand) for brand in sorted(self.request.brands.chosen)]

    def _kept(self, operator_id: str) -> list[tuple[str, str]]:
        own = [("operator", operator_id)] if self.request.user.operator_id is None else []
        return [*self._brands(), *own]


class AlarmsFragment(OfficeView):
    """The strip above the figures; the page asks for it when it is there, and again from time to time."""

    right = "dashboard.view"
    template_name = "reporting/alarms.html"

    def context(self) -> dict[str, Any]:
        """What is not well."""
        operator = chosen_operator(self.request, operators_of(self.request))
        brands = [("brand", brand) for brand in sorted(self.request.brands.chosen)]
        own = [("operator", operator.pk)] if self.request.user.operator_id is None else []
        scope = Scope(operator.pk, self.request.scope.brand_ids)
        return {"alarms": alarm_lines(alarms(scope), [*brands, *own])}


def _query(pairs: Sequence[tuple[str, str]]) -> str:
    return address("dashboard", query=pairs).partition("?")[2]


def _compared(period: Period) -> str:
    return "" if period.first is None else "Dashed lines are the period before, cut at the same point of time."


def _made(widget: Widget, figures: Figures) -> Card | None:
    try:
        return widget.make(figures)
    except DatabaseError:
        log.exception("widget_failed", widget=widget.name)
        return None


def _running(pots: Sequence[LivePot], kept: Sequence[tuple[str, str]]) -> list[Running]:
    return [
        Running(one[0].instance_name, one[0].state, one[0].currency, address("instance", instance_id, query=kept), one)
        for instance_id, of_instance in groupby(pots, key=lambda pot: pot.instance_id)
        for one in [list(of_instance)]
    ]
