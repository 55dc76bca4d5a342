"""The largest wins, in the operator's base currency at the rate of the win itself."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from backoffice.core.money import convert_micros
from jackpots.queries.statistics import TopWin
from jackpots.queries.statistics import top_wins as largest_by_currency
from reporting.queries.asking import Asking

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class RankedWin:
    """A win; `base_micros` is None where no rate is known."""

    win: TopWin
    base_micros: int | None


def top_wins(asking: Asking, count: int = 10) -> list[RankedWin]:
    """The largest of the period; those without a rate come last."""
    span = asking.span
    found = [
        RankedWin(win, _in_base(asking, win))
        for win in largest_by_currency(asking.scope, (span.start, span.end), count)
    ]
    found.sort(key=lambda ranked: (ranked.base_micros is None, -(ranked.base_micros or 0), ranked.win.won_at))
    return found[:count]


def _in_base(asking: Asking, win: TopWin) -> int | None:
    multiplier = _multiplier(win.multipliers.get(win.currency))
    if multiplier is None or win.currency == asking.currency:
        return asking.rates.in_base(win.value_micros, win.brand_id, win.currency, win.won_at)
    return convert_micros(win.value_micros, multiplier, _ONE)


def _multiplier(value: object) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
