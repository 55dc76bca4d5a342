"""One HTTP exchange of the lane, by hand: the few headers that matter, the body under its cap, the answer."""

import itertools
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from backoffice.api.errors import PROBLEM, RETRY_AFTER_SECONDS, error_body, problem_body
from backoffice.core import json
from backoffice.core.errors import Refusal
from jackpots.edge.http import ANSWER, Answer
from jackpots.wire.contribution import MAX_BODY_BYTES, too_large

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LONGEST_REQUEST_ID: Final = 128

_JSON: Final = (b"content-type", b"application/json")
_PROBLEM: Final = (b"content-type", PROBLEM.encode())
_NO_SNIFF: Final = (b"x-content-type-options", b"nosniff")
_REPLAY: Final = (b"idempotent-replay", b"true")
_CHALLENGE: Final = (b"www-authenticate", b'Bearer realm="potluck"')
_RETRY: Final = (b"retry-after", str(RETRY_AFTER_SECONDS).encode())

# An id that is not of these could break the head that it is sent back in; the server says no to that.
_PLAIN_ID: Final = re.compile(rb"[!-~]+")

_process = secrets.token_hex(6)
_numbers = itertools.count(1)


class GoneError(Exception):
    """The client went away before it had sent its body."""


class Exchange:
    """What was asked, read once, and how to answer it."""

    __slots__ = ("_accept", "_answer", "_length", "_receive", "_send", "authorization", "method", "path", "request_id")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self.path: str = scope["path"]
        self.method: str = scope["method"]
        self.authorization = b""
        self.request_id = b""
        self._accept = b""
        self._length = b""
        for name, value in scope["headers"]:
            if name == b"authorization":
                self.authorization = value
            elif name == b"content-length":
                self._length = value
            elif name == b"x-request-id":
                self.request_id = value[:LONGEST_REQUEST_ID]
            elif name == b"accept":
                self._accept = value
        offered = scope.get("extensions")
        self._answer: Answer | None = offered[ANSWER]["answer"] if offered and ANSWER in offered else None
        if self.request_id and not _PLAIN_ID.fullmatch(self.request_id):
            self._answer = None
        if not self.request_id:
            self.request_id = f"{_process}-{next(_numbers):x}".encode()

    @property
    def token(self) -> str:
        """What stands after Bearer, or nothing."""
        scheme, _, token = self.authorization.partition(b" ")
        return token.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""

    async def body(self, limit: int = MAX_BODY_BYTES) -> bytes:
        """The whole body. Refusal(PAYLOAD_TOO_LARGE) as soon as it is known to be over the limit."""
        if len(self._length) > 9 or (self._length and int(self._length) > limit):
            raise too_large(limit)
        message = await self._receive()
        body: bytes = message.get("body", b"")
        if message.get("more_body"):
            parts, size = [body], len(body)
            while message.get("more_body"):
                message = await self._receive()
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > limit:
                    raise too_large(limit)
            body = b"".join(parts)
        if message["type"] == "http.disconnect":
            raise GoneError
        return body

    async def answer(self, body: bytes, *, status: int = 200, is_replay: bool = False) -> None:
        """A body of JSON."""
        headers = [_JSON, _NO_SNIFF, (b"x-request-id", self.request_id)]
        if is_replay:
            headers.append(_REPLAY)
        await self._respond(status, headers, body)

    async def refuse(self, refusal: Refusal) -> None:
        """The refusal, in the form that was asked for."""
        asked_for_problem = _PROBLEM[1] in self._accept
        headers = [_PROBLEM if asked_for_problem else _JSON, _NO_SNIFF, (b"x-request-id", self.request_id)]
        if refusal.code == "UNAUTHORIZED":
            headers.append(_CHALLENGE)
        if refusal.code == "TOO_MANY_REQUESTS":
            headers.append(_RETRY)
        if refusal.status_code == 405:
            headers.append((b"allow", b"POST, OPTIONS" if self.path.startswith("/jackpots/") else b"GET"))
        body = problem_body(refusal, instance=self.path) if asked_for_problem else error_body(refusal)
        await self._respond(refusal.status_code, headers, json.encode(body))

    async def _respond(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        headers.append((b"content-length", b"%d" % len(body)))
        if self.method != "HEAD" and self._answer is not None and self._answer(status, headers, body):
            return
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})
