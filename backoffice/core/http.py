"""The one outbound HTTP client.

https only, to public addresses only (judged at the moment of connecting, so that no name can turn private between a
check and its use), no redirects, no proxies of the environment, 15 seconds for everything, 64 KiB of an answer.
Hosts in OUTBOUND_ALLOWED_HOSTS (`name` or `name:port`) are excepted: they may be private, and spoken to without TLS.
"""

import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, Literal

import httpcore2
import httpx2
import stamina
from django.conf import settings

from backoffice.core.addresses import is_public

DEADLINE_SECONDS: Final = 15.0
MAX_BYTES: Final = 65_536
PORTS: Final = frozenset({443, 8443})

OutboundCode = Literal["refused", "unreachable", "timeout", "broken"]
Resolver = Callable[[str, int], list[str]]
_deadline: ContextVar[float] = ContextVar("deadline")


class OutboundError(Exception):
    """No answer. `code`: "refused" by our own rules (nothing was sent), "unreachable" (nothing was sent), "timeout" and
    "broken" (whether the other side acted is not known)."""

    def __init__(self, code: OutboundCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code: OutboundCode = code
        self.detail = detail


@dataclass(frozen=True)
class Answer:
    """What came back. `is_cut` says that there was more than MAX_BYTES of it. Redirects are answers like any other."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool
    seconds: float


def resolve(host: str, port: int) -> list[str]:
    """The host's addresses, by the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _RefusedAddressError(Exception):
    """A name leads to an address that is not public."""


def _remaining() -> float:
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the deadline has passed")
    return left


class _TimedStream(httpcore2.NetworkStream):
    """A stream whose every act ends at the request's deadline."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, min(timeout or DEADLINE_SECONDS, _remaining()))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, min(timeout or DEADLINE_SECONDS, _remaining()))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = min(timeout or DEADLINE_SECONDS, _remaining())
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _GuardedBackend(httpcore2.NetworkBackend):
    """Connects to the addresses that it has judged, and to no others."""

    def __init__(self, resolver: Resolver, allowed_hosts: Collection[str]) -> None:
        self._resolver = resolver
        self._allowed = allowed_hosts
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = self._resolve_in_time(host, port)
        if not _is_allowed(host, port, self._allowed):
            private = [address for address in addresses if not is_public(address.partition("%")[0])]
            if private:
                raise _RefusedAddressError(f"{host} leads to {private[0]}")
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                left = min(timeout or DEADLINE_SECONDS, _remaining())
                return _TimedStream(self._backend.connect_tcp(address, port, left, local_address, socket_options or []))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    def _resolve_in_time(self, host: str, port: int) -> list[str]:
        # The system's resolver knows no deadline.
        answers: SimpleQueue[list[str] | OSError | UnicodeError] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolver(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        Thread(target=ask, name="resolver", daemon=True).start()
        try:
            answer = answers.get(timeout=_remaining())
        except Empty:
            raise httpcore2.ConnectTimeout(f"{host} was not resolved in time") from None
        if isinstance(answer, Exception):
            raise httpcore2.ConnectError(f"{host} cannot be resolved") from answer
        return answer


class _GuardedTransport(httpx2.HTTPTransport):
    """httpx2 lets nobody choose the network backend, so its pool is replaced by an equal one that has ours."""

    def __init__(self, resolver: Resolver, allowed_hosts: Collection[str], verify: ssl.SSLContext | bool) -> None:  # noqa: FBT001
        context = httpx2.create_ssl_context(verify=verify, trust_env=False)
        super().__init__(verify=context, trust_env=False)
        self._pool.close()
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=50,
            max_keepalive_connections=10,
            keepalive_expiry=15,
            network_backend=_GuardedBackend(resolver, allowed_hosts),
        )


class OutboundClient:
    """A pool of connections. One a process is enough: `client()`. Safe between threads."""

    def __init__(
        self,
        *,
        allowed_hosts: Collection[str] = (),
        ports: Collection[int] = PORTS,
        resolver: Resolver = resolve,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._ports = ports
        transport = _GuardedTransport(resolver, self._allowed, verify)
        self._client = httpx2.Client(
            transport=transport, trust_env=False, follow_redirects=False, timeout=DEADLINE_SECONDS
        )

    def send(
        self,
        method: str,
        url: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
        attempts: int = 1,
    ) -> Answer:
        """Send a request and read the answer; OutboundError where there is none.

        `attempts` above 1 tries again, within the same deadline, only where nothing was sent.
        """
        target = self._vetted(url)
        _deadline.set(time.monotonic() + deadline_seconds)
        for attempt in stamina.retry_context(
            on=_was_not_sent, attempts=attempts, timeout=deadline_seconds, wait_initial=0.1, wait_max=2.0
        ):
            with attempt:
                return self._send_once(method, target, content, dict(headers or {}))
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def _vetted(self, url: str) -> httpx2.URL:
        try:
            target = httpx2.URL(url)
        except (httpx2.InvalidURL, TypeError, ValueError) as error:
            raise OutboundError("refused", "that is no address") from error
        port = target.port or {"https": 443, "http": 80}.get(target.scheme, 0)
        if not target.host or target.userinfo:
            raise OutboundError("refused", "an address has a host, and no user")
        if _is_allowed(target.host, port, self._allowed) and target.scheme in {"http", "https"}:
            return target
        if target.scheme != "https":
            raise OutboundError("refused", "only https is spoken")
        if port not in self._ports:
            raise OutboundError("refused", f"port {port} is not one that we connect to")
        return target

    def _send_once(self, method: str, target: httpx2.URL, content: bytes, headers: dict[str, str]) -> Answer:
        started = time.monotonic()
        sent = {"User-Agent": "Potluck", "Accept-Encoding": "identity"} | headers
        try:
            with self._client.stream(method, target, content=content, headers=sent) as response:
                body, is_cut = _read(response)
                return Answer(response.status_code, dict(response.headers), body, is_cut, time.monotonic() - started)
        except _RefusedAddressError as error:
            raise OutboundError("refused", str(error)) from error
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise OutboundError("unreachable", str(error)) from error
        except (httpx2.TimeoutException, httpcore2.TimeoutException) as error:
            raise OutboundError("timeout", str(error)) from error
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise OutboundError("broken", str(error)) from error


def _is_allowed(host: str, port: int, allowed: Collection[str]) -> bool:
    name = host.lower()
    return name in allowed or f"{name}:{port}" in allowed


def _was_not_sent(error: Exception) -> bool:
    return isinstance(error, OutboundError) and error.code == "unreachable"


def _read(response: httpx2.Response) -> tuple[bytes, bool]:
    body = bytearray()
    for chunk in response.iter_raw(8_192):
        body += chunk
        if len(body) > MAX_BYTES:
            return bytes(body[:MAX_BYTES]), True
    return bytes(body), False


@lru_cache(maxsize=1)
def client() -> OutboundClient:
    """The process's client."""
    return OutboundClient(allowed_hosts=settings.OUTBOUND_ALLOWED_HOSTS)
