"""What ingest_kafka reads: a mix of IGT's Command, in topics of its own."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from integrations.kinds.base import SampleRequest
from integrations.kinds.registry import kind_of

KIND = "igtl"
BRAND = "thrilltech:brand1"
PARTITIONS = 6
PLAYERS = 10_000
SECONDS = 60.0
FIRST = datetime(2026, 1, 2, 8, 27, 58, tzinfo=UTC)


def settings_for(topic: str) -> dict[str, Any]:
    """An integration that reads the topic as Command's, and three more in which nothing is."""
    return {
        "brand_id": BRAND, "is_command_connected": True, "command_topic": topic, "pdp_topic": f"{topic}.pdp",
        "edraw_topic": f"{topic}.edraw", "second_chance_topic": f"{topic}.links",
    }  # fmt: skip


def create_topics(topic: str) -> None:
    """All four. Partitions are shared out by their number, whatever is in them: the three that stay empty have one."""
    admin = AdminClient(_client())
    settings = settings_for(topic)
    empty = [settings[name] for name in ("pdp_topic", "edraw_topic", "second_chance_topic")]
    topics = [NewTopic(topic, PARTITIONS, 1), *(NewTopic(name, 1, 1) for name in empty)]
    made: dict[str, Future[None]] = admin.create_topics(topics)
    for one in made.values():
        one.result(SECONDS)


def produce(topic: str, count: int, offset: int = 0) -> None:
    """So many messages by the players' ids, later ones the greater the offset."""
    producer = Producer(_client() | {"linger.ms": 20, "enable.idempotence": True})
    for key, body in _messages(topic, count, offset):
        while True:
            try:
                producer.produce(topic, body, key=key)
                break
            except BufferError:
                producer.poll(0.1)
    if producer.flush(SECONDS):
        raise RuntimeError("the broker did not take all messages")


def _messages(topic: str, count: int, offset: int) -> Iterator[tuple[str, bytes]]:
    request = SampleRequest(
        name="generated", series="bench", settings=settings_for(topic), offset=offset, count=count * 2, instant=FIRST,
        player_count=PLAYERS,
    )  # fmt: skip
    left = count
    for number, sample in enumerate(kind_of(KIND).samples(request)):
        if sample.type != "Command":
            continue
        body = json.loads(sample.body)
        # As Command's are by default: four members, and an instant for each.
        body.pop("event_id")
        body["timestamp"] += (offset + number) * 10
        yield body["player_id"], json.dumps(body, separators=(",", ":")).encode()
        left -= 1
        if not left:
            return
    raise RuntimeError("too few of the samples are Command's")


def _client() -> dict[str, Any]:
    return {"bootstrap.servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"], "log_level": 0}
