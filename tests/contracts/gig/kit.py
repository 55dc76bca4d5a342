"""Messages of GiG as Kafka hands them over, and their decoder."""

from typing import Any

import msgspec

from integrations.kinds.gig.decode import GigDecoder
from integrations.kinds.gig.settings import read_settings
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.players import PlayerMessage
from integrations.wire.raw import RawMessage

BRAND = "thrilltech:brand1"
SETTINGS: dict[str, Any] = {"brand_id": BRAND, "tenant_id": "tenant-7"}
TOPIC = "gig.customers"
AT_MS = 1_696_723_200_123


def record(body: Any, **changes: Any) -> RawMessage:
    """A record of the topic."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    values: dict[str, Any] = {
        "body": content, "topic": TOPIC, "partition": 3, "offset": "12", "is_positioned": True,
        "sent_at_ms": 1_700_000_000_000,
    }  # fmt: skip
    return RawMessage(**(values | changes))


def event(name: str = "Customer Balance", value: Any = None, **changes: Any) -> dict[str, Any]:
    """A message in the shape that is the default; a change to None takes the member away."""
    body = {"event": name, "player_id": "c-42", "timestamp": AT_MS, "value": {} if value is None else value}
    return {key: member for key, member in (body | changes).items() if member is not None}


def decode(body: Any, settings: dict[str, Any] | None = None, **changes: Any) -> Any:
    """What the decoder makes of it."""
    return GigDecoder(read_settings(SETTINGS | (settings or {}))).decode(record(body, **changes))


def message(body: Any, settings: dict[str, Any] | None = None, **changes: Any) -> PlayerMessage:
    """The message; it must be one."""
    reading = decode(body, settings, **changes)
    assert isinstance(reading, Decoded), reading
    content: PlayerMessage = reading.content
    return content


def fault(body: Any, settings: dict[str, Any] | None = None, **changes: Any) -> Fault:
    """The fault; it must be one."""
    reading = decode(body, settings, **changes)
    assert isinstance(reading, Fault), reading
    return reading
