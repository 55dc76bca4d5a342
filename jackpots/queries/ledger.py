"""The one reader of the ledger: balances, the lines of an account, and sums by month."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Sum

from backoffice.tenancy.scope import Scope
from jackpots.models.ledger import Account, AccountKind, Line, Transfer, TransferKind

__all__ = ["AccountKind", "AccountRef", "MonthSum", "TransferKind", "balances", "lines", "month_sums", "transfers"]

LIABILITY_KINDS = (
    AccountKind.POT,
    AccountKind.SEED,
    AccountKind.BOOST,
    AccountKind.PAYABLE,
    AccountKind.WITHHELD,
)
"""The accounts whose balances are owed to players (rule B-15)."""


class AccountRef(NamedTuple):
    """An account of an instance, by what it is for."""

    kind: str
    pot_id: UUID | None = None
    brand_id: str | None = None


@dataclass(frozen=True)
class Balance:
    """What an account holds, in its currency."""

    account_id: int
    instance_id: UUID
    ref: AccountRef
    currency: str
    balance_micros: int


@dataclass(frozen=True)
class MonthSum:
    """What moved on the accounts of one kind (and pot, and brand) of an instance in a month, by kind of transfer.

    `month` is the first day, in the zone that was asked for; `inflow_micros` and `outflow_micros` are both positive.
    """

    instance_id: UUID
    month: date
    account_kind: str
    pot_id: UUID | None
    brand_id: str | None
    currency: str
    transfer_kind: str
    inflow_micros: int
    outflow_micros: int

    @property
    def net_micros(self) -> int:
        """Inflow less outflow."""
        return self.inflow_micros - self.outflow_micros


def accounts(scope: Scope) -> QuerySet[Account]:
    """The accounts of the scope's operator."""
    return scope.rows(Account.objects.select_related("pot", "instance"))


def transfers(scope: Scope) -> QuerySet[Transfer]:
    """The transfers of the scope's operator, the newest first."""
    return scope.rows(Transfer.objects.select_related("instance"))


def transfer_of_subject(subject_id: UUID, kind: str) -> Transfer | None:
    """The transfer of this kind that was made for a win or another subject."""
    return Transfer.objects.filter(subject_id=subject_id, kind=kind).first()


def count_of_subject(subject_id: UUID, kind: str) -> int:
    """How many transfers of this kind were made for a win or another subject."""
    return Transfer.objects.filter(subject_id=subject_id, kind=kind).count()


def lines(
    scope: Scope,
    *,
    instance_ids: Collection[UUID] | None = None,
    account_kinds: Collection[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Line]:
    """Ledger lines with their transfer and account, in the order they were written; `until` is not included."""
    found = scope.rows(Line.objects.select_related("transfer", "account", "account__pot")).order_by("occurred_at", "id")
    if instance_ids is not None:
        found = found.filter(account__instance_id__in=instance_ids)
    if account_kinds is not None:
        found = found.filter(account__kind__in=account_kinds)
    if since is not None:
        found = found.filter(occurred_at__gte=since, month__gte=since.date().replace(day=1))
    if until is not None:
        found = found.filter(occurred_at__lt=until, month__lte=until.date())
    return found


def balances(
    scope: Scope, *, instance_ids: Collection[UUID] | None = None, at: datetime | None = None
) -> list[Balance]:
    """The balance of every account, of all time or of what happened before `at`."""
    found = lines(scope, instance_ids=instance_ids, until=at).order_by("account_id")
    sums = dict(found.values_list("account_id").annotate(total=Sum("amount_micros")))
    wanted = accounts(scope)
    if instance_ids is not None:
        wanted = wanted.filter(instance_id__in=instance_ids)
    return [
        Balance(
            account.pk,
            account.instance_id,
            AccountRef(account.kind, account.pot_id, account.brand_id),
            account.currency,
            int(sums.get(account.pk) or 0),
        )
        for account in wanted
    ]


def accounts_of_pots(scope: Scope, instance_id: UUID) -> QuerySet[Account]:
    """The accounts of the pots of an instance, pot by pot."""
    rows = accounts(scope).filter(instance_id=instance_id, pot__retired_at__isnull=True).exclude(pot=None)
    return rows.select_related("pot").order_by("pot__position", "pot__code", "kind")


def totals_by_kind(scope: Scope, instance_id: UUID) -> Mapping[str, int]:
    """The balances of an instance summed by kind of account."""
    totals: dict[str, int] = {}
    for balance in balances(scope, instance_ids=[instance_id]):
        totals[balance.ref.kind] = totals.get(balance.ref.kind, 0) + balance.balance_micros
    return totals


_MONTH_SUMS = """
SELECT a.instance_id, s.month, a.kind, a.pot_id, a.brand_id, a.currency, s.kind, s.inflow, s.outflow
FROM (
    SELECT l.account_id, date_trunc('month', l.occurred_at AT TIME ZONE %(zone)s)::date AS month, t.kind,
           coalesce(sum(l.amount_micros) FILTER (WHERE l.amount_micros > 0), 0)::bigint AS inflow,
           coalesce(-sum(l.amount_micros) FILTER (WHERE l.amount_micros < 0), 0)::bigint AS outflow
    FROM jackpots_line l
    JOIN jackpots_transfer t ON t.id = l.transfer_id
    WHERE (%(operator)s::text IS NULL OR l.operator_id = %(operator)s)
      AND (%(instances)s::uuid[] IS NULL OR t.instance_id = ANY(%(instances)s))
      AND (%(since)s::timestamptz IS NULL OR l.occurred_at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR l.occurred_at < %(until)s)
    GROUP BY 1, 2, 3
) s
JOIN jackpots_account a ON a.id = s.account_id
ORDER BY 1, 2, 3, 4, 5, 7
"""


def month_sums(
    scope: Scope,
    *,
    zone: str = "UTC",
    instance_ids: Collection[UUID] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[MonthSum]:
    """Every movement, summed by instance, month (in `zone`), account and kind of transfer."""
    parameters = {
        "zone": zone,
        "operator": scope.operator_id,
        "instances": None if instance_ids is None else list(instance_ids),
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MONTH_SUMS, parameters)
        return [MonthSum(*row) for row in cursor.fetchall()]
