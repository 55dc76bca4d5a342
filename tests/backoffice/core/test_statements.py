"""Statements that go to the server together."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DataError, OperationalError, ProgrammingError, connection, transaction

from backoffice.core.statements import Statement, send, stream

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
TYPED = Statement("SELECT %s::uuid, %s::bigint[], %s::timestamptz, %s::text, %s::bool")
NAMED = Statement("SELECT %(two)s::int - %(one)s::int, %(two)s::text")
FAILING = Statement("SELECT 1 / %s::int")
DOUBLED, HALVED = Statement("SELECT 2 * %s::int"), Statement("SELECT %s::int / 2")
MADE = Statement("CREATE TEMPORARY TABLE made (one int) ON COMMIT DROP")
WRITTEN = Statement("INSERT INTO made SELECT * FROM unnest(%s::int[])")
READ = Statement("SELECT one FROM made ORDER BY one")

pytestmark = pytest.mark.django_db(transaction=True)


def test_parameters_go_as_texts_and_rows_come_typed() -> None:
    with transaction.atomic():
        [typed], [named] = send([(TYPED, [UUID(int=7), "{1,2}", NOW, None, True]), (NAMED, {"one": 1, "two": 3})])
    assert typed == (UUID(int=7), [1, 2], NOW, None, True)
    assert named == (2, "3")
    assert send([]) == []


def test_what_is_sent_together_is_carried_out_in_order_in_the_callers_transaction() -> None:
    with transaction.atomic():
        send([(MADE, [])])
        assert send([(WRITTEN, ["{2,1}"]), (READ, [])])[-1] == [(1,), (2,)]
        with pytest.raises(DataError), transaction.atomic():
            send([(WRITTEN, ["{3}"]), (FAILING, [0]), (WRITTEN, ["{4}"])])
        with pytest.raises(DataError), transaction.atomic():
            send([(DOUBLED, [3]), (FAILING, [0]), (HALVED, [4])])
        # One that was prepared before another failed is prepared.
        assert send([(READ, []), (DOUBLED, [3]), (HALVED, [4])]) == [[(1,), (2,)], [(6,)], [(2,)]]
    assert connection.get_autocommit()


def test_more_than_a_socket_holds_comes_through() -> None:
    numbers = range(300_000)
    with transaction.atomic():
        array = "{" + ",".join(str(number) for number in numbers) + "}"
        send([(MADE, [])])
        assert send([(WRITTEN, [array]), (READ, []), (READ, [])])[-1][-1] == (numbers[-1],)


def test_a_statement_that_the_server_forgot_is_prepared_again() -> None:
    send([(TYPED, [None] * 5)])
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(ProgrammingError, match="does not exist"):
        send([(TYPED, [None] * 5)])
    assert send([(TYPED, [None] * 5)]) == [[(None,) * 5]]


def test_a_connection_that_is_lost_is_told() -> None:
    send([(NAMED, {"one": 1, "two": 1})])
    connection.connection.pgconn.finish()
    with pytest.raises(OperationalError):
        send([(NAMED, {"one": 1, "two": 1})])
    connection.close()


def test_what_is_added_on_the_way_is_carried_out_behind_and_the_connection_is_free_once_it_is_taken() -> None:
    with transaction.atomic():
        with stream() as under_way:
            under_way.add([(MADE, [])])
            under_way.add([(WRITTEN, ["{1}"]), (DOUBLED, [3])])
            under_way.add([(WRITTEN, ["{2}"]), (READ, [])])
            assert under_way.take() == [[], [], [(6,)], [], [(1,), (2,)]]
            assert under_way.take() == []
            assert send([(HALVED, [4])]) == [[(2,)]]
            under_way.add([])
            assert send([(HALVED, [6])]) == [[(3,)]]
            under_way.add([(WRITTEN, ["{3}"]), (DOUBLED, [5])])
            assert under_way.take() == [[], [(10,)]]
        assert send([(READ, [])]) == [[(1,), (2,), (3,)]]


def astray(array: str, divisor: int, *, is_taken: bool) -> None:
    with transaction.atomic(), stream() as under_way:
        under_way.add([(WRITTEN, [array]), (FAILING, [divisor])])
        if is_taken:
            under_way.take()
        raise LookupError(array)


@pytest.mark.parametrize(
    ("divisor", "is_taken", "error"), [(1, False, LookupError), (0, False, LookupError), (0, True, DataError)]
)
def test_what_goes_wrong_beside_a_stream_leaves_a_connection_that_can_go_on(
    divisor: int, is_taken: bool, error: type[Exception]
) -> None:
    with transaction.atomic():
        send([(MADE, [])])
        with pytest.raises(error):
            astray("{1}", divisor, is_taken=is_taken)
        assert send([(READ, [])]) == [[]]
    assert connection.get_autocommit()


def test_what_nobody_takes_is_told_at_the_end_of_the_block() -> None:
    with pytest.raises(DataError), transaction.atomic(), stream() as under_way:
        under_way.add([(FAILING, [0])])
    assert send([(DOUBLED, [1])]) == [[(2,)]]
