"""Feeds that tell of the same players at the same time lose nothing and come to what one feed would come to."""

from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from campaigns.models import PlayerEvent, Profile
from integrations.wire.players import PlayerMessage
from tests.campaigns.support import Manager, manager_of, told
from tests.cast import Cast
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db(transaction=True)

PLAYERS, BATCHES, THREADS = 20, 6, 3


def messages(thread: int, batch: int) -> list[PlayerMessage]:
    """Of every player one, each batch in another order."""
    found = []
    for number in range(PLAYERS):
        at = (number * 7 + batch * 5 + thread * 11) % 97
        values: dict[str, Any] = {"attributes": {"igtl_state": f"{thread}-{batch}-{number}"}}
        if number % 3 == 0:
            values["preferences"] = {"email": {"news": at % 2 == 0, f"of_{thread}": True}}
        if number % 5 == 0:
            values["is_blocked"] = at % 3 == 0
        found.append(told(at, f"p{number}", **values))
    turn = thread * 5 + batch
    return found[turn:] + found[:turn] if turn % 2 else found[::-1]


def state() -> list[dict[str, Any]]:
    fields = ("player_id", "attributes", "channels", "tags", "blocks", "is_blocked", "first_event_at", "last_event_at")
    return list(Profile.objects.order_by("player_id").values(*fields))


def read(manager: Manager, thread: int, failed: list[BaseException]) -> None:
    try:
        for batch in range(BATCHES):
            manager.take(*messages(thread, batch))
    except BaseException as error:  # noqa: BLE001 - told by the test
        failed.append(error)
    finally:
        connection.close()


@pytest.mark.req("IGT-47", "IGT-49")
def test_many_feeds_come_to_what_one_comes_to(cast: Cast) -> None:
    managers = [manager_of(cast, UUID(int=number + 1)) for number in range(THREADS)]
    failed: list[BaseException] = []
    threads = [Thread(target=read, args=(managers[number], number, failed)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert PlayerEvent.objects.count() == PLAYERS * BATCHES * THREADS
    assert_invariants()
    together = state()
    with connection.cursor() as cursor:
        cursor.execute(
            "BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM campaigns_playerevent; "
            "DELETE FROM campaigns_profile; COMMIT"
        )
    for number in reversed(range(THREADS)):
        for batch in reversed(range(BATCHES)):
            managers[number].take(*messages(number, batch))
    assert state() == together
