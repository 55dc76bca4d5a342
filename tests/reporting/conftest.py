"""What the tests of reporting stand on."""

from collections.abc import Iterator

import pytest

from jackpots.queries import contribution_config


@pytest.fixture(autouse=True)
def _empty_configuration() -> Iterator[None]:
    """Versions begin again with the tables, so what one test kept is none of the next."""
    contribution_config._kept.clear()
    yield
    contribution_config._kept.clear()
