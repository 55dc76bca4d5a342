"""What became of a message, and of a batch of them."""

from collections.abc import Sequence
from typing import Final, Literal, Protocol

import msgspec

from integrations.wire.decoded import Decoded, Fault
from integrations.wire.raw import RawMessage

Bucket = Literal["used", "filtered", "refused", "dead"]
BUCKETS: Final[tuple[Bucket, ...]] = ("used", "filtered", "refused", "dead")

DUPLICATE: Final = "DUPLICATE"
CONFLICT: Final = "CONFLICT"
PROCESSING_FAILED: Final = "PROCESSING_FAILED"


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """One bucket, one code. `is_unsupported` marks what is stored though nothing was wrong with it."""

    bucket: Bucket
    code: str
    detail: str = ""
    is_unsupported: bool = False

    @property
    def is_invalid(self) -> bool:
        """Whether it counts for the breaker: refusals of the business and unsupported types do not."""
        return self.bucket == "dead" and not self.is_unsupported


class Item(msgspec.Struct, frozen=True, gc=False):
    """A raw message and what its kind made of it."""

    raw: RawMessage
    reading: Decoded | Fault


class Judge(Protocol):
    """Decides after each batch whether the feed may go on."""

    def trips_at(self, outcomes: Sequence[Outcome]) -> int | None:
        """The index of the outcome at which the feed must stop, or None; remembers nothing."""
        ...
