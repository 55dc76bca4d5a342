"""What is known of a player, as the rules see it."""

from typing import Final

import msgspec

SYSTEM_ATTRIBUTES: Final = ("first_name", "last_name", "email", "mobile_number")

# A value as its JSON text, and when it is from; text that was not looked into costs nothing to carry.
Value = msgspec.Raw
Choice = tuple[bool, int]


class ChannelState(msgspec.Struct, omit_defaults=True):
    """What a player has said of a channel, in epoch milliseconds, 0 for never.

    `on` is the latest yes, in words or by a preference that is true, `anyway` the same through an integration that
    does not heed blocks, `off` the latest no. `status` follows from these and the blocks; None while nothing is known.
    """

    status: bool | None = None
    on: int = 0
    anyway: int = 0
    off: int = 0
    preferences: dict[str, Choice] = {}


class Blocks(msgspec.Struct, omit_defaults=True):
    """The latest block in epoch milliseconds, 0 for none, and when it was lifted after that, in order."""

    on: int = 0
    offs: list[int] = []

    @property
    def is_blocked(self) -> bool:
        """Whether the player is blocked now."""
        return bool(self.on) and not self.offs

    @property
    def heard_from(self) -> int | None:
        """The instant from which a yes of the player counts; None while the player is blocked."""
        if not self.on:
            return 0
        return self.offs[0] if self.offs else None


class Standing(msgspec.Struct):
    """What a player agreed to and is called, and whether messages are forbidden; `is_moved` once any of it changed."""

    channels: dict[str, ChannelState]
    tags: dict[str, Choice]
    blocks: Blocks
    is_moved: bool = False


class PlayerState(msgspec.Struct):
    """What is known of a player by attributes; `times` has the keys of `values`, in the same order.

    `is_sorted` while the keys lie as they were read.
    """

    values: dict[str, Value]
    times: dict[str, int]
    is_sorted: bool = True
