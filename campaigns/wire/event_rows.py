"""Rows of events in the binary form of PostgreSQL's COPY."""

from datetime import datetime
from struct import Struct, pack
from typing import Final
from uuid import UUID

from backoffice.core.arrays import EPOCH_MS

# Those that all rows of a kind share come first.
COLUMNS: Final = (
    "operator_id", "integration_id", "received_at", "brand_id", "event", "topic", "profile_id", "happened_at", "origin",
    "properties", "changes",
)  # fmt: skip
_WITH_PROFILE: Final = Struct(">iqiqi")
_WITHOUT_PROFILE: Final = Struct(">iiqi")
_JSON: Final = Struct(">ib")
_NULL: Final = pack(">i", -1)
_JSON_VERSION: Final = 1


def shared_part(
    operator_id: str, integration_id: UUID, received_at: datetime, *, brand_id: str, event: str, topic: str
) -> bytes:
    """What begins each row of an event."""
    microseconds = round(received_at.timestamp() * 1_000_000) - EPOCH_MS * 1_000
    fields = (
        operator_id.encode(), integration_id.bytes, pack(">q", microseconds), brand_id.encode(), event.encode(),
        topic.encode(),
    )  # fmt: skip
    return pack(">h", len(COLUMNS)) + b"".join(pack(">i", len(field)) + field for field in fields)


def event_row(
    shared: bytes, profile_id: int | None, happened_at_ms: int, *, origin: bytes, properties: bytes, changes: bytes
) -> bytes:
    """One row; `changes` empty for none."""
    happened_at = (happened_at_ms - EPOCH_MS) * 1_000
    size = len(origin)
    if profile_id is None:
        start = _WITHOUT_PROFILE.pack(-1, 8, happened_at, size)
    else:
        start = _WITH_PROFILE.pack(8, profile_id, 8, happened_at, size)
    end = _JSON.pack(len(changes) + 1, _JSON_VERSION) + changes if changes else _NULL
    return b"".join((shared, start, origin, _JSON.pack(len(properties) + 1, _JSON_VERSION), properties, end))
