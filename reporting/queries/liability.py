"""What is owed, by jackpot and month, and whether the ledger agrees."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from backoffice.tenancy.models import Operator
from backoffice.tenancy.scope import Scope
from jackpots.queries import ledger, ledger_days
from jackpots.queries.participation import Participated, participated
from jackpots.queries.statistics import held_by_rows
from jackpots.rules.liability import LIABILITY_ACCOUNTS, Flows, Held, flows_of
from reporting.queries.snapshot import one_snapshot
from reporting.rules.brand_flows import part_of_brands
from reporting.rules.frames import Frame, days_of_month, months_of
from reporting.rules.period import midnight

DAY = timedelta(days=1)
_FUNDING = frozenset(("house_funding", "player_clearing"))
_HELD_AS = {"pot": "pots", "seed": "seeds", "boost": "boosts", "payable": "payable", "withheld": "withheld"}


class LiabilityFilters(msgspec.Struct, frozen=True, kw_only=True):
    """The days, in each operator's accounting zone, and the jackpots; none named are all. Brands are the scope's."""

    frame: Frame
    instance_ids: frozenset[UUID] | None = None


class LiabilityRow(msgspec.Struct, frozen=True, kw_only=True):
    """A jackpot's month: opening + flows + other brands = closing, all in micro-units of `currency`.

    `first` and `last` are the days of the month that lie in the frame. `flows` are those of the scope's brands;
    `other_brands_micros` is how much all others changed the liability, 0 where every brand is in scope. `held` says
    what the closing is made of, `opened` what the opening was.
    """

    operator_id: str
    instance_id: UUID
    instance_name: str
    instance_state: str
    currency: str
    month: date
    first: date
    last: date
    opened: Held
    flows: Flows
    other_brands_micros: int
    held: Held

    @property
    def opening_micros(self) -> int:
        """What was owed when the row begins."""
        return self.opened.total

    @property
    def closing_micros(self) -> int:
        """What was owed when the row ends."""
        return self.opening_micros + self.flows.net + self.other_brands_micros


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One currency, counted in independent ways; all of them in micro-units.

    `reported_micros`: the openings and the flows of the report, added up. `ledger_micros`: the balances of the
    ledger's accounts when the frame ends. `rows_micros`: the pots and unpaid wins as they stand now; None where the
    frame ends in the past, which they do not remember.
    """

    currency: str
    reported_micros: int
    ledger_micros: int
    rows_micros: int | None

    @property
    def difference_micros(self) -> int:
        """What the report says beyond the ledger."""
        return self.reported_micros - self.ledger_micros

    @property
    def rows_difference_micros(self) -> int | None:
        """What the report says beyond the pots and wins."""
        return None if self.rows_micros is None else self.reported_micros - self.rows_micros

    @property
    def is_reconciled(self) -> bool:
        """Whether everything agrees to the micro."""
        return not self.difference_micros and not self.rows_difference_micros


class LiabilityReport(msgspec.Struct, frozen=True, kw_only=True):
    """The rows by currency, jackpot and month, a check for each currency, and the jackpots that may be chosen from."""

    rows: list[LiabilityRow]
    checks: list[Check]
    instances: list[Participated]


def liability(scope: Scope, filters: LiabilityFilters) -> list[LiabilityRow]:
    """The rows of the report, by currency, name and month; months in which nothing was owed nor moved are left out."""
    with one_snapshot():
        return [row for operator in _operators(scope) for row in _Reading(operator, scope, filters).rows()]


def liability_report(
    scope: Scope, filters: LiabilityFilters, now: datetime, *, operators: Sequence[Operator] | None = None
) -> LiabilityReport:
    """The rows with their checks, all as of one instant; of every operator in scope, or of those of them that are
    known already."""
    with one_snapshot():
        readings = [_Reading(operator, scope, filters) for operator in operators or _operators(scope)]
        rows = [row for reading in readings for row in reading.rows()]
        checks = [check for reading in readings for check in reading.checks(now)]
        seen = [instance for reading in readings for instance in reading.seen]
    return LiabilityReport(rows=rows, checks=_added(checks), instances=seen)


def _operators(scope: Scope) -> Sequence[Operator]:
    operators = Operator.objects.order_by("pk")
    return list(operators if scope.operator_id is None else operators.filter(pk=scope.operator_id))


