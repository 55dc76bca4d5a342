"""A message as a broker delivered it, before anybody looked inside."""

import hashlib
from typing import Any

import msgspec


class RawMessage(msgspec.Struct, frozen=True, kw_only=True):
    """`offset` identifies the message in its topic: the broker's own number, or the digest where it gives none.

    `tag` is what the transport acknowledges by. `headers` holds what else came along, for people to read.
    """

    body: bytes
    topic: str
    partition: int = 0
    offset: str
    type: str | None = None
    headers: dict[str, Any] = {}
    tag: int = 0


def digest_of(body: bytes, message_type: str | None) -> bytes:
    """SHA-256 over the type and the bytes, which tells one message from another."""
    return hashlib.sha256((message_type or "").encode() + b"\0" + body).digest()
