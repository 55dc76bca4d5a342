"""Contributions when the database fails: the whole again, or what was stored is found."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from jackpots.models import Contribution, Refusals
from jackpots.operations.contribute import contribute
from jackpots.operations.contributing import settle_and_write as module
from jackpots.operations.contributing.write import write
from tests.cast import Cast
from tests.invariants import assert_invariants
from tests.jackpots.operations.answers import code_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _whole_connection() -> Iterator[None]:
    yield
    connection.close()


def address_of_database() -> str:
    """The address of this run's database."""
    parameters = connection.settings_dict
    return psycopg.conninfo.make_conninfo(
        host=parameters["HOST"], port=parameters["PORT"], user=parameters["USER"], dbname=parameters["NAME"]
    )


def killing(after: Any, times: int) -> Any:
    """The function, after which the server ends our session for the first `times`."""
    left = [times]

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = after(*args, **kwargs)
        if left[0]:
            left[0] -= 1
            with psycopg.connect(address_of_database(), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        return result

    return wrapped


@pytest.mark.req("B-03")
def test_a_session_that_dies_before_the_commit_is_tried_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "write", killing(write, 1))
    answers = contribute([cast.request(), cast.request("other"), cast.house.request("nowhere")], now=cast.now)
    assert [code_of(answer) for answer in answers] == ["ACCEPTED", "ACCEPTED", "GAME_NOT_FOUND"]
    assert Contribution.objects.count() == 2
    assert Refusals.objects.get().count == 1
    assert_invariants()


@pytest.mark.req("B-01")
def test_a_commit_whose_answer_is_lost_is_looked_up(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = cast.request()
    contribute([before], now=cast.now)
    commit, lost = getattr(BaseDatabaseWrapper, "_commit"), [True]  # noqa: B009 - no public one

    def committed_and_lost(self: BaseDatabaseWrapper) -> None:
        commit(self)
        if lost.pop() if lost else False:
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(BaseDatabaseWrapper, "_commit", committed_and_lost)
    answers = contribute([cast.request(), before], now=cast.now)
    # The first was stored by the commit that nobody heard of; it was asked for once, so it is no replay.
    assert [code_of(answer) for answer in answers] == ["ACCEPTED", "REPLAYED"]
    assert Contribution.objects.count() == 2
    assert_invariants()


@pytest.mark.req("ERR-08")
def test_a_database_that_keeps_failing_is_said(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    request = cast.request()
    with monkeypatch.context() as broken:
        broken.setattr(module, "write", killing(write, 9))
        with pytest.raises(DatabaseError):
            contribute([request], now=cast.now)
    connection.close()
    assert Contribution.objects.count() == 0
    assert code_of(contribute([request], now=cast.now)[0]) == "ACCEPTED"
    assert_invariants()


@pytest.mark.req("B-03")
def test_a_deadlock_is_tried_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [2]

    def deadlocked(batch: Any, *rest: Any) -> None:
        if left[0]:
            left[0] -= 1
            batch.free_connection()
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$")
        write(batch, *rest)

    monkeypatch.setattr(module, "write", deadlocked)
    assert code_of(contribute([cast.request()], now=cast.now)[0]) == "ACCEPTED"
    assert left == [0]
    assert_invariants()


@pytest.mark.req("B-03")
def test_a_pot_that_was_changed_without_its_lock_is_seen(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [1]

    def moved(batch: Any, *rest: Any) -> None:
        if left[0]:
            left[0] -= 1
            batch.free_connection()
            cast.instance.pots.update(version=99)
        write(batch, *rest)

    monkeypatch.setattr(module, "write", moved)
    assert code_of(contribute([cast.request()], now=cast.now)[0]) == "ACCEPTED"
    assert left == [0]
    assert_invariants()
