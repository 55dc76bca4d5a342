"""Sample messages at a steady rate, where no broker is: the same path, and the page says so."""

import time
from collections.abc import Sequence

from backoffice.core import clock
from integrations.kinds.base import Kind, SampleRequest
from integrations.wire.connections import ReplayConnection
from integrations.wire.raw import RawMessage

TOPIC = "replay"


class ReplayTransport:
    """Makes the messages itself, numbered from the position on."""

    def __init__(self, kind: Kind, connection: ReplayConnection, settings: dict[str, object], series: str) -> None:
        self._kind = kind
        self._connection = connection
        self._settings = settings
        self._series = series
        self._offset = 0
        self._due_at = 0.0
        self._is_finished = False

    @property
    def is_finished(self) -> bool:
        """Whether the samples of a file are used up."""
        return self._is_finished

    def open(self, next_offset: int) -> None:
        """Start at the position."""
        self._offset = next_offset
        self._due_at = time.monotonic()

    def receive(self, limit: int, wait_seconds: float) -> list[RawMessage]:
        """The messages that are due by the rate; what was missed is not made up for beyond one batch."""
        if self._is_finished:
            time.sleep(wait_seconds)
            return []
        rate = self._connection.per_second
        pause = self._due_at + 1 / rate - time.monotonic()
        if pause > 0:
            time.sleep(min(pause, wait_seconds))
        due = min(int((time.monotonic() - self._due_at) * rate), limit, max(rate, 1))
        if due <= 0:
            return []
        self._due_at = max(self._due_at + due / rate, time.monotonic() - 1)
        return self._made(due)

    def acknowledge(self, messages: Sequence[RawMessage]) -> None:
        """Nothing to tell; the position is in the database."""

    def lag(self) -> int | None:
        """Samples never wait."""
        return None

    def close(self) -> None:
        """Nothing to close."""

    def _made(self, count: int) -> list[RawMessage]:
        request = SampleRequest(
            name=self._connection.sample,
            series=self._series,
            settings=self._settings,
            offset=self._offset,
            count=count,
            instant=clock.now(),
            player_count=self._connection.player_count,
        )
        made = [
            RawMessage(
                body=sample.body,
                topic=sample.topic or TOPIC,
                offset=str(self._offset + index),
                type=sample.type,
                # A kind that reads topics knows its messages by their numbers, and so do we.
                is_positioned=bool(sample.topic),
            )
            for index, sample in enumerate(self._kind.samples(request))
        ]
        self._offset += len(made)
        self._is_finished = len(made) < count
        return made
