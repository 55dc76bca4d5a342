"""Messages of IGT Lottery as Kafka hands them over, and their decoder."""

from typing import Any

import msgspec

from integrations.kinds.igtl.decode import IgtlDecoder
from integrations.kinds.igtl.settings import read_settings
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.players import PlayerMessage
from integrations.wire.raw import RawMessage

BRAND = "thrilltech:brand1"
SETTINGS: dict[str, Any] = {"brand_id": BRAND, "is_command_connected": True}
TOPICS = {
    "eDraw": "igtl.edraw",
    "Second Chance": "igtl.second-chance",
    "Command": "igtl.command",
    "PDP": "igtl.pdp",
}
AT_MS = 1_696_723_200_123


def record(body: Any, stream: str = "Command", **changes: Any) -> RawMessage:
    """A record of the stream's topic."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    values: dict[str, Any] = {
        "body": content, "topic": TOPICS.get(stream, stream), "partition": 3, "offset": "12", "is_positioned": True,
        "sent_at_ms": 1_700_000_000_000,
    }  # fmt: skip
    return RawMessage(**(values | changes))


def event(name: str = "player_login", value: Any = None, **changes: Any) -> dict[str, Any]:
    """A message in the shape that is the default; a change to None takes the member away."""
    body = {"event": name, "player_id": "player_00042", "timestamp": AT_MS, "value": {} if value is None else value}
    return {key: member for key, member in (body | changes).items() if member is not None}


def decode(body: Any, stream: str = "Command", settings: dict[str, Any] | None = None, **changes: Any) -> Any:
    """What the decoder makes of it."""
    return IgtlDecoder(read_settings(SETTINGS | (settings or {}))).decode(record(body, stream, **changes))


def message(
    body: Any, stream: str = "Command", settings: dict[str, Any] | None = None, **changes: Any
) -> PlayerMessage:
    """The message; it must be one."""
    reading = decode(body, stream, settings, **changes)
    assert isinstance(reading, Decoded), reading
    content: PlayerMessage = reading.content
    return content


def fault(body: Any, stream: str = "Command", settings: dict[str, Any] | None = None, **changes: Any) -> Fault:
    """The fault; it must be one."""
    reading = decode(body, stream, settings, **changes)
    assert isinstance(reading, Fault), reading
    return reading
