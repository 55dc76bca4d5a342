"""The two doors of contributions, driven the same way: the web process's view, and the edge process over a socket."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import httpx2
import pytest
import uvicorn

from backoffice.core import json
from jackpots.edge.http import OneWriteProtocol
from tests.cast import Cast

PAYLOADS = Path(__file__).parent / "payloads"


def payload(name: str, **changes: Any) -> dict[str, Any]:
    """A sample of the seeds; None takes a field away."""
    body: dict[str, Any] = json.decode((PAYLOADS / f"{name}.json").read_bytes()) | changes
    return {field: value for field, value in body.items() if value is not None}


@dataclass(frozen=True)
class Answer:
    """What a door said. Numbers are exact."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.decode(self.raw)

    @property
    def code(self) -> str:
        return str(self.body["code"])


class Door(Protocol):
    """A way to send a request."""

    name: str

    def send(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer: ...


class WebDoor:
    """The web process's application, called as its server calls it."""

    name = "web"

    def __init__(self) -> None:
        transport = httpx2.WSGITransport(app=import_module("backoffice.wsgi").application)
        self.client = httpx2.Client(base_url="http://testserver", transport=transport)

    def send(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        answer = self.client.request(method, path, content=body, headers=headers)
        return Answer(answer.status_code, dict(answer.headers), answer.content)


class EdgeDoor:
    """The lane, behind a real server."""

    name = "edge"

    def __init__(self, url: str) -> None:
        self.client = httpx2.Client(base_url=url, timeout=30)

    def send(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        answer = self.client.request(method, path, content=body, headers=headers)
        return Answer(answer.status_code, dict(answer.headers), answer.content)


@pytest.fixture(scope="session")
def edge_url(django_db_setup: None) -> Iterator[str]:
    """The edge process's application in a thread, on a port of its own."""
    application = import_module("backoffice.asgi").application
    config = uvicorn.Config(
        application, port=0, log_level="warning", ws="websockets-sansio", http=OneWriteProtocol, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="edge", daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the edge did not start"
        assert time.monotonic() < deadline, "the edge takes too long to start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=20)
    assert not thread.is_alive(), "the edge does not end"


@pytest.fixture(params=["web", "edge"])
def door(request: pytest.FixtureRequest, edge_url: str) -> Door:
    """Each test that names it runs once at each door."""
    return WebDoor() if request.param == "web" else EdgeDoor(edge_url)


@dataclass
class Partner:
    """Sends contributions through a door with the cast's token."""

    door: Door
    cast: Cast

    def contribute(self, body: dict[str, Any] | bytes, target: str = "source", **headers: str) -> Answer:
        sent = body if isinstance(body, bytes) else json.encode(body)
        given = {"Authorization": f"Bearer {self.cast.token}"} | headers
        return self.door.send("POST", f"/jackpots/contribute/{target}", sent, given)


@pytest.fixture
def partner(door: Door, cast: Cast) -> Partner:
    """The cast's event processor at a door; the sources of the seeds stand before the cast's jackpot."""
    for source_id in ("casino-sitewide", "deposit", "egyptian-games", "provider-game-code"):
        cast.house.source_for(cast.instance, source_id=source_id)
    return Partner(door, cast)
