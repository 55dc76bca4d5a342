"""A player's state as it lies in the columns of a row, and back."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from struct import pack, unpack
from typing import Final

import msgspec

from backoffice.core.json import encode, json_decimal
from campaigns.rules.player import Blocks, ChannelState, Choice, PlayerState, Value

_VALUES: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_CHANNELS: Final = msgspec.json.Decoder(dict[str, ChannelState])
_TAGS: Final = msgspec.json.Decoder(dict[str, Choice])
_BLOCKS: Final = msgspec.json.Decoder(Blocks)


def read_times(names: Mapping[str, object], times: bytes) -> dict[str, int]:
    """When the value of each attribute is from, in epoch milliseconds; `names` in the order of the database.

    ValueError where there are not as many of the one as of the other.
    """
    return dict(zip(names, unpack(f">{len(times) // 8}q", times), strict=True))


def read_state(attributes: str, times: bytes, channels: str, tags: str, blocks: str) -> PlayerState:
    """The state from the texts of the columns."""
    values = _VALUES.decode(attributes)
    return PlayerState(
        values,
        read_times(values, times),
        {} if channels == "{}" else _CHANNELS.decode(channels),
        {} if tags == "{}" else _TAGS.decode(tags),
        Blocks() if blocks == "{}" else _BLOCKS.decode(blocks),
    )


def stored_attributes(state: PlayerState) -> tuple[str, bytes]:
    """What goes into `attributes` and `attribute_times`. PostgreSQL orders keys by length, then by their bytes."""
    if not state.is_sorted:
        names = sorted(state.attributes, key=_order)
        state.attributes = {name: state.attributes[name] for name in names}
        state.times = {name: state.times[name] for name in names}
        state.is_sorted = True
    times = state.times
    # Values that were replaced keep their place in a dictionary.
    return msgspec.json.encode(state.attributes).decode(), pack(f">{len(times)}q", *times.values())


@lru_cache(maxsize=4096)
def _order(name: str) -> tuple[int, bytes]:
    stored = name.encode()
    return len(stored), stored


def json_value(value: str | Decimal | bool | int) -> Value:  # noqa: FBT001 - a value of any of these
    """A value as JSON text, one text for each number: 5.0 is 5."""
    if isinstance(value, Decimal):
        return json_decimal(value)
    return msgspec.Raw(encode(value))


def plain_text(value: Value | None) -> str:
    """The text of a value that is a text; empty where there is none."""
    if value is None:
        return ""
    decoded = msgspec.json.decode(bytes(value))
    return decoded if isinstance(decoded, str) else ""
