"""What every transport does: batches of raw messages in, an acknowledgement after the commit out."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from integrations.kinds.base import Decoder
from integrations.models import FeedStatus
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.raw import RawMessage


class TransportProblem(Exception):  # noqa: N818 - a state of the feed, shown to people
    """The broker cannot be read now. `status` and `detail` are shown; the feed tries again after `retry_seconds`."""

    def __init__(self, status: FeedStatus, detail: str, *, retry_seconds: float | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.retry_seconds = retry_seconds


class DecodedBatch(list[RawMessage]):
    """Raw messages, with what their kind made of each: decoded while the batch before was being committed."""

    def __init__(self, messages: Iterable[RawMessage], readings: list[Decoded | Fault]) -> None:
        super().__init__(messages)
        self.readings = readings

    @classmethod
    def decoded(cls, messages: Sequence[RawMessage], decoder: Decoder) -> "DecodedBatch":
        """Decodes them."""
        return cls(messages, [decoder.decode(raw) for raw in messages])

    def part(self, messages: Iterable[RawMessage]) -> "DecodedBatch":
        """Some of its messages."""
        known = {id(raw): reading for raw, reading in zip(self, self.readings, strict=True)}
        kept = list(messages)
        return DecodedBatch(kept, [known[id(raw)] for raw in kept])


class Transport(Protocol):
    """A broker's queue or topic, opened by one thread. Every method may raise TransportProblem."""

    @property
    def is_finished(self) -> bool:
        """Whether nothing will ever come again."""
        ...

    def open(self, next_offset: int) -> None:
        """Connect; what was not acknowledged comes again. `next_offset` counts the messages taken so far."""
        ...

    def receive(self, limit: int, wait_seconds: float) -> list[RawMessage]:
        """What waits, at most `limit`; an empty list when nothing came in time."""
        ...

    def acknowledge(self, messages: Sequence[RawMessage]) -> None:
        """Tell the broker that these, and all before them, are committed."""
        ...

    def lag(self) -> int | None:
        """How many messages wait at the broker, where it tells."""
        ...

    def close(self) -> None:
        """Disconnect; never raises."""
        ...
