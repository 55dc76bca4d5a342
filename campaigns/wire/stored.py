"""What is known of a player as it lies in the columns of a row, and back."""

from collections.abc import Iterable
from functools import lru_cache
from struct import Struct
from typing import Final

import msgspec

from backoffice.core.json import encode
from campaigns.rules.player import Blocks, ChannelState, Choice, PlayerState, Standing

_VALUES: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_CHANNELS: Final = msgspec.json.Decoder(dict[str, ChannelState])
_TAGS: Final = msgspec.json.Decoder(dict[str, Choice])
_BLOCKS: Final = msgspec.json.Decoder(Blocks)
_encode: Final = msgspec.json.Encoder().encode

# The texts of the columns `channels`, `tags` and `blocks`.
StandingTexts = tuple[str, str, str]
# The columns `attributes` and `attribute_times`.
AttributeTexts = tuple[str | bytes, bytes]


@lru_cache(maxsize=1024)
def _times(number: int) -> Struct:
    return Struct(f">{number}q")


def read_times(names: Iterable[str], times: bytes) -> dict[str, int]:
    """When the value of each attribute is from, in epoch milliseconds; `names` in the order of the database.

    ValueError where there are not as many of the one as of the other.
    """
    return dict(zip(names, _times(len(times) >> 3).unpack(times), strict=True))


def read_state(attributes: str | bytes, times: bytes) -> PlayerState:
    """The attributes from their columns."""
    values = _VALUES.decode(attributes)
    return PlayerState(values, read_times(values, times))


def read_standing(texts: StandingTexts) -> Standing:
    """Channels, tags and blocks from their columns."""
    channels, tags, blocks = texts
    return Standing(_CHANNELS.decode(channels), _TAGS.decode(tags), _BLOCKS.decode(blocks))


def stored_standing(standing: Standing) -> StandingTexts:
    """The texts of the columns."""
    return encode(standing.channels).decode(), encode(standing.tags).decode(), encode(standing.blocks).decode()


def stored_attributes(state: PlayerState) -> tuple[bytes, bytes]:
    """What goes into `attributes` and `attribute_times`. PostgreSQL orders keys by length, then by their bytes."""
    if not state.is_sorted:
        names = sorted(state.values, key=_order)
        state.values = {name: state.values[name] for name in names}
        state.times = {name: state.times[name] for name in names}
        state.is_sorted = True
    times = state.times
    # Values that were replaced keep their place in a dictionary.
    return _encode(state.values), _times(len(times)).pack(*times.values())


@lru_cache(maxsize=4096)
def _order(name: str) -> tuple[int, bytes]:
    stored = name.encode()
    return len(stored), stored
