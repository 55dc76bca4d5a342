"""Templates as lists show them."""

import pytest

from jackpots.queries.templates import templates
from tests.cast import Cast, quiet_draft

pytestmark = pytest.mark.django_db


def test_templates_come_by_name(cast: Cast) -> None:
    names = [f"Template {number}" for number in range(9)]
    for name in reversed(names):
        cast.house.publish(quiet_draft(name=name))
    found = [template.name for template in templates(cast.house.scope)]
    assert found == sorted(found)
    assert set(names) <= set(found)
