"""Each route for machines, tried by each role, on things of its own operator and of another's."""

import pytest

from tests.authorization.areas import MACHINES, routes_of
from tests.authorization.matrix import Row
from tests.authorization.trying import everything, faults
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
    """The digest notices a change of one row."""
    before = everything()
    stage.admin.name = "Changed"
    stage.admin.save()
    assert [table for table, digest in everything().items() if digest != before[table]] == ["accounts_staffuser"]
