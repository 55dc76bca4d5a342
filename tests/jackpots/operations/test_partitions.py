"""The ledger's months are made ahead of time, and hold what the first ones hold."""

import io
from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from jackpots.operations.contribute import contribute
from jackpots.operations.ensure_partitions import ensure_partitions
from jackpots.queries.ledger import month_sums
from tests.cast import Cast
from tests.invariants import assert_invariants

FAR = datetime(2031, 7, 15, tzinfo=UTC)


@pytest.mark.req("B-32")
def test_a_month_is_made_once_and_takes_lines(cast: Cast) -> None:
    with pytest.raises(DatabaseError, match="no partition"), transaction.atomic():
        contribute([cast.request()], now=FAR)
    assert ensure_partitions(now=FAR, ahead=1, behind=0) == [date(2031, 7, 1), date(2031, 8, 1)]
    assert ensure_partitions(now=FAR, ahead=1, behind=0) == []
    contribute([cast.request()], now=FAR)
    months = {row.month for row in month_sums(cast.house.scope, since=FAR)}
    assert months == {date(2031, 7, 1)}
    assert_invariants()


@pytest.mark.req("B-32", "B-12")
def test_a_new_month_is_guarded_like_the_others(cast: Cast) -> None:
    ensure_partitions(now=FAR, ahead=0, behind=0)
    values = "('2031-07-01', 'thrilltech', gen_random_uuid(), 1, 5, '2031-07-15T00:00Z')"
    columns = "(month, operator_id, transfer_id, account_id, amount_micros, occurred_at)"
    with pytest.raises(DatabaseError, match="does not balance"), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO jackpots_line_2031_07 {columns} VALUES {values}")
    assert cast.now.year < FAR.year


@pytest.mark.req("B-32")
def test_the_command_names_them(db: None) -> None:
    output = io.StringIO()
    call_command("ensure_partitions", stdout=output)
    assert output.getvalue().startswith(("Every month is there.", "Made "))
    output = io.StringIO()
    call_command("ensure_partitions", stdout=output)
    assert output.getvalue() == "Every month is there.\n"
