"""What every figure of the dashboard is asked with."""

from collections.abc import Sequence
from functools import cached_property

from backoffice.tenancy.models import Operator
from backoffice.tenancy.scope import Scope
from jackpots.queries import journal
from reporting.queries.rates import AsOf, rates_and_cursor
from reporting.rules.period import Period, Span, before, shown
from reporting.rules.rates import RateHistory


class Asking:
    """One viewer's question: whose rows, of which operator, over which period; rates and cursor are read once."""

    def __init__(self, scope: Scope, operator: Operator, period: Period) -> None:
        self.scope = Scope(operator.pk, scope.brand_ids)
        self.operator = operator
        self.period = period

    @property
    def currency(self) -> str:
        """The operator's base currency, in which figures of several jackpots are shown."""
        return self.operator.base_currency

    @property
    def zone(self) -> str:
        """The name of the viewer's zone."""
        return str(self.period.zone)

    @cached_property
    def span(self) -> Span:
        """What of the period has happened."""
        return shown(self.period)

    @cached_property
    def span_before(self) -> Span | None:
        """What it is compared with."""
        return before(self.period)

    @property
    def spans(self) -> Sequence[Span]:
        """The one or both."""
        return [self.span] if self.span_before is None else [self.span, self.span_before]

    @cached_property
    def _ground(self) -> tuple[RateHistory, AsOf]:
        return rates_and_cursor(self.operator.pk, self.currency)

    @property
    def rates(self) -> RateHistory:
        """The operator's rates as they were."""
        return self._ground[0]

    @property
    def as_of(self) -> AsOf:
        """How far the rollups have come."""
        return self._ground[1]

    def slice_of(self, pieces: Sequence[Span]) -> journal.Slice:
        """Pieces of days that no rollup can answer, read from what of the journal is folded already."""
        return journal.Slice(
            window=journal.below(self.as_of.horizon),
            cuts=self.rates.cuts,
            scope=self.scope,
            spans=[(piece.start, piece.end) for piece in pieces],
        )
