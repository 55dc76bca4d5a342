"""ThrillDrops' external events over a real Kafka: each once by its place in the topic."""

import msgspec
import pytest

from tests.contracts.thrilldrops.shapes import EXTERNAL, event
from tests.integrations.drops import BRANDS, Book, connected
from tests.integrations.kafka_support import member
from tests.integrations.support import Feeds, counts_of, dead_reasons
from tests.invariants import assert_invariants
from tests.kafka import KafkaCluster

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.req("DRP-02", "G-23", "B-19", "B-21")
def test_events_of_the_topic_come_once(feeds: Feeds, book: Book, kafka: KafkaCluster) -> None:
    topic = kafka.create("events", partitions=2)
    settings = {"brands": BRANDS, "topic": topic}
    integration = connected(feeds, "kafka", settings=settings, connection=kafka.connection())
    kafka.produce(topic, [msgspec.json.encode(event(tag)) for tag in EXTERNAL], partition=0)
    kafka.produce(topic, [b"{", msgspec.json.encode(event("ThrillPotsWinEvent"))], partition=1)
    assert member(integration).run_until_idle() == 7
    kafka.produce(topic, [msgspec.json.encode(event("Deposit") | {"player_id": "p2"})], partition=1)
    assert member(integration).run_until_idle() == 1
    assert sorted(message.event for message in book.messages) == sorted([*EXTERNAL, "Deposit"])
    assert sorted(dead_reasons(integration)) == ["INTERNAL_EVENT", "NOT_JSON"]
    assert counts_of(integration)["APPLIED"] == 6
    assert_invariants()
