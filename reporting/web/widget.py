"""What a widget of the dashboard is made of, and what it is made from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from backoffice.accounts.models import StaffUser
from backoffice.accounts.players import shown_player
from backoffice.core.money import format_money
from backoffice.web.charts import BarList, Chart
from reporting.queries.asking import Asking
from reporting.queries.opted_in import OptedIn, opted_in
from reporting.queries.players import TopPlayers, top_players
from reporting.queries.totals import Tally, Totals, totals
from reporting.queries.wagers import Distribution, distribution
from reporting.queries.wins import RankedWin, top_wins
from reporting.rules.period import Span, point_labels
from reporting.web.addresses import Query, address


class Figures:
    """Everything that widgets show, read when the first of them asks for it."""

    def __init__(self, asking: Asking, viewer: StaffUser, brands: Query) -> None:
        self.asking = asking
        self.viewer = viewer
        self.brands = list(brands)

    @cached_property
    def totals(self) -> Totals:
        """From the meters."""
        return totals(self.asking)

    @cached_property
    def opted_in(self) -> OptedIn:
        """From the changes of opt-ins."""
        return opted_in(self.asking)

    @cached_property
    def players(self) -> TopPlayers:
        """From the rollups."""
        return top_players(self.asking)

    @cached_property
    def wagers(self) -> Distribution:
        """From the rollups."""
        return distribution(self.asking)

    @cached_property
    def wins(self) -> list[RankedWin]:
        """From the winners."""
        return top_wins(self.asking)

    @property
    def currency(self) -> str:
        """The currency of all amounts."""
        return self.asking.currency

    @property
    def period_text(self) -> str:
        """The period, for titles."""
        return self.asking.period.days_label

    def player(self, player_id: str) -> str:
        """A player's id as this viewer may see it."""
        return shown_player(self.viewer, player_id)

    def money(self, micros: int) -> str:
        """An amount of the base currency, for people."""
        return format_money(micros, self.currency)

    def labels(self) -> list[str]:
        """The points of the totals."""
        found = self.totals
        return point_labels(found.current.points, found.unit)

    def matched(self, values: Sequence[int], length: int) -> list[int | None]:
        """The values of the period before, on the points of the period: as many, and none where there is none."""
        return [*values[:length], *([None] * (length - len(values)))]

    def listed(self, name: str, **more: str) -> str:
        """A list with the brands and the days of the figures; "" where there is no such page."""
        period = self.asking.period
        first = "" if period.first is None else period.first.isoformat()
        query = [] if "brand" in more else list(self.brands)
        query += [("operator", self.asking.operator.pk)] if self.viewer.operator_id is None else []
        query += [("from", first), ("to", period.last.isoformat()), *more.items()]
        return address(name, query=query)

    def notes_of_totals(self) -> list[str]:
        """What had no rate and is therefore in no amount."""
        return [_left_out(currency, tally) for currency, tally in sorted(self.totals.left_out.items())]


def _left_out(currency: str, tally: Tally) -> str:
    given, won = format_money(tally.contribution_micros, currency), format_money(tally.win_micros, currency)
    return f"Left out for want of a rate: {given} contributed and {won} won."


def counted(count: int, word: str) -> str:
    """`1 contribution`, `2 contributions`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


@dataclass(frozen=True)
class Delta:
    """Against the period before: `text` is "+12.3 %"."""

    text: str
    direction: Literal["up", "down", "same"]
    than: str


def delta_of(now: int, then: int | None, span: Span | None) -> Delta | None:
    """The change in percent, exact to a tenth; None where there is no period before."""
    if then is None or span is None:
        return None
    than = "the period before"
    if then == 0:
        return Delta("none before" if now else "no change", "up" if now > 0 else "same", "" if now else "on " + than)
    tenths = (now - then) * 1000 // abs(then)
    direction: Literal["up", "down", "same"] = "up" if tenths > 0 else "down" if tenths < 0 else "same"
    sign = "+" if tenths > 0 else "\N{MINUS SIGN}" if tenths < 0 else ""
    return Delta(f"{sign}{abs(tenths) // 10:,}.{abs(tenths) % 10} %", direction, f"on {than}")


@dataclass(frozen=True)
class Card:
    """A widget, ready to be shown. `headline` may have a second, smaller line."""

    title: str
    icon: str
    headline: str = ""
    subline: str = ""
    delta: Delta | None = None
    chart: Chart | None = None
    bars: BarList | None = None
    link: str = ""
    link_text: str = ""
    notes: Sequence[str] = ()
    from_rollups: bool = False


@dataclass(frozen=True)
class Widget:
    """A name, what it is called, how it is made, and how much of a row it takes."""

    name: str
    title: str
    icon: str
    make: Callable[[Figures], Card]
    size: Literal["third", "half", "two-thirds"] = "half"
