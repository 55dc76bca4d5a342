"""uvicorn's HTTP with one write for each answer: head and body by themselves are two calls of the system, and each
wakes the client.

An application that has an answer whole can hand it over by the ASGI extension `potluck.answer`: what the server makes
of two messages costs as much as decoding the request and encoding the answer.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

ANSWER: Final = "potluck.answer"
Headers = Iterable[tuple[bytes, bytes]]
Answer = Callable[[int, Headers, bytes], bool]
"""(status, headers in lower case with the content's length, body) -> whether it was sent; if not, send() does it. The
headers are the application's own: nothing looks whether they can stand in a head."""


class OneWrite:
    """A transport that writes all that comes within one turn of the loop at once."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self.transport = transport
        self.is_closing = transport.is_closing
        self._loop = loop
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)

    def write(self, data: bytes) -> None:
        """Write soon, behind what was written before."""
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)

    def write_now(self, data: bytes) -> None:
        """Write what is whole."""
        if self._parts:
            self._parts.append(data)
            self.flush()
        else:
            self.transport.write(data)

    def flush(self) -> None:
        """Write now."""
        if self._parts:
            data = b"".join(self._parts)
            self._parts.clear()
            self.transport.write(data)

    def close(self) -> None:
        """Close behind what was written."""
        self.flush()
        self.transport.close()


class OneWriteProtocol(HttpToolsProtocol):
    """For `uvicorn --http jackpots.edge.http:OneWriteProtocol`. Sockets get the transport as it is."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected."""
        super().connection_made(cast("asyncio.Transport", OneWrite(transport, self.loop)))

    def on_headers_complete(self) -> None:
        """A request has begun; its task runs after this."""
        super().on_headers_complete()
        # A socket's request has none.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None and cycle.scope is self.scope:
            cast("dict[str, Any]", self.scope)["extensions"] = {ANSWER: {"answer": partial(answer_whole, cycle)}}

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over."""
        gathering = cast("OneWrite", self.transport)
        gathering.flush()
        self.transport = gathering.transport
        super().handle_websocket_upgrade()


def answer_whole(cycle: RequestResponseCycle, status: int, headers: Headers, body: bytes) -> bool:
    """An Answer: one that ends there and then, on a connection that goes on."""
    if cycle.response_started or cycle.disconnected or cycle.flow.write_paused or not cycle.keep_alive:
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    head = [b"%b: %b\r\n" % header for header in (*cycle.default_headers, *headers)]
    cast("OneWrite", cycle.transport).write_now(b"".join([STATUS_LINE[status], *head, b"\r\n", body]))
    cycle.message_event.set()
    cycle.on_response()
    return True
