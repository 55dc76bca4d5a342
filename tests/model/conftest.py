"""The dice of the model's tests."""

from uuid import UUID

import pytest

from jackpots.models import Instance
from jackpots.operations.contributing import journal
from tests.model.dice import Dice

NEW_SECRETS = (
    "jackpots.operations.open_instance",
    "jackpots.operations.contributing.settle",
    "jackpots.operations.raffles.draw_round",
)


@pytest.fixture
def dice(monkeypatch: pytest.MonkeyPatch) -> Dice:
    """The dice that the product throws too, which writes one part of a batch of six while it settles the next."""
    monkeypatch.setattr(journal, "LEAST_OF_A_PART", 3)
    thrown = Dice()
    for module in NEW_SECRETS:
        monkeypatch.setattr(f"{module}.new_secret", lambda: thrown.bytes(32))
    monkeypatch.setattr(Instance._meta.pk, "_get_default", lambda: UUID(bytes=thrown.bytes(16), version=4))
    return thrown
