"""The sums of days are the ledger's lines, however far they are folded."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from backoffice.tenancy.models import Operator
from jackpots.models import DaySum, LedgerHorizon, Transfer
from jackpots.operations.contribute import contribute
from jackpots.operations.fold_ledger import fold_ledger
from jackpots.operations.reset_ledger_sums import reset_ledger_sums
from jackpots.queries.journal import horizon
from jackpots.queries.ledger import balances, month_sums
from jackpots.queries.ledger_days import account_totals, held_after, month_sums_of_days, unproven_sums
from jackpots.tasks import prove_ledger
from reporting.queries.invariants import rollup_violations
from tests.cast import Cast, sure_draft
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db(transaction=True)
ZONE = "Europe/Malta"
# An hour before midnight in the zone, and after it; the last second of a UTC month.
TIMES = [
    datetime(2026, 3, 30, 21, 30, tzinfo=UTC),
    datetime(2026, 3, 31, 22, 30, tzinfo=UTC),
    datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 4, 12, 8, 0, tzinfo=UTC),
]


def reached() -> int:
    """Everything is committed, and no other process writes to this database: nothing has to be waited for. The real
    horizon is the whole server's, and any transaction of another database holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        return int(cursor.fetchone()[0])


@pytest.fixture(autouse=True)
def _horizon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jackpots.operations.fold_ledger.horizon", reached)


def fold(now: datetime, transfers: int = 20_000) -> int:
    """About so many transfers."""
    return fold_ledger(now=now, transfers=transfers)


@pytest.fixture
def moved(cast: Cast) -> Cast:
    """Contributions and wins of two operators in several days and months, in a zone that is not UTC."""
    Operator.objects.update(accounting_zone=ZONE)
    drops = cast.house.open(sure_draft())
    for number, at in enumerate(TIMES):
        for target in (cast.source, drops):
            contribute([cast.house.request(target, f"player_{number}_{more}") for more in range(3)], now=at)
        contribute([cast.rival_house.request(cast.rival_source)], now=at)
    return cast


def same(rows: list[Any]) -> list[str]:
    return sorted(
        f"{row.instance_id} {row.month} {row.account_kind} {row.pot_id} {row.brand_id} {row.transfer_kind}"
        f" {row.inflow_micros} {row.outflow_micros}"
        for row in rows
    )


def assert_as_the_lines_say(cast: Cast) -> None:
    """Every figure by the sums is the figure by the lines."""
    for house in (cast.house, cast.rival_house):
        operator_id, scope = house.operator.pk, house.scope
        by_lines = {row.account_id: row.balance_micros for row in balances(scope)}
        assert {key: micros for key, micros in account_totals(operator_id).items() if micros} == {
            key: micros for key, micros in by_lines.items() if micros
        }
        assert sum(account_totals(operator_id).values()) == 0
        whole = month_sums(scope, zone=ZONE)
        assert same(month_sums_of_days(operator_id)) == same(whole)
        for day in (date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 30)):
            until = datetime.combine(day, datetime.min.time(), UTC) + timedelta(days=1) - timedelta(hours=2)
            before = balances(scope, at=until)
            held: dict[Any, dict[str, int]] = {}
            for row in before:
                kinds = held.setdefault(row.instance_id, {})
                kinds[row.ref.kind] = kinds.get(row.ref.kind, 0) + row.balance_micros
            found = held_after(operator_id, day)
            for instance_id, kinds in held.items():
                for kind, micros in kinds.items():
                    assert found.get(instance_id, {}).get(kind, 0) == micros, (day, kind)
            frame = month_sums(scope, zone=ZONE, since=until - timedelta(days=1), until=until)
            assert same(month_sums_of_days(operator_id, first=day, last=day)) == same(frame)


@pytest.mark.req("B-15", "G-20")
def test_figures_are_the_same_however_far_the_fold_has_come(moved: Cast) -> None:
    assert_as_the_lines_say(moved)
    folded = 0
    while some := fold(moved.now, transfers=5):
        folded += some
        assert_as_the_lines_say(moved)
    assert folded == Transfer.objects.count()
    assert fold(moved.now) == 0
    contribute([moved.request("afterwards")], now=TIMES[-1] + timedelta(days=40))
    assert_as_the_lines_say(moved)
    assert_invariants()


@pytest.mark.req("B-15")
def test_a_line_is_folded_once_whatever_runs_beside(moved: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT transaction_id) FROM jackpots_transfer")
        transactions = cursor.fetchone()[0]
    assert transactions > 5
    fold(moved.now)
    before = list(DaySum.objects.order_by("pk").values())
    fold(moved.now)
    assert list(DaySum.objects.order_by("pk").values()) == before
    assert unproven_sums() == []
    assert_as_the_lines_say(moved)


@pytest.mark.req("B-15")
def test_the_invariants_find_a_sum_that_is_not_its_lines(moved: Cast) -> None:
    fold(moved.now)
    assert list(rollup_violations()) == []
    row = DaySum.objects.filter(inflow_micros__gt=0)[0]
    DaySum.objects.filter(pk=row.pk).update(inflow_micros=row.inflow_micros + 1)
    (found,) = [one for one in rollup_violations() if one.invariant.startswith("R3")]
    assert str(row.account_id) in found.key
    DaySum.objects.filter(pk=row.pk).delete()
    assert [one.invariant[:2] for one in rollup_violations()] == ["R3"]
    reset_ledger_sums(now=moved.now)
    assert not DaySum.objects.exists()
    assert list(rollup_violations()) == []
    assert_as_the_lines_say(moved)


@pytest.mark.req("B-15")
def test_a_transaction_that_still_runs_is_folded_later(moved: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jackpots.operations.fold_ledger.horizon", horizon)
    url = connection.settings_dict
    with psycopg.connect(host=url["HOST"], port=url["PORT"], user=url["USER"], dbname=url["NAME"]) as other:
        other.execute("SELECT pg_current_xact_id()")
        contribute([moved.request("afterwards")], now=TIMES[-1])
        while fold(moved.now):
            pass
        newest = Transfer.objects.order_by("-transaction_id").first()
        assert newest is not None
        assert LedgerHorizon.objects.get().horizon <= newest.transaction_id
        assert_as_the_lines_say(moved)
    monkeypatch.setattr("jackpots.operations.fold_ledger.horizon", reached)
    assert fold(moved.now) >= 1
    assert_as_the_lines_say(moved)


@pytest.mark.req("B-15")
def test_wrong_sums_are_given_up_by_the_nightly_proof(moved: Cast) -> None:
    fold(moved.now)
    assert prove_ledger() == 0
    assert DaySum.objects.exists()
    row = DaySum.objects.filter(outflow_micros__gt=0)[0]
    DaySum.objects.filter(pk=row.pk).update(outflow_micros=row.outflow_micros + 1)
    assert prove_ledger() == 1
    assert not DaySum.objects.exists()
    assert_as_the_lines_say(moved)
    fold(moved.now)
    assert prove_ledger() == 0
    assert_invariants()
