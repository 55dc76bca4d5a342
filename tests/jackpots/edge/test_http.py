"""One write for each answer, behind a real server."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from jackpots.edge.http import ANSWER, OneWrite, OneWriteProtocol


async def echo(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        message = await receive()
        body = message["body"]
        while message["more_body"]:
            message = await receive()
            body += message["body"]
        headers = [(b"content-length", b"%d" % len(body))]
        if scope["path"] == "/whole" and scope["extensions"][ANSWER]["answer"](200, headers, body):
            return
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def port() -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(echo, http=OneWriteProtocol, lifespan="off", log_level="warning"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    yield int(listener.getsockname()[1])
    server.should_exit = True
    thread.join(timeout=20)
    assert not thread.is_alive()


def post(body: bytes, *headers: str, method: str = "POST", path: str = "/") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.mark.parametrize("path", ["/", "/whole"])
def test_each_answer_comes_whole_and_in_order(port: int, path: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        for body in (b"one", b"", b"x" * 2_000_000):
            client.sendall(post(body, path=path))
            read = b""
            while not read.endswith(b"\r\n\r\n" + body):
                part = client.recv(65_536)
                assert part, read[-100:]
                read += part
            assert read.startswith(b"HTTP/1.1 200")
        client.sendall(post(b"1", path=path) + post(b"2", path=path) + post(b"3", "Connection: close", path=path))
        read = b""
        while part := client.recv(65_536):
            read += part
    assert [answer[-1:] for answer in read.split(b"HTTP/1.1 200 OK")[1:]] == [b"1", b"2", b"3"]


def test_what_is_no_http_is_told_so_before_the_connection_is_closed(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(b"no http at all\r\n\r\n")
        read = b""
        while part := client.recv(65_536):
            read += part
    assert read.startswith(b"HTTP/1.1 400")


def test_a_turn_of_the_loop_is_one_write() -> None:
    written: list[bytes] = []

    class Transport:
        def write(self, data: bytes) -> None:
            written.append(data)

        def close(self) -> None:
            written.append(b"closed")

        def is_closing(self) -> bool:
            return False

    async def two_turns() -> None:
        transport = OneWrite(Transport(), asyncio.get_running_loop())  # type: ignore[arg-type]
        transport.write(b"head")
        transport.write(b"body")
        assert written == []
        await asyncio.sleep(0)
        transport.write(b"last")
        transport.close()

    asyncio.run(two_turns())
    assert written == [b"headbody", b"last", b"closed"]
