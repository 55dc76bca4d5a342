"""The lines of the ledger behind a figure, and the trial balance."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from backoffice.tenancy.scope import Scope
from jackpots.queries import ledger, ledger_days
from jackpots.queries.participation import Participated, participated
from reporting.rules.figures import FigureLines, of_brands

PAGE = 100


@dataclass(frozen=True)
class LinesAsked:
    """A figure of some jackpots of one operator, from `since` (flows only) to before `until`."""

    figure: FigureLines
    instance_ids: Collection[UUID]
    since: datetime | None
    until: datetime | None


def figure_lines(scope: Scope, asked: LinesAsked) -> QuerySet[Any]:
    """The lines, the newest first. With brands in scope, a flow's lines are those of the brands' own accounts."""
    is_flow = asked.figure.basis == "flow"
    brand_ids = scope.brand_ids if is_flow else None
    figure = asked.figure if brand_ids is None else of_brands(asked.figure)
    found = ledger.lines(
        Scope(scope.operator_id),
        instance_ids=asked.instance_ids,
        account_kinds=figure.account_kinds,
        since=asked.since if is_flow else None,
        until=asked.until,
    ).select_related("transfer__instance", "account__brand")
    if figure.transfer_kinds is not None:
        found = found.filter(transfer__kind__in=figure.transfer_kinds)
    if figure.but_not:
        found = found.exclude(transfer__kind__in=figure.but_not)
    if brand_ids is not None:
        found = found.filter(account__brand_id__in=brand_ids)
    return found.order_by("-occurred_at", "-id")


def sum_of(lines: QuerySet[Any]) -> int:
    """What the lines add up to, in micro-units."""
    return int(lines.order_by().aggregate(total=Sum("amount_micros"))["total"] or 0)


def after(lines: QuerySet[Any], occurred_at: datetime, line_id: int) -> QuerySet[Any]:
    """What comes after this line in the order of the page."""
    return lines.filter(Q(occurred_at__lt=occurred_at) | Q(occurred_at=occurred_at, id__lt=line_id))


@dataclass(frozen=True)
class AccountBalance:
    """A line of the trial balance, in micro-units of `currency`."""

    instance: Participated
    kind: str
    pot_id: UUID | None
    brand_id: str | None
    currency: str
    balance_micros: int
    account_id: int

    @property
    def kind_label(self) -> str:
        """The kind of account in words."""
        return str(ledger.AccountKind(self.kind).label)


def trial_balance(operator_id: str) -> list[AccountBalance]:
    """Every account of the operator, by currency and jackpot. Each currency sums to zero."""
    scope = Scope(operator_id)
    instances = {instance.id: instance for instance in participated(scope)}
    totals = ledger_days.account_totals(operator_id)
    rows = [
        AccountBalance(
            instances[account.instance_id],
            account.kind,
            account.pot_id,
            account.brand_id,
            account.currency,
            totals.get(account.pk, 0),
            account.pk,
        )
        for account in ledger.accounts(scope)
    ]
    order = list(ledger.AccountKind.values)
    rows.sort(
        key=lambda row: (
            row.currency,
            row.instance.name,
            str(row.instance.id),
            order.index(row.kind),
            str(row.pot_id),
            str(row.brand_id),
        )
    )
    return rows


def currencies_of(rows: Sequence[AccountBalance]) -> list[str]:
    """The currencies, in order."""
    return sorted({row.currency for row in rows})
