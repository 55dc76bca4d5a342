"""A player's tickets over the gateway: one raffle, all that run, none, and a raffle that is not there."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from backoffice.core import clock
from jackpots.operations.resolve_raffles import resolve_raffles
from tests.cast import Cast, build_cast
from tests.raffles import HOUR, bet, open_raffle

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(db: None) -> Cast:
    """The cast at the present moment, since the gateway asks the clock."""
    return build_cast(clock.now() - timedelta(minutes=1))


def ask(cast: Cast, path: str, token: str | None = None) -> Any:
    response = Client().get(path, headers={"authorization": f"Bearer {token or cast.token}"})
    return response.status_code, response.json()


@pytest.mark.req("RAF-18", "RAF-19", "RAF-23", "I-09")
def test_the_tickets_of_a_player_in_one_raffle(live: Cast) -> None:
    instance = open_raffle(live.house)
    bet(live.house, instance, "ann", 9, live.now, base_wager_micros=9_500_000)
    path = f"/jackpots/instances/raffle/{instance.pk}/tickets/ann/brand/{live.brand1.pk}"
    status, body = ask(live, path)
    assert status == 200
    assert body == {
        "instance_id": str(instance.pk), "brand_id": live.brand1.pk, "player_id": "ann", "ticket_count": 4,
        "accumulated_cost": 1.5, "round": 1, "timestamp_start": clock.epoch_ms(live.now),
        "timestamp_end": clock.epoch_ms(live.now + HOUR),
    }  # fmt: skip
    assert ask(live, path.removeprefix("/jackpots")) == (200, body)
    other = ask(live, path.replace("ann", "bob"))
    assert (other[0], other[1]["ticket_count"]) == (200, 0)


@pytest.mark.req("RAF-20", "RAF-21", "RAF-22")
def test_the_tickets_of_a_player_in_all_raffles_that_run(live: Cast) -> None:
    first, second = open_raffle(live.house), open_raffle(live.house)
    over = open_raffle(live.house, starts_at=live.now - 3 * HOUR, ends_at=live.now + timedelta(seconds=1))
    for instance in (first, second, over):
        bet(live.house, instance, "ann", 4, live.now)
    resolve_raffles(now=clock.now())
    path = f"/jackpots/instances/raffle/tickets/brand/{live.brand1.pk}"
    status, body = ask(live, f"{path}/ann")
    assert status == 200
    assert {one["instance_id"] for one in body} == {str(first.pk), str(second.pk)}
    assert {one["ticket_count"] for one in body} == {2}
    assert ask(live, f"{path}/bob") == (200, [])
    assert ask(live, f"{path.replace('brand1', 'brand2')}/ann") == (200, [])


@pytest.mark.req("ERR-11", "I-29")
@pytest.mark.parametrize("which", ["unknown", "malformed", "a jackpot", "a rival's"])
def test_what_is_no_raffle_of_the_viewer_is_404_with_a_code(live: Cast, which: str) -> None:
    known = {
        "unknown": "e0dee1ae-6231-458a-ad6d-4dc0c941e5c3",
        "malformed": "12",
        "a jackpot": str(live.instance.pk),
        "a rival's": str(open_raffle(live.rival_house).pk),
    }[which]
    status, body = ask(live, f"/jackpots/instances/raffle/{known}/tickets/ann/brand/{live.brand1.pk}")
    assert (status, body["status_code"], body["code"]) == (404, 404, "RAFFLE_NOT_FOUND")
    assert body["message"]


@pytest.mark.req("RAF-24")
def test_a_raffle_that_is_to_come_says_when(live: Cast) -> None:
    ahead = open_raffle(live.house, starts_at=live.now + HOUR)
    source = live.house.source_for(ahead)
    status, body = ask(live, f"/jackpots/instances/source/{source.source_id}/brand/{live.brand1.pk}")
    assert (status, body["status"], body["jackpot_type"]) == (200, "Pending", "Raffle")
    assert body["timestamp_start"] == clock.epoch_ms(live.now + HOUR)
