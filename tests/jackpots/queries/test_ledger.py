"""Balances, lines, and sums by month agree with each other and with the rows."""

from datetime import date, timedelta
from typing import Any

import pytest

from backoffice.tenancy.scope import Scope
from jackpots.models import Win
from jackpots.operations.contribute import contribute
from jackpots.queries.ledger import AccountKind, TransferKind, balances, lines, month_sums, transfers
from tests.cast import Cast, sure_draft


@pytest.mark.req("B-12", "B-15")
def test_months_of_a_zone_sum_to_the_balances(cast: Cast) -> None:
    instance = cast.house.open(sure_draft())
    for days in (0, 17, 18, 60):
        contribute([cast.house.request(instance)], now=cast.now + timedelta(days=days))
    sums = month_sums(cast.house.scope, instance_ids=[instance.pk])
    assert {row.month for row in sums} == {date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)}
    net: dict[tuple[str, object, object], int] = {}
    for row in sums:
        key = (row.account_kind, row.pot_id, row.brand_id)
        net[key] = net.get(key, 0) + row.net_micros
    held = {
        tuple(balance.ref): balance.balance_micros for balance in balances(cast.house.scope, instance_ids=[instance.pk])
    }
    assert net == held
    assert sum(held.values()) == 0
    payable = sum(row.inflow_micros for row in sums if row.account_kind == AccountKind.PAYABLE)
    assert payable == sum(Win.objects.values_list("cost_micros", flat=True))


@pytest.mark.req("B-15")
def test_a_month_begins_in_the_zone_that_was_asked_for(cast: Cast) -> None:
    at = cast.now.replace(month=3, day=31, hour=23, minute=30)
    contribute([cast.request()], now=at)
    asked: dict[str, Any] = {"instance_ids": [cast.instance.pk], "since": at}
    assert {row.month for row in month_sums(cast.house.scope, **asked)} == {date(2026, 3, 1)}
    assert {row.month for row in month_sums(cast.house.scope, zone="Europe/Malta", **asked)} == {date(2026, 4, 1)}


@pytest.mark.req("B-12", "B-15")
def test_balances_of_an_earlier_instant(cast: Cast) -> None:
    later = cast.now + timedelta(days=40)
    contribute([cast.request()], now=later)
    then = {balance.ref.kind: balance.balance_micros for balance in balances(cast.house.scope, at=later)}
    assert then["house"] == 0
    now = {balance.ref.kind: balance.balance_micros for balance in balances(cast.house.scope)}
    assert now["house"] == 30_000


@pytest.mark.req("GEN-01", "B-15")
def test_lines_can_be_narrowed_down_and_stay_in_scope(cast: Cast) -> None:
    contribute([cast.request()], now=cast.now + timedelta(days=40))
    found = lines(cast.house.scope, account_kinds=["house"], since=cast.now, until=cast.now + timedelta(days=41))
    assert [(line.transfer.kind, line.amount_micros) for line in found] == [(TransferKind.CONTRIBUTIONS, 30_000)]
    assert not lines(cast.house.scope, account_kinds=["house"], until=cast.now).exists()
    foreign = Scope("rival")
    assert not lines(foreign, instance_ids=[cast.instance.pk]).exists()
    assert balances(foreign, instance_ids=[cast.instance.pk]) == []
    assert month_sums(foreign, instance_ids=[cast.instance.pk]) == []
    assert not transfers(foreign).filter(instance=cast.instance).exists()
