"""What the database refuses, it refuses whatever a session sets."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from backoffice.approvals.models import Approval
from jackpots.operations.contribute import contribute
from jackpots.operations.request_termination import request_termination
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def _ignoring(db: None) -> Iterator[None]:
    """A session that tells pgtrigger to ignore every trigger there is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, true) FROM pg_trigger")
        yield


def run(sql: str, *parameters: UUID) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.req("B-25")
@pytest.mark.usefixtures("_ignoring")
def test_no_trigger_looks_at_the_setting() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.tgrelid::regclass::text, t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE NOT t.tgisinternal AND p.prosrc LIKE '%%should_ignore%%'
            """
        )
        assert cursor.fetchall() == []


@pytest.mark.req("B-25")
@pytest.mark.usefixtures("_ignoring")
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE jackpots_ledgerline SET amount_micros = amount_micros + 1",
        "DELETE FROM jackpots_ledgerline",
        "DELETE FROM jackpots_contribution",
        "UPDATE jackpots_instance SET state = 'Terminated'",
        "UPDATE jackpots_template SET name = 'Other'",
        "UPDATE audit_auditentry SET actor_name = 'somebody else'",
        "DELETE FROM audit_auditentry",
    ],
)
def test_money_and_the_log_are_guarded_all_the_same(cast: Cast, sql: str) -> None:
    contribute([cast.request()], now=cast.now)
    with pytest.raises(DatabaseError):
        run(sql)


@pytest.mark.req("B-25")
@pytest.mark.usefixtures("_ignoring")
def test_a_request_is_decided_by_a_second_person_and_once(cast: Cast) -> None:
    asked = request_termination(
        cast.instance.pk, reason="Over", requested_by=cast.manager, scope=cast.house.scope, actor=SYSTEM, now=cast.now
    )
    with pytest.raises(DatabaseError):
        run("UPDATE approvals_approval SET object_id = 'another' WHERE id = %s", asked.pk)
    cast.house.approve(asked)
    with pytest.raises(DatabaseError):
        run("UPDATE approvals_approval SET state = 'rejected' WHERE id = %s", asked.pk)
    assert Approval.objects.get(pk=asked.pk).state == "approved"
