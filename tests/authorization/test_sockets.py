"""Each socket, opened by each role: who may listen, whose jackpots are heard, what becomes of who speaks."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websockets
from channels.routing import URLRouter

from backoffice import routing
from backoffice.core import json
from jackpots.ticker import ticker
from jackpots.ws.consumers import CLOSE_NOT_SPOKEN_TO, CLOSE_UNAUTHENTICATED
from jackpots.ws.hub import hub
from tests.authorization.matrix import FOREIGN, RIVAL_ADMIN, ROLES, ROOT, VIEWERS
from tests.authorization.trying import browser
from tests.cast import Cast
from tests.deploy.conftest import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 15


@pytest.fixture(autouse=True)
def _nobody_listens_any_more() -> Iterator[None]:
    """The edge outlives its tests: what its ticker still keeps of one in Redis would be taken for the next one's."""
    yield
    wait_for(lambda: not len(hub) and ticker._task is None, what="the last socket to be let go")


# Socket -> who may listen. Machines have no session, and so are nobody here.
SOCKETS = {routing.STAFF_TICKER_PATH: VIEWERS | {RIVAL_ADMIN}}


def _paths(application: Any) -> list[str]:
    while not isinstance(application, URLRouter):
        application = getattr(application, "application", None) or application.inner
    return [str(route.pattern) for route in application.routes]


@pytest.mark.req("B-25", "B-26")
def test_every_socket_has_a_row() -> None:
    assert _paths(routing.sockets) == list(SOCKETS)


def _headers(cast: Cast, role: str) -> dict[str, str]:
    client, headers = browser(cast, role)
    cookie = client.cookies.get("sessionid")
    return headers if cookie is None else {"Cookie": f"sessionid={cookie.value}"}


def _run(address: str, headers: dict[str, str], scenario: Callable[[Any], Any]) -> Any:
    async def connected() -> Any:
        async with asyncio.timeout(PATIENCE_SECONDS), websockets.connect(address, additional_headers=headers) as socket:
            return await scenario(socket)

    return asyncio.run(connected())


async def _closed(socket: Any) -> int:
    await socket.wait_closed()
    return int(socket.close_code)


@pytest.mark.req("B-25", "B-26", "GEN-01")
@pytest.mark.parametrize("path", SOCKETS)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_hears_its_own_operator_or_nothing(cast: Cast, edge_url: str, path: str, role: str) -> None:
    ours, theirs = str(cast.instance.pk), str(cast.rival_instance.pk)
    expected = {ours, theirs} if role == ROOT else {theirs} if role in FOREIGN else {ours}
    address = f"{edge_url.replace('http', 'ws')}/{path}"

    async def heard(socket: Any) -> set[str]:
        found: set[str] = set()
        while not found >= expected:
            found.add(str(json.decode(await socket.recv())["data"]["id"]))
        # What else is to be said of other jackpots comes with the next two rounds of the ticker.
        try:
            async with asyncio.timeout(0.6):
                while True:
                    found.add(str(json.decode(await socket.recv())["data"]["id"]))
        except TimeoutError:
            return found

    headers = _headers(cast, role)
    if role in SOCKETS[path]:
        assert _run(address, headers, heard) == expected
    else:
        assert _run(address, headers, _closed) == CLOSE_UNAUTHENTICATED


@pytest.mark.req("B-25", "B-26")
@pytest.mark.parametrize("path", SOCKETS)
@pytest.mark.parametrize("role", sorted(VIEWERS))
def test_whatever_is_said_changes_nothing_and_ends_it(cast: Cast, edge_url: str, path: str, role: str) -> None:
    async def spoken(socket: Any) -> int:
        await socket.send('{"PlayerOptInRequest": {"opt_in": true}}')
        return await _closed(socket)

    address = f"{edge_url.replace('http', 'ws')}/{path}"
    assert _run(address, _headers(cast, role), spoken) == CLOSE_NOT_SPOKEN_TO
