"""The arithmetic of the liability report: months, flows, and whether they meet what the ledger holds."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Literal

import msgspec

Column = Literal[
    "contributions_to_pots", "contributions_to_seeds", "house_funding", "boosts", "payouts", "transfers", "internal"
]

LIABILITY_ACCOUNTS = frozenset(("pot", "seed", "boost", "payable", "withheld"))

# Between accounts of the liability: they change what is held where, never how much.
INTERNAL_KINDS = frozenset(
    ("win", "community", "prize", "rounding", "excess", "withholding", "release", "cancellation", "switch")
)
_COLUMN_BY_KIND: dict[str, Column] = {
    "opening": "house_funding",
    "reseed": "house_funding",
    "prize_funding": "house_funding",
    "boost": "boosts",
    "boost_refund": "boosts",
    "settlement": "payouts",
}


class Flows(msgspec.Struct, frozen=True, kw_only=True):
    """What moved in a month, in micro-units of the instance's currency. Only `transfers` and
    `boosts`, less what of them was refunded, may have either sign."""

    contributions_to_pots: int = 0
    contributions_to_seeds: int = 0
    house_funding: int = 0
    boosts: int = 0
    payouts: int = 0
    transfers: int = 0

    @property
    def net(self) -> int:
        """By how much the liability changed."""
        gained = self.contributions_to_pots + self.contributions_to_seeds + self.house_funding + self.boosts
        return gained - self.payouts + self.transfers


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the report: opening + flows = closing."""

    month: date
    opening: int
    flows: Flows

    @property
    def closing(self) -> int:
        """What is owed at the end of the month."""
        return self.opening + self.flows.net


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger's accounts hold at an instant."""

    pots: int = 0
    seeds: int = 0
    boosts: int = 0
    payable: int = 0
    withheld: int = 0

    @property
    def total(self) -> int:
        """The liability by its accounts."""
        return self.pots + self.seeds + self.boosts + self.payable + self.withheld


def column_of(transfer_kind: str, account_kind: str) -> Column:
    """Where a line of an account of the liability belongs. ValueError for any other account."""
    if account_kind not in LIABILITY_ACCOUNTS:
        raise ValueError(f"{account_kind!r} is no account of the liability")
    if transfer_kind == "contributions":
        return "contributions_to_pots" if account_kind == "pot" else "contributions_to_seeds"
    if transfer_kind in INTERNAL_KINDS:
        return "internal"
    return _COLUMN_BY_KIND.get(transfer_kind, "transfers")


def flows_of(sums: Iterable[tuple[str, str, int]]) -> Flows:
    """The flows of sums by (transfer kind, account kind): what came in positive, payouts turned positive.

    ValueError if movements inside the liability do not cancel out: then lines are missing.
    """
    totals: dict[Column, int] = {}
    for transfer_kind, account_kind, amount in sums:
        column = column_of(transfer_kind, account_kind)
        totals[column] = totals.get(column, 0) + amount
    inside = totals.pop("internal", 0)
    if inside:
        raise ValueError(f"movements inside the liability sum to {inside}, not to zero")
    payouts = -totals.pop("payouts", 0)
    return Flows(payouts=payouts, **totals)


def run(opening: int, flows_by_month: Mapping[date, Flows], months: Iterable[date]) -> list[Month]:
    """The rows of consecutive months, each opening with the closing of the one before."""
    rows: list[Month] = []
    for month in months:
        row = Month(month=month, opening=opening, flows=flows_by_month.get(month, Flows()))
        rows.append(row)
        opening = row.closing
    return rows


def difference(rows: list[Month], held: Held) -> int:
    """What the report says beyond what the accounts hold at its end: zero if it reconciles."""
    return (rows[-1].closing if rows else 0) - held.total


def add(rows: Iterable[Month]) -> Month | None:
    """Several rows of one month and currency as one."""
    total: Month | None = None
    for row in rows:
        if total is None:
            total = row
        elif row.month != total.month:
            raise ValueError("only rows of the same month are added")
        else:
            flows = {name: getattr(total.flows, name) + getattr(row.flows, name) for name in Flows.__struct_fields__}
            total = Month(month=total.month, opening=total.opening + row.opening, flows=Flows(**flows))
    return total


def month_of(instant: datetime, zone: tzinfo) -> date:
    """The first day of the month that the instant belongs to in the operator's accounting zone."""
    return instant.astimezone(zone).date().replace(day=1)


def bounds(month: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The instants from which and before which the month lasts in the zone, in UTC."""
    start = datetime(month.year, month.month, 1, tzinfo=zone)
    following = next_month(month)
    end = datetime(following.year, following.month, 1, tzinfo=zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """The first days of all months from one to the other, both included."""
    months: list[date] = []
    month = first.replace(day=1)
    while month <= last:
        months.append(month)
        month = next_month(month)
    return months
