"""The outbound client: where it goes, how long it waits, how much it reads."""

import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpcore2
import httpx2
import pytest

from backoffice.core import http
from backoffice.core.addresses import is_public
from backoffice.core.http import MAX_BYTES, OutboundClient, OutboundError

Talk = Callable[[socket.socket], None]


class Listener:
    """A server of one behaviour on a port of its own; counts who came."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.visits = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            self.visits += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65_536)
                self.talk(connection)
            except OSError:
                return


@contextmanager
def listening(talk: Talk) -> Iterator[Listener]:
    listener = Listener(talk)
    try:
        yield listener
    finally:
        listener.server.close()


def say(text: bytes) -> Talk:
    return lambda connection: connection.sendall(text)


OK = say(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello")

# Ways to write an address that is not the public Internet's.
HOSTS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0",
    "0.0.0.0",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "127.255.255.254",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.255.255",
    "169.254.0.1",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "100.64.0.1",
    "100.127.255.255",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:10.0.0.1]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001::1]",
    "[2001:0:7f00:1::]",
    "[2001:db8::1]",
    "[2001:10::1]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[100::1]",
    "[3fff::1]",
    "[5f00::1]",
]


@pytest.mark.req("B-31")
def test_no_way_of_writing_a_private_address_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(HOSTS) >= 60
    connected: list[tuple[str, int]] = []
    real = httpcore2.SyncBackend.connect_tcp

    def noted(backend: httpcore2.SyncBackend, host: str, port: int, *rest: object) -> httpcore2.NetworkStream:
        connected.append((host, port))
        return real(backend, host, port, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", noted)
    with listening(OK) as trap:
        client = OutboundClient(ports={trap.port})
        for host in HOSTS:
            with pytest.raises(OutboundError) as refused:
                client.send("POST", f"https://{host}:{trap.port}/hook", deadline_seconds=5)
            assert refused.value.code in {"refused", "unreachable"}, host
        assert (connected, trap.visits) == ([], 0)
        # The trap does catch: the same client with the host allowed gets there.
        assert OutboundClient(allowed_hosts=["127.0.0.1"]).send("GET", f"http://127.0.0.1:{trap.port}/").status == 200
        assert (len(connected), trap.visits) == (1, 1)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"],
)
def test_the_public_internet_is_open(address: str) -> None:
    assert is_public(address)


def test_a_name_is_judged_by_the_address_that_is_connected_to() -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["93.184.216.34", "10.0.0.1"]])
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return next(answers)

    client = OutboundClient(resolver=rebinding)
    next(answers)  # what somebody looked up before is worth nothing
    for _ in range(2):
        with pytest.raises(OutboundError) as refused:
            client.send("POST", "https://partner.example/hook")
        assert refused.value.code == "refused"
    assert asked == [("partner.example", 443)] * 2, "each connection asks once, and connects to what it judged"


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/",
        "https://partner.example:22/",
        "https://partner.example:80/",
        "https://user:secret@partner.example/",
        "https://user@partner.example/",
        "ftp://partner.example/",
        "file:///etc/passwd",
        "gopher://partner.example/",
        "//partner.example/",
        "https://",
        "https:///path",
        "not an address",
        "https://par\ttner.example/",
        "",
    ],
)
def test_an_address_of_another_form_is_refused_before_anything_is_looked_up(url: str) -> None:
    def resolver(_host: str, _port: int) -> list[str]:
        raise AssertionError("looked up")

    with pytest.raises(OutboundError) as refused:
        OutboundClient(resolver=resolver).send("GET", url)
    assert refused.value.code == "refused"


def allowed(listener: Listener) -> tuple[OutboundClient, str]:
    return OutboundClient(allowed_hosts=[f"127.0.0.1:{listener.port}"]), f"http://127.0.0.1:{listener.port}/"


def test_an_answer_comes_back_whole() -> None:
    with listening(OK) as listener:
        client, url = allowed(listener)
        answer = client.send("POST", url, content=b"{}", headers={"Content-Type": "application/json"})
    assert (answer.status, answer.body, answer.headers["x-a"], answer.is_cut) == (200, b"hello", "b", False)


def test_an_allowed_port_opens_no_other() -> None:
    with listening(OK) as listener:
        client, _ = allowed(listener)
        with pytest.raises(OutboundError) as refused:
            client.send("GET", f"http://127.0.0.1:{listener.port + 1}/")
    assert refused.value.code == "refused"


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with listening(OK) as trap:
        redirect = say(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n" % trap.port)
        with listening(redirect) as listener:
            client = OutboundClient(allowed_hosts=["127.0.0.1"])
            assert client.send("GET", f"http://127.0.0.1:{listener.port}/").status == 302
        assert trap.visits == 0


def test_an_endless_answer_is_cut() -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    with listening(flood) as listener:
        client, url = allowed(listener)
        answer = client.send("GET", url)
    assert (answer.status, len(answer.body), answer.is_cut) == (200, MAX_BYTES, True)


def drip(head: bytes) -> Talk:
    def talk(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)

    return talk


@pytest.mark.parametrize(
    "talk",
    [
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nX-A: "),
        lambda _c: time.sleep(3),
    ],
    ids=["body", "head", "silence"],
)
def test_a_server_that_is_never_silent_for_long_meets_the_deadline_all_the_same(talk: Talk) -> None:
    with listening(talk) as listener:
        client, url = allowed(listener)
        started = time.monotonic()
        with pytest.raises(OutboundError) as refused:
            client.send("GET", url, deadline_seconds=0.6)
        assert refused.value.code == "timeout"
        assert time.monotonic() - started < 2


def test_a_resolver_that_hangs_meets_the_deadline() -> None:
    may_end = threading.Event()

    def hanging(_host: str, _port: int) -> list[str]:
        may_end.wait(30)
        return ["8.8.8.8"]

    with pytest.raises(OutboundError) as refused:
        OutboundClient(resolver=hanging).send("GET", "https://partner.example/", deadline_seconds=0.3)
    may_end.set()
    assert refused.value.code == "unreachable"


def test_an_answer_that_breaks_off_is_not_an_answer() -> None:
    with listening(say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")) as listener:
        client, url = allowed(listener)
        with pytest.raises(OutboundError) as refused:
            client.send("GET", url)
    assert refused.value.code == "broken"


def test_only_what_was_not_sent_is_tried_again() -> None:
    with listening(say(b"")) as listener:
        client, url = allowed(listener)
        with pytest.raises(OutboundError) as refused:
            client.send("POST", url, attempts=3)
        assert (refused.value.code, listener.visits) == ("broken", 1)
    tries = []

    def resolver(host: str, _port: int) -> list[str]:
        tries.append(host)
        raise OSError("no such name")

    with pytest.raises(OutboundError) as unreachable:
        OutboundClient(resolver=resolver).send("POST", "https://partner.example/", attempts=3)
    assert (unreachable.value.code, len(tries)) == ("unreachable", 3)


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(OK) as proxy, listening(OK) as listener:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setitem(os.environ, name, f"http://127.0.0.1:{proxy.port}")
        client, url = allowed(listener)
        assert client.send("GET", url).status == 200
        assert (proxy.visits, listener.visits) == (0, 1)


def test_a_certificate_is_checked_against_the_name() -> None:
    with listening(OK) as listener:
        client = OutboundClient(allowed_hosts=[f"127.0.0.1:{listener.port}"])
        with pytest.raises(OutboundError) as refused:
            client.send("GET", f"https://127.0.0.1:{listener.port}/")
    assert refused.value.code in {"unreachable", "broken"}
    context = client._client._transport._pool._ssl_context  # type: ignore[attr-defined]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_the_guard_stands_where_the_library_connects() -> None:
    """The pool is an internal of httpx2: an upgrade that moves it must fail here, not in the open."""
    transport = OutboundClient()._client._transport
    assert isinstance(transport, httpx2.HTTPTransport)
    assert isinstance(transport._pool, httpcore2.ConnectionPool)
    assert isinstance(transport._pool._network_backend, http._GuardedBackend)
