"""Each page, tried by each role, on things of its own operator and of another's."""

import pytest

from tests.authorization.areas import PAGES, routes_of
from tests.authorization.matrix import Row
from tests.authorization.trying import faults
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.req("GEN-01", "GEN-02", "B-25", "B-26")
def test_every_page_has_a_row() -> None:
    rows = {(row.route, row.method) for row in PAGES.rows}
    routes = {(route.name, route.method) for route in routes_of(PAGES)}
    assert routes - rows == set(), "these routes have no row in the matrix"
    assert rows - routes == set(), "these rows have no route"


@pytest.mark.req("GEN-01", "GEN-02", "B-25")
@pytest.mark.parametrize("row", PAGES.rows, ids=str)
def test_each_role_sees_and_sends_what_the_matrix_says(stage: Cast, row: Row) -> None:
    found = faults(stage, row)
    assert not found, "\n".join(found)
