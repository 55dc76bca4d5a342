"""The data manager of the tests."""

import pytest

from tests.campaigns.support import Manager, manager_of
from tests.cast import Cast


@pytest.fixture
def manager(cast: Cast) -> Manager:
    return manager_of(cast)
