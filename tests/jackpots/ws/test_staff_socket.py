"""The socket of the backoffice's pages: who may listen, and that a pot and a win arrive."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
import uvicorn
import websockets
from django.db import connections
from django.test import Client

from backoffice.core import clock, json
from backoffice.routing import STAFF_TICKER_PATH, sockets
from jackpots.edge.http import OneWriteProtocol
from jackpots.models import Instance, Source
from jackpots.operations.contribute import contribute
from jackpots.rules.contribution import ContributionResult
from jackpots.ticker import ticker
from jackpots.ws import consumers
from jackpots.ws.hub import hub
from tests.cast import House, sure_draft
from tests.invariants import assert_invariants
from tests.outbox import PATIENCE_SECONDS, held_up

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def edge() -> Iterator[str]:
    """The sockets on a port, in a thread of their own."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            sockets,
            interface="asgi3",
            ws="websockets-sansio",
            http=OneWriteProtocol,
            lifespan="off",
            log_level="warning",
            timeout_graceful_shutdown=5,
        )
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    yield f"ws://127.0.0.1:{listener.getsockname()[1]}/{STAFF_TICKER_PATH}"
    server.should_exit = True
    thread.join(timeout=20)
    assert not thread.is_alive(), "the sockets do not end"
    assert (len(hub), ticker._watchers) == (0, 0), "whoever was left would go on in the next test's loop"


def cookie_of(client: Client) -> dict[str, str]:
    return {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}


async def in_a_thread(act: Callable[[], object]) -> None:
    """In a thread that keeps no connection."""

    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    await asyncio.to_thread(run)


def won(house: House, source: Source) -> None:
    """A contribution to a pot that every contribution wins."""
    [answer] = contribute([house.request(source)], now=clock.now())
    assert isinstance(answer, ContributionResult), answer
    assert answer.win_micros


async def heard(connection, name: str, instance: Instance) -> dict:
    """The next message of this name about the instance; whatever else arrives is the operator's too."""
    told = []
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                message = json.decode(await connection.recv())
                assert message["operator_id"] == instance.operator_id
                about = message["data"].get("instance_id", message["data"].get("id"))
                if (message["msg_name"], about) == (name, str(instance.pk)):
                    return message
                told.append(message["msg_name"])
    except TimeoutError:
        raise AssertionError(f"no {name}, but {told}; {await asyncio.to_thread(held_up)}") from None


@pytest.mark.req("EVT-07", "EVT-08", "EDG-12", "EDG-13", "EDG-15", "B-28")
def test_pots_and_wins_of_the_operator_arrive_and_no_others(edge, cast, browser_of) -> None:
    house, rival = cast.house, cast.rival_house
    instance, foreign = house.open(sure_draft()), rival.open(sure_draft("rival"))
    source, foreign_source = house.source_for(instance), rival.source_for(foreign)
    member = browser_of(cast.manager)

    async def scenario() -> tuple[dict, dict, dict]:
        async with websockets.connect(edge, additional_headers=cookie_of(member)) as connection:
            first = await heard(connection, "JackpotUpdate", instance)
            await in_a_thread(lambda: won(rival, foreign_source))
            await in_a_thread(lambda: won(house, source))
            return (
                first,
                await heard(connection, "WinEvent", instance),
                await heard(connection, "JackpotUpdate", instance),
            )

    first, win, after = asyncio.run(scenario())
    assert set(first) == {
        "msg_type", "source", "msg_name", "operator_id", "brand_id", "player_id", "data", "timestamp",
    }  # fmt: skip
    assert (first["msg_type"], first["source"], first["brand_id"], first["player_id"]) == (
        "Event", "thrillpots", None, None,
    )  # fmt: skip
    assert first["data"]["pots"] == after["data"]["pots"]  # a pot that every contribution wins starts from its seed
    assert set(first["data"]) == {
        "id", "jackpot_type", "status", "currency", "pots", "allowed_brands", "allowed_sources", "timestamp_start",
        "timestamp_end", "last_updated",
    }  # fmt: skip
    assert set(first["data"]["pots"][0]) == {"id", "is_progressive", "current_value"}
    assert (win["data"]["instance_id"], win["data"]["win_pot_id"]) == (str(instance.pk), "main")
    # Analysts listen too, and staff of other brands.
    assert (win["data"]["player_id"], win["data"]["metadata"]) == ("***", None)
    assert_invariants()


@pytest.mark.req("B-25", "B-29")
def test_who_is_not_logged_in_is_closed_with_4401(edge, cast) -> None:
    async def scenario() -> int | None:
        async with websockets.connect(edge) as connection:
            await connection.wait_closed()
            return connection.close_code

    assert asyncio.run(scenario()) == consumers.CLOSE_UNAUTHENTICATED


def test_a_page_of_a_stranger_cannot_open_it(edge, cast, browser_of) -> None:
    headers = cookie_of(browser_of(cast.manager)) | {"Origin": "https://stranger.example"}

    async def scenario() -> None:
        async with websockets.connect(edge, additional_headers=headers):
            pass

    with pytest.raises(websockets.InvalidStatus) as refused:
        asyncio.run(scenario())
    assert refused.value.response.status_code == 403


def test_what_a_client_says_closes_its_socket(edge, cast, browser_of) -> None:
    member = browser_of(cast.manager)

    async def scenario() -> int | None:
        async with websockets.connect(edge, additional_headers=cookie_of(member)) as connection:
            await connection.send("{}")
            async with asyncio.timeout(10):
                await connection.wait_closed()
            return connection.close_code

    assert asyncio.run(scenario()) == consumers.CLOSE_NOT_SPOKEN_TO


def test_a_socket_ends_with_its_session(edge, cast, browser_of, monkeypatch) -> None:
    monkeypatch.setattr(consumers, "SECONDS_BETWEEN_CHECKS", 0.1)
    member = browser_of(cast.manager)

    async def scenario() -> int | None:
        async with websockets.connect(edge, additional_headers=cookie_of(member)) as connection:
            await in_a_thread(member.logout)
            async with asyncio.timeout(10):
                await connection.wait_closed()
            return connection.close_code

    assert asyncio.run(scenario()) == consumers.CLOSE_UNAUTHENTICATED


@pytest.mark.parametrize("change", [{"role": "analyst"}, {"brand_ids": ["thrilltech:brand1"]}, {"is_active": False}])
def test_a_socket_ends_when_its_user_is_changed(edge, cast, browser_of, monkeypatch, change) -> None:
    monkeypatch.setattr(consumers, "SECONDS_BETWEEN_CHECKS", 0.1)
    member = browser_of(cast.manager)

    def act() -> None:
        type(cast.manager).objects.filter(pk=cast.manager.pk).update(**change)

    async def scenario() -> int | None:
        async with websockets.connect(edge, additional_headers=cookie_of(member)) as connection:
            await in_a_thread(act)
            async with asyncio.timeout(10):
                await connection.wait_closed()
            return connection.close_code

    assert asyncio.run(scenario()) == consumers.CLOSE_UNAUTHENTICATED
