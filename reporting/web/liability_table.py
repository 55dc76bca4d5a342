"""The liability report as tables, one for each currency: what the page shows is what the export writes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

import msgspec

from reporting.queries.liability import Check, LiabilityReport, LiabilityRow

COLUMNS: dict[str, str] = {
    "opening": "Opening",
    "contributions_to_pots": "To pots",
    "contributions_to_seeds": "To seeds",
    "house_funding": "House funding",
    "boosts": "Boosts",
    "payouts": "Payouts",
    "transfers": "Transfers",
    "other_brands": "Others",
    "closing": "Closing",
    "pots": "Pots",
    "seeds": "Seed reserves",
    "boosts_held": "Boosts held",
    "payable": "Payable",
    "withheld": "Withheld",
}
MAY_BE_LEFT_OUT = frozenset(("boosts", "transfers", "boosts_held"))
"""Columns that say nothing in most reports: they are shown where any figure of the report is in them."""
BALANCES = frozenset(("opening", "closing", "pots", "seeds", "boosts_held", "payable", "withheld"))
UNLINKED = frozenset(("other_brands",))

Amounts = Mapping[str, int]


@dataclass(frozen=True)
class Cell:
    """One figure, and the address of its ledger lines."""

    name: str
    micros: int
    url: str

    @property
    def is_nothing(self) -> bool:
        """Whether it is zero, which is shown pale."""
        return self.micros == 0


@dataclass(frozen=True)
class Place:
    """What a line of the table is about; no instance is all of the currency."""

    currency: str
    first: date | None
    last: date
    instance_id: UUID | None = None


@dataclass(frozen=True)
class TableLine:
    """A month, or a total."""

    label: str
    cells: Sequence[Cell]
    is_total: bool = False


@dataclass(frozen=True)
class Group:
    """A jackpot with its months."""

    name: str
    state: str
    instance_id: UUID | None
    lines: Sequence[TableLine]


@dataclass(frozen=True)
class Table:
    """One currency."""

    currency: str
    columns: Sequence[tuple[str, str]]
    groups: Sequence[Group]
    total: TableLine
    check: Check


AddressOf = Callable[[str, Place], str]


def tables(report: LiabilityReport, address_of: AddressOf, *, by_brand: bool) -> list[Table]:
    """Every currency that has rows; `by_brand` shows what other brands moved."""
    used = {name for row in report.rows for name, micros in amounts_of(row).items() if micros}
    left_out = (MAY_BE_LEFT_OUT - used) | (frozenset() if by_brand else UNLINKED)
    columns = [(name, label) for name, label in COLUMNS.items() if name not in left_out]
    return [
        _table(check, [row for row in report.rows if row.currency == check.currency], columns, address_of)
        for check in sorted(report.checks, key=lambda check: check.currency)
        if any(row.currency == check.currency for row in report.rows)
    ]


def amounts_of(row: LiabilityRow) -> dict[str, int]:
    """A row's figures by the names of the columns; payouts are negative, as they take away."""
    held = msgspec.structs.asdict(row.held)
    held["boosts_held"] = held.pop("boosts")
    flows = msgspec.structs.asdict(row.flows)
    flows["payouts"] = -flows["payouts"]
    return {
        "opening": row.opening_micros,
        **flows,
        "other_brands": row.other_brands_micros,
        "closing": row.closing_micros,
        **held,
    }


def joined(rows: Sequence[Amounts]) -> dict[str, int]:
    """Consecutive months as one: the first opening, all flows, the last closing."""
    total = dict.fromkeys(COLUMNS, 0)
    for amounts in rows:
        for name in COLUMNS:
            total[name] = amounts[name] if name in BALANCES and name != "opening" else total[name] + amounts[name]
    total["opening"] = rows[0]["opening"] if rows else 0
    return total


def added(rows: Iterable[Amounts]) -> dict[str, int]:
    """Several jackpots as one."""
    total = dict.fromkeys(COLUMNS, 0)
    for amounts in rows:
        for name in COLUMNS:
            total[name] += amounts[name]
    return total


def _table(
    check: Check, rows: Sequence[LiabilityRow], columns: Sequence[tuple[str, str]], address_of: AddressOf
) -> Table:
    groups, sums = [], []
    for instance_id, of_instance in groupby(rows, key=lambda row: row.instance_id):
        months = list(of_instance)
        lines = [_line(month_label(row), amounts_of(row), columns, _place(row), address_of) for row in months]
        total = joined([amounts_of(row) for row in months])
        sums.append(total)
        if len(months) > 1:
            place = Place(check.currency, months[0].first, months[-1].last, instance_id)
            lines.append(_line("Total", total, columns, place, address_of, is_total=True))
        groups.append(Group(months[0].instance_name, months[0].instance_state, instance_id, lines))
    whole = Place(check.currency, min(row.first for row in rows), max(row.last for row in rows))
    return Table(
        check.currency,
        columns,
        groups,
        _line(f"All in {check.currency}", added(sums), columns, whole, address_of, is_total=True),
        check,
    )


def _place(row: LiabilityRow) -> Place:
    return Place(row.currency, row.first, row.last, row.instance_id)


def _line(
    label: str,
    amounts: Amounts,
    columns: Sequence[tuple[str, str]],
    place: Place,
    address_of: AddressOf,
    *,
    is_total: bool = False,
) -> TableLine:
    cells = [Cell(name, amounts[name], "" if name in UNLINKED else address_of(name, place)) for name, _ in columns]
    return TableLine(label, cells, is_total)


def month_label(row: LiabilityRow) -> str:
    """`Nov 2026`, with its days where they are not all of the month."""
    whole = row.first.day == 1 and (row.last.month != row.month.month or row.last.toordinal() == _end(row.month))
    name = f"{row.month:%b %Y}"
    return name if whole else f"{row.first.day}\N{EN DASH}{row.last.day} {name}"


def _end(month: date) -> int:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1).toordinal() - 1
