"""The liability report's arithmetic: opening and flows make the closing, and the closing is what the ledger holds."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackpots.rules.liability import (
    LIABILITY_ACCOUNTS,
    Flows,
    Held,
    Month,
    add,
    bounds,
    column_of,
    difference,
    flows_of,
    month_of,
    months_between,
    next_month,
    run,
)

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


@pytest.mark.parametrize(
    ("transfer", "account", "column"),
    [
        ("opening", "pot", "house_funding"),
        ("contributions", "pot", "contributions_to_pots"),
        ("contributions", "seed", "contributions_to_seeds"),
        ("win", "pot", "internal"),
        ("win", "payable", "internal"),
        ("rounding", "seed", "internal"),
        ("excess", "seed", "internal"),
        ("withholding", "withheld", "internal"),
        ("release", "payable", "internal"),
        ("reseed", "seed", "house_funding"),
        ("boost", "boost", "boosts"),
        ("boost_refund", "boost", "boosts"),
        ("community", "pot", "internal"),
        ("prize", "payable", "internal"),
        ("prize_funding", "pot", "house_funding"),
        ("return", "pot", "transfers"),
        ("cancellation", "seed", "internal"),
        ("switch", "boost", "internal"),
        ("sweep", "pot", "transfers"),
        ("settlement", "payable", "payouts"),
        ("reallocation", "pot", "transfers"),
    ],
)
@pytest.mark.req("B-12", "B-15")
def test_each_kind_of_movement_has_its_column(transfer: str, account: str, column: str) -> None:
    assert column_of(transfer, account) == column


@pytest.mark.parametrize("account", ["house", "house_funding", "player_clearing"])
@pytest.mark.req("B-15")
def test_other_accounts_are_no_liability(account: str) -> None:
    with pytest.raises(ValueError, match=account):
        column_of("contributions", account)


@pytest.mark.req("B-15")
def test_a_month_with_a_win_adds_up() -> None:
    sums = [
        ("opening", "pot", 10_000),
        ("contributions", "pot", 3_750),
        ("contributions", "seed", 21_250),
        ("win", "pot", -13_700),
        ("win", "payable", 13_700),
        ("rounding", "pot", -50),
        ("rounding", "seed", 50),
        ("reseed", "seed", -9_000),
        ("reseed", "pot", 10_000),
        ("settlement", "payable", -13_000),
        ("withholding", "payable", -700),
        ("withholding", "withheld", 700),
        ("boost", "boost", 500),
        ("reallocation", "pot", -25),
    ]
    flows = flows_of(sums)
    assert flows == Flows(
        contributions_to_pots=3_750,
        contributions_to_seeds=21_250,
        house_funding=11_000,
        boosts=500,
        payouts=13_000,
        transfers=-25,
    )
    assert flows.net == sum(amount for _, _, amount in sums)
    held = Held(pots=9_975, seeds=12_300, boosts=500, payable=0, withheld=700)
    rows = run(0, {JANUARY: flows}, [JANUARY])
    assert difference(rows, held) == 0


@pytest.mark.req("B-15")
def test_a_movement_inside_that_does_not_cancel_out_is_told() -> None:
    with pytest.raises(ValueError, match="-1"):
        flows_of([("win", "pot", -10), ("win", "payable", 9)])


@pytest.mark.req("B-15")
def test_each_month_opens_with_the_closing_before() -> None:
    rows = run(100, {JANUARY: Flows(house_funding=50), MARCH: Flows(payouts=30)}, months_between(JANUARY, MARCH))
    assert [(row.month, row.opening, row.closing) for row in rows] == [
        (JANUARY, 100, 150),
        (FEBRUARY, 150, 150),
        (MARCH, 150, 120),
    ]
    assert difference(rows, Held(pots=119)) == 1
    assert difference([], Held()) == 0


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["opening", "contributions", "reseed", "boost", "settlement", "reallocation"]),
            st.sampled_from(sorted(LIABILITY_ACCOUNTS)),
            st.integers(-(10**15), 10**15),
        )
    ),
    st.integers(0, 10**15),
)
def test_whatever_moved_the_closing_is_what_is_left(sums: list[tuple[str, str, int]], opening: int) -> None:
    row = Month(month=JANUARY, opening=opening, flows=flows_of(sums))
    assert row.closing == opening + sum(amount for _, _, amount in sums)


def test_rows_of_a_month_are_added_by_column() -> None:
    one = Month(month=JANUARY, opening=1, flows=Flows(boosts=2, payouts=1))
    other = Month(month=JANUARY, opening=10, flows=Flows(boosts=20, transfers=-5))
    assert add([one, other]) == Month(month=JANUARY, opening=11, flows=Flows(boosts=22, payouts=1, transfers=-5))
    assert add([]) is None
    with pytest.raises(ValueError, match="same month"):
        add([one, Month(month=FEBRUARY, opening=0, flows=Flows())])


@pytest.mark.req("B-15")
def test_a_month_is_the_operators() -> None:
    new_year = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    assert month_of(new_year, UTC) == date(2025, 12, 1)
    assert month_of(new_year, ZoneInfo("Europe/Malta")) == JANUARY
    start, end = bounds(MARCH, ZoneInfo("Europe/Malta"))
    assert start == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert end == datetime(2026, 3, 31, 22, tzinfo=UTC)  # summer time has begun


@given(
    st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)),
    st.sampled_from(["UTC", "Asia/Kolkata", "America/Lima"]),
)
def test_months_leave_no_gap(day: date, zone: str) -> None:
    month = day.replace(day=1)
    start, end = bounds(month, ZoneInfo(zone))
    assert month_of(start, ZoneInfo(zone)) == month
    assert end == bounds(next_month(month), ZoneInfo(zone))[0]
    assert start < end
