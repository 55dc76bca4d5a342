"""What the database itself keeps apart: no event of a player crosses operators or brands."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from campaigns.models import PlayerEvent, Profile
from tests.campaigns.support import BRAND, Manager, player, told

pytestmark = [pytest.mark.django_db, pytest.mark.req("B-31")]


@pytest.mark.parametrize(
    ("operator_id", "brand_id"),
    [("rival", BRAND), ("thrilltech", "thrilltech:brand2"), ("thrilltech", "rival:brand9")],
)
def test_an_event_is_of_its_players_operator_and_brand(manager: Manager, operator_id: str, brand_id: str) -> None:
    manager.take(told(1))
    with pytest.raises(DatabaseError, match="across operators"), transaction.atomic():
        PlayerEvent.objects.create(
            operator_id=operator_id, brand_id=brand_id, profile=player(), integration_id=uuid4(), event="e",
            happened_at=manager.cast.now, received_at=manager.cast.now,
        )  # fmt: skip


def test_a_player_stays_where_it_is(manager: Manager) -> None:
    manager.take(told(1))
    with pytest.raises(DatabaseError), transaction.atomic():
        Profile.objects.update(brand_id="thrilltech:brand2")
    with pytest.raises(DatabaseError), transaction.atomic():
        Profile.objects.all().delete()


def test_a_brand_with_players_stays(manager: Manager) -> None:
    manager.take(told(1))
    with pytest.raises(DatabaseError), transaction.atomic():
        player().brand.delete()
