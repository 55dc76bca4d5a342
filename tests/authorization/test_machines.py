"""Each route for machines, tried by each role, on things of its own operator and of another's."""

import pytest
from django.db import connection, transaction

from tests.authorization.areas import MACHINES, routes_of
from tests.authorization.matrix import Row
from tests.authorization.trying import faults, undone
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.req("GEN-01", "GEN-02", "B-25", "B-26")
def test_every_route_for_machines_has_a_row() -> None:
    rows = {(row.route, row.method) for row in MACHINES.rows}
    routes = {(route.name, route.method) for route in routes_of(MACHINES)}
    assert routes - rows == set(), "these routes have no row in the matrix"
    assert rows - routes == set(), "these rows have no route"


@pytest.mark.req("GEN-01", "GEN-02", "GEN-04", "B-25", "B-26")
@pytest.mark.parametrize("row", MACHINES.rows, ids=str)
def test_each_role_gets_what_the_matrix_says(stage: Cast, row: Row) -> None:
    found = faults(stage, row)
    assert not found, "\n".join(found)


@pytest.mark.req("GEN-01")
def test_a_refused_write_is_really_looked_for(stage: Cast) -> None:
    """A change of one row is noticed, and one that was undone before the end is not."""
    with undone() as changed:
        stage.admin.name = "Changed"
        stage.admin.save()
    assert changed == {"accounts_staffuser"}
    with undone() as changed, transaction.atomic():
        stage.admin.save()
        transaction.set_rollback(True)
    assert changed == set()


@pytest.mark.req("GEN-01")
@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("INSERT INTO jackpots_refusals SELECT * FROM jackpots_refusals", set()),
        ("INSERT INTO jackpots_multiplier SELECT * FROM jackpots_multiplier ON CONFLICT DO NOTHING", set()),
        ("DELETE FROM accounts_servicetoken", {"accounts_servicetoken"}),
        ("TRUNCATE accounts_servicetoken", {"accounts_servicetoken"}),
        ("CREATE TABLE another (id integer)", {"another"}),
        ("UPDATE accounts_servicetoken SET last_used_at = now()", set()),
        ("UPDATE accounts_staffuser SET name = name", set()),
    ],
)  # fmt: skip
def test_whatever_is_done_to_a_table_is_noticed(stage: Cast, statement: str, tables: set[str]) -> None:
    with undone() as changed, connection.cursor() as cursor:
        cursor.execute(statement)
    assert changed == tables
