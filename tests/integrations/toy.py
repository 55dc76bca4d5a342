"""A kind of integration made for tests of Kafka: each message is a number, its effect a row.

`python -m tests.integrations.toy` runs the feeds of a worker, with this kind, until SIGTERM.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec
from django.db import connection

from backoffice.core.bulk import copy_rows
from integrations.kinds.base import Kind, Sample, SampleRequest, SettingsForm, Topic
from integrations.kinds.registry import kinds
from integrations.operations.settle_messages import Feed
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.outcomes import Outcome
from integrations.wire.raw import RawMessage

TABLE = "toy_effect"
POISON = 66_600_000
_CREATE = f"""
    CREATE TABLE IF NOT EXISTS {TABLE} (
        id bigserial PRIMARY KEY, number int NOT NULL, key text, topic text NOT NULL, partition int NOT NULL,
        place text NOT NULL, sent_at_ms bigint, process int NOT NULL)
"""


class ToyDecoder:
    """Takes whole numbers; `x` is a fault."""

    def decode(self, raw: RawMessage) -> Decoded | Fault:
        """The number."""
        if not raw.body.isdigit():
            return Fault("NO_NUMBER", f"{raw.body!r} is no number.")
        filtered = "SKIPPED" if raw.type == "skip" else None
        return Decoded(key="", variant="", digest=b"", content=(int(raw.body), raw), filtered=filtered)


def take(feed: Feed, readings: Sequence[Decoded]) -> list[Outcome]:
    """A row for each number, in their order."""
    rows = []
    for reading in readings:
        number, raw = reading.content
        if number == POISON:
            raise ValueError("this one cannot be digested")
        rows.append((number, raw.key, raw.topic, raw.partition, raw.offset, raw.sent_at_ms, os.getpid()))
    copy_rows(TABLE, ("number", "key", "topic", "partition", "place", "sent_at_ms", "process"), rows)
    return [Outcome("used", "TAKEN")] * len(rows)


def _clean(settings: Any, brand_ids: Collection[str] | None) -> dict[str, Any]:
    return dict(msgspec.convert(settings, dict[str, Any]))


def _topics(settings: dict[str, Any]) -> tuple[Topic, ...]:
    return tuple(Topic(name, f"stream{number}", word) for number, (name, word) in enumerate(settings["topics"].items()))


def _samples(request: SampleRequest) -> Iterator[Sample]:
    for number in range(request.offset, request.offset + request.count):
        yield Sample(None, b"x" if number == 3 else str(number).encode(), topic=f"toy.{number % 2}")


KIND = Kind(
    slug="toy",
    title="Toy",
    summary="Numbers.",
    transports=("kafka", "replay"),
    form=SettingsForm,
    clean=_clean,
    decoder=lambda _: ToyDecoder(),
    describe=lambda settings: [("Topics", ", ".join(settings["topics"]))],
    brands=lambda _: frozenset({"thrilltech:brand1"}),
    effect="tests.integrations.toy.take",
    samples=_samples,
    sample_names=(("generated", "Numbers"),),
    catalogue=(),
    topics=_topics,
)


def register() -> None:
    """The kind, and the table of its effects."""
    kinds()[KIND.slug] = KIND
    with connection.cursor() as cursor:
        cursor.execute(_CREATE)


def forget() -> None:
    """As before."""
    kinds().pop(KIND.slug, None)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def rows(columns: str) -> list[tuple[Any, ...]]:
    """The effects, in the order in which they were written within each transaction and partition."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {TABLE} ORDER BY id")
        return cursor.fetchall()


def main() -> None:
    """A worker's feeds, without the worker."""
    import signal

    import django

    django.setup()
    from integrations.feeds.supervisor import Supervisor

    kinds()[KIND.slug] = KIND
    supervisor = Supervisor(poll_seconds=0.2)
    signal.signal(signal.SIGTERM, lambda *_: supervisor.stop())
    supervisor.run()


if __name__ == "__main__":
    # Not as __main__: the effect is found by its name.
    from tests.integrations.toy import main as run

    run()
