"""Who a message is, where its position in the broker does not say so (rule B-21)."""

import hashlib
from decimal import Decimal
from typing import Any, Final

from integrations.wire.raw import RawMessage

MOST_CHARACTERS: Final = 128
_MEMBERS: Final = ("event_id", "message_id")
_HEADER: Final = "idempotency-key"


def identity_of(raw: RawMessage, body: dict[str, Any]) -> tuple[str, bytes]:
    """The message's key and the digest of what it says; both empty where its position is enough.

    The key is the id that was sent, else the digest: SHA-256 over the normalised body, so that neither the order of
    members, nor white space, nor how a number was written makes another message.
    """
    if raw.is_positioned:
        return "", b""
    digest = hashlib.sha256(repr(_normalised(body)).encode("utf-8", "backslashreplace")).digest()
    return _sent_id(raw, body) or digest.hex(), digest


def _sent_id(raw: RawMessage, body: dict[str, Any]) -> str:
    headers = [value for name, value in raw.headers.items() if name.casefold() == _HEADER]
    for value in (*(body.get(name) for name in _MEMBERS), *headers):
        text = f"{value:f}" if isinstance(value, Decimal) and abs(value.adjusted()) <= MOST_CHARACTERS else value
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        if isinstance(text, str) and 0 < len(text.strip()) <= MOST_CHARACTERS and "\0" not in text:
            return text.strip()
    return ""


def _normalised(value: Any) -> Any:
    if isinstance(value, dict):
        return "object", sorted((key, _normalised(member)) for key, member in value.items())
    if isinstance(value, list):
        return "list", [_normalised(member) for member in value]
    if isinstance(value, Decimal):
        return "number", value.as_integer_ratio()
    return type(value).__name__, value
