"""A message as a broker delivered it, before anybody looked inside."""

import hashlib
from typing import Any

import msgspec


class RawMessage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`offset` identifies the message in its topic: the broker's own number, or the digest where it gives none.

    `tag` is what the transport acknowledges by. `headers` holds what else came along, for people to read. `key` is the
    broker's own, `sent_at_ms` when the broker took the message. With `is_positioned` the offset is a number that the
    broker never gives twice: the position alone keeps the message from having its effect again (rule B-21). Where the
    broker's numbers began anew, for the n-th time, `+n` follows it. With `is_ours` it was told by this
    installation itself; nothing that a partner sends can have that.
    """

    body: bytes
    topic: str
    partition: int = 0
    offset: str
    type: str | None = None
    headers: dict[str, Any] = {}
    tag: int = 0
    key: str | None = None
    sent_at_ms: int | None = None
    is_positioned: bool = False
    is_ours: bool = False

    @property
    def origin(self) -> str:
        """Where it was read, as people are told."""
        return f"{self.topic}/{self.partition}/{self.offset}"


def digest_of(body: bytes, message_type: str | None) -> bytes:
    """SHA-256 over the type and the bytes, which tells one message from another."""
    return hashlib.sha256((message_type or "").encode() + b"\0" + body).digest()


def number_of(offset: str) -> int:
    """The broker's number in the offset of a positioned message."""
    return int(offset.partition("+")[0])
