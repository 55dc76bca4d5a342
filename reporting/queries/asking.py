"""What every figure of the dashboard is asked with."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

import msgspec

from backoffice.tenancy.models import Operator
from backoffice.tenancy.scope import Scope
from jackpots.queries import journal
from reporting.models import JOURNAL, RollupCursor
from reporting.queries.rates import rate_history
from reporting.rules.period import Period, Span, before, shown
from reporting.rules.rates import RateHistory


class AsOf(msgspec.Struct, frozen=True):
    """How far the rollups have come: everything that transactions below `horizon` wrote, known at `at`."""

    horizon: int
    at: datetime | None


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
    def rates(self) -> RateHistory:
        """The operator's rates as they were."""
        return rate_history(self.operator.pk, self.currency)

    @cached_property
    def as_of(self) -> AsOf:
        """How far the rollups have come."""
        row = RollupCursor.objects.filter(name=JOURNAL).values_list("horizon", "moved_at").first()
        return AsOf(0, None) if row is None else AsOf(*row)

    def slice_of(self, piece: Span) -> journal.Slice:
        """A piece of a day that no rollup can answer, read from what of the journal is folded already."""
        return journal.Slice(
            window=journal.below(self.as_of.horizon),
            cuts=self.rates.cuts,
            scope=self.scope,
            since=piece.start,
            until=piece.end,
        )
