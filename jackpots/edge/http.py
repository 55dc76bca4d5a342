"""uvicorn's HTTP with one write for each answer: head and body by themselves are two calls of the system, and each
wakes the client."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


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

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over."""
        gathering = cast("OneWrite", self.transport)
        gathering.flush()
        self.transport = gathering.transport
        super().handle_websocket_upgrade()
