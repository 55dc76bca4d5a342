"""From a message of Kafka to a raw message."""

from typing import Any, Final

from confluent_kafka import Message

from integrations.wire.raw import RawMessage

MAX_HEADERS: Final = 50
MAX_TEXT: Final = 500
MAX_KEY: Final = 300
NO_TIMESTAMP: Final = 0


def raw_of(message: Message, tag: int = 0, generation: int = 0) -> RawMessage:
    """The message as every kind reads it. Where the topic was made anew its numbers came before: the offset says so."""
    headers = message.headers()
    told = _told(headers) if headers else {}
    stamp = message.timestamp()
    key = message.key()
    number = message.offset()
    return RawMessage(
        body=message.value() or b"",
        topic=message.topic() or "",
        partition=message.partition() or 0,
        offset=f"{number}+{generation}" if generation else str(number),
        type=told.pop("type", None),
        headers=told,
        tag=tag,
        key=None if key is None else _text(key)[:MAX_KEY],
        sent_at_ms=stamp[1] if stamp[0] != NO_TIMESTAMP else None,
        is_positioned=True,
    )


def _told(headers: Any) -> dict[str, Any]:
    """Headers as text, for people; the last of a name counts."""
    return {_text(name)[:MAX_TEXT]: _text(value)[:MAX_TEXT] for name, value in headers[:MAX_HEADERS]}


def _text(value: Any) -> str:
    if isinstance(value, bytes | bytearray):
        value = bytes(value).decode("utf-8", "replace")
    return "" if value is None else str(value).encode("utf-8", "replace").decode().replace("\0", "\ufffd")