class _Reading:
    """One operator's ledger over the frame."""

    def __init__(self, operator: Operator, scope: Scope, filters: LiabilityFilters) -> None:
        self.frame = filters.frame
        self.zone = ZoneInfo(operator.accounting_zone)
        self.whole = Scope(operator.pk)
        self.brand_ids = scope.brand_ids
        self.seen = participated(Scope(operator.pk, scope.brand_ids))
        wanted = filters.instance_ids
        chosen = self.seen if wanted is None else [instance for instance in self.seen if instance.id in wanted]
        self.instances = sorted(chosen, key=lambda instance: (instance.currency, instance.name, str(instance.id)))
        self.ids = [instance.id for instance in self.instances]
        _, self.end = instants(self.frame, self.zone)
        self.opened = self._held(self.frame.first - DAY) if self.frame.first else {}
        self.sums: dict[UUID, dict[date, list[ledger.MonthSum]]] = {}
        for row in ledger_days.month_sums_of_days(
            operator.pk, instance_ids=self.ids, first=self.frame.first, last=self.frame.last
        ):
            self.sums.setdefault(row.instance_id, {}).setdefault(row.month, []).append(row)

    def _held(self, last: date) -> dict[UUID, Held]:
        """What the accounts held when the day ended."""
        held = ledger_days.held_after(self.whole.operator_id or "", last, instance_ids=self.ids)
        return {
            instance_id: Held(**{_HELD_AS[kind]: micros for kind, micros in kinds.items() if kind in _HELD_AS})
            for instance_id, kinds in held.items()
        }

    def rows(self) -> list[LiabilityRow]:
        """Every row of the operator."""
        return [row for instance in self.instances for row in self._rows_of(instance)]

    def _rows_of(self, instance: Participated) -> Iterable[LiabilityRow]:
        opened = self.opened.get(instance.id, Held())
        by_month = self.sums.get(instance.id, {})
        for month in months_of(self.frame, min(by_month, default=None)):
            sums = by_month.get(month, [])
            held = _after(opened, sums)
            if sums or opened.total:
                yield self._row(instance, month, opened, held, sums)
            opened = held

    def _row(
        self, instance: Participated, month: date, opened: Held, held: Held, sums: list[ledger.MonthSum]
    ) -> LiabilityRow:
        whole = flows_of(
            (row.transfer_kind, row.account_kind, row.net_micros)
            for row in sums
            if row.account_kind in LIABILITY_ACCOUNTS
        )
        shown = whole if self.brand_ids is None else part_of_brands(whole, _funding(sums), self.brand_ids)
        first, last = days_of_month(self.frame, month)
        return LiabilityRow(
            operator_id=instance.operator_id,
            instance_id=instance.id,
            instance_name=instance.name,
            instance_state=instance.state,
            currency=instance.currency,
            month=month,
            first=first,
            last=last,
            opened=opened,
            flows=shown,
            other_brands_micros=whole.net - shown.net,
            held=held,
        )

    def checks(self, now: datetime) -> list[Check]:
        """One check for each currency of the operator's jackpots."""
        balances = self._held(self.frame.last)
        rows = held_by_rows(self.whole) if now < self.end else None
        reported = self._reported()
        checks: list[Check] = []
        for instance in self.instances:
            by_rows = None if rows is None else sum(rows.get(instance.id, {}).values())
            checks.append(
                Check(
                    currency=instance.currency,
                    reported_micros=reported[instance.id],
                    ledger_micros=balances.get(instance.id, Held()).total,
                    rows_micros=by_rows,
                )
            )
        return checks

    def _reported(self) -> dict[UUID, int]:
        reported = {instance_id: self.opened.get(instance_id, Held()).total for instance_id in self.ids}
        for row in self.rows():
            reported[row.instance_id] = row.closing_micros
        return reported


def instants(frame: Frame, zone: ZoneInfo) -> tuple[datetime | None, datetime]:
    """From which instant the frame lasts, and before which."""
    start = None if frame.first is None else midnight(frame.first, zone)
    return start, midnight(date.fromordinal(frame.last.toordinal() + 1), zone)


def _after(opened: Held, sums: Iterable[ledger.MonthSum]) -> Held:
    held = msgspec.structs.asdict(opened)
    for row in sums:
        name = _HELD_AS.get(row.account_kind)
        if name is not None:
            held[name] += row.net_micros
    return Held(**held)


def _funding(sums: Iterable[ledger.MonthSum]) -> list[tuple[str, str | None, int]]:
    return [(row.transfer_kind, row.brand_id, -row.net_micros) for row in sums if row.account_kind in _FUNDING]


def _added(checks: Iterable[Check]) -> list[Check]:
    by_currency: dict[str, Check] = {}
    for check in checks:
        known = by_currency.get(check.currency)
        if known is None:
            by_currency[check.currency] = check
            continue
        rows = None if known.rows_micros is None or check.rows_micros is None else known.rows_micros + check.rows_micros
        by_currency[check.currency] = Check(
            currency=check.currency,
            reported_micros=known.reported_micros + check.reported_micros,
            ledger_micros=known.ledger_micros + check.ledger_micros,
            rows_micros=rows,
        )
    return list(by_currency.values())


def totals(rows: Iterable[LiabilityRow]) -> dict[str, Flows]:
    """The flows of all rows, by currency."""
    found: dict[str, Flows] = {}
    for row in rows:
        known = found.get(row.currency, Flows())
        found[row.currency] = Flows(
            **{name: getattr(known, name) + getattr(row.flows, name) for name in Flows.__struct_fields__}
        )
    return found


def of_currency(rows: Collection[LiabilityRow], currency: str) -> list[LiabilityRow]:
    """The rows of one currency."""
    return [row for row in rows if row.currency == currency]
