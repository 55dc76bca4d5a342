"""What belongs to no operator; and that no route is forgotten."""

import pytest

from tests.authorization import open as open_rows
from tests.authorization.areas import AREAS
from tests.authorization.matrix import Row
from tests.authorization.routes import all_routes
from tests.authorization.trying import faults
from tests.cast import Cast

pytestmark = pytest.mark.django_db

# Guarded by those who wrote them, and tried by tests of their own.
OTHERS = {
    "accounts/": "logging in and out, passwords and second factors of oneself: django-allauth",
    "admin/": "Django's admin, for platform admins only: its index is a row, the rest asks the same question",
}


@pytest.mark.req("B-25", "B-26")
@pytest.mark.parametrize("row", open_rows.ROWS, ids=str)
def test_each_role_gets_what_the_matrix_says(stage: Cast, row: Row) -> None:
    found = faults(stage, row)
    assert not found, "\n".join(found)


@pytest.mark.req("B-26")
def test_no_route_is_forgotten() -> None:
    named = {row.route for row in open_rows.ROWS}
    forgotten = [
        str(route)
        for route in all_routes()
        if route.name not in named
        and not any(area.holds(route) for area in AREAS)
        and not route.address.startswith(tuple(OTHERS))
    ]
    assert forgotten == [], "put these into an area, with rows"
