"""Processes that share a topic join, leave, are stopped for too long and killed: every message has its effect once."""

import os
import signal
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from deploy.local.kafka import Kafka
from integrations.models import FeedMember, FeedPosition, FeedStatus, Integration
from integrations.operations.own_partitions import Member, own_partitions
from integrations.operations.report_feed import Fenced
from integrations.wire.raw import RawMessage
from tests.integrations import toy
from tests.integrations.conftest import feeds as feeds  # noqa: PLC0414 - a fixture
from tests.integrations.kafka_support import allow_toys, connected, member, numbers, reader
from tests.integrations.support import Feeds, wait_for
from tests.invariants import assert_invariants
from tests.kafka import KafkaCluster

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("G-23", "B-21")]

IS_LONG = os.environ.get("POTLUCK_LONG") == "1"
MESSAGES = 20_000 if IS_LONG else 3_000
ROUNDS = 5 if IS_LONG else 1
PARTITIONS = 6
KEYS = 60
STEPS = 10


@pytest.fixture(autouse=True)
def _toy(feeds: Feeds) -> Iterator[None]:
    allow_toys(feeds)
    yield
    toy.forget()


@dataclass
class Readers:
    """Processes by name, and the messages sent so far."""

    kafka: KafkaCluster
    topic: str
    logs: Path
    stack: ExitStack
    sent: int = 0
    running: dict[str, Popen[bytes]] = field(default_factory=dict)

    def join(self, name: str) -> Popen[bytes]:
        self.running[name] = self.stack.enter_context(reader(self.logs / f"{name}.log"))
        return self.running[name]

    def send(self, count: int) -> None:
        """Numbered messages, each key's in order."""
        many = range(self.sent, self.sent + count)
        self.kafka.produce(self.topic, [b"%d" % number for number in many], keys=[f"k{n % KEYS}" for n in many])
        self.sent += count

    def all_taken(self) -> bool:
        return len(numbers()) >= self.sent


def owners(integration: Integration) -> set[str]:
    rows = FeedPosition.objects.filter(integration=integration, status=FeedStatus.RUNNING)
    return set(rows.values_list("owner", flat=True)) - {""}


def takes_part(integration: Integration, process: Popen[bytes]) -> Callable[[], bool]:
    return lambda: any(owner.endswith(f":{process.pid}") for owner in owners(integration))


@pytest.mark.timeout(3600 if IS_LONG else 240)
def test_a_group_that_changes_all_the_time_has_every_effect_once_and_in_order(
    feeds: Feeds, kafka: KafkaCluster, tmp_path: Path
) -> None:
    topic = kafka.create("numbers", partitions=PARTITIONS)
    integration = connected(feeds, kafka, topic)
    with ExitStack() as stack:
        readers = Readers(kafka, topic, tmp_path, stack)
        for number in range(ROUNDS):
            shake(readers, integration, f"{number}", MESSAGES // ROUNDS)
    taken = numbers()
    assert len(taken) == MESSAGES
    assert sorted(taken) == list(range(MESSAGES))
    by_key: dict[str, list[int]] = defaultdict(list)
    for value, key in toy.rows("number, key"):
        by_key[key].append(value)
    assert all(values == sorted(values) for values in by_key.values())
    assert sum(FeedPosition.objects.values_list("next_offset", flat=True)) == MESSAGES
    assert_invariants()


def shake(readers: Readers, integration: Integration, name: str, messages: int) -> None:
    """Two read; one more joins, one leaves, one is stopped past its session and wakes, one is killed."""
    step = messages // STEPS
    first, second = readers.join(f"a{name}"), readers.join(f"b{name}")
    readers.send(step * 2)
    wait_for(takes_part(integration, first), 60)
    wait_for(takes_part(integration, second), 60)
    third = readers.join(f"c{name}")
    readers.send(step * 2)
    wait_for(takes_part(integration, third), 60)
    second.send_signal(signal.SIGTERM)
    readers.send(step * 2)
    second.wait(60)
    os.kill(first.pid, signal.SIGSTOP)
    readers.send(step * 2)
    wait_for(lambda: not takes_part(integration, first)(), 60)
    wait_for(readers.all_taken, 60)
    os.kill(first.pid, signal.SIGCONT)
    wait_for(takes_part(integration, first), 60)
    third.kill()
    third.wait()
    readers.send(messages - step * 8)
    wait_for(readers.all_taken, 60)
    first.send_signal(signal.SIGTERM)
    first.wait(60)
    assert not owners(integration)


def test_a_zombie_that_wakes_with_a_batch_in_hand_writes_nothing(feeds: Feeds, kafka: KafkaCluster) -> None:
    topic = kafka.create("numbers")
    integration = connected(feeds, kafka, topic)
    zombie = member(integration)
    zombie.transport.open(0)
    kafka.produce(topic, [b"%d" % number for number in range(50)])
    held: list[RawMessage] = []

    def is_held() -> bool:
        held.extend(zombie.transport.receive(100, 1))
        return len(held) == 50

    wait_for(is_held, 30)
    # The group takes its partition away from who is silent, and gives it to another.
    other = Member(integration.operator_id, integration.pk, "main", "another")
    own_partitions(other, [(topic, 0)])
    with pytest.raises(Fenced):
        zombie._take(held)
    assert numbers() == []
    assert FeedPosition.objects.get().next_offset == 0
    zombie.transport.close()
    assert FeedPosition.objects.get().owner == "another"
    assert member(integration).run_until_idle() == 50
    assert numbers() == list(range(50))
    assert_invariants()


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[Kafka]:
    """A broker of this test alone."""
    server = Kafka(tmp_path / "broker")
    server.start()
    yield server
    server.stop()


def test_a_broker_that_is_killed_is_waited_for_and_read_on(feeds: Feeds, own_kafka: Kafka, settings: Any) -> None:
    settings.FEED_LEASE_SECONDS = 2
    kafka = KafkaCluster("own-", own_kafka.url)
    topic = kafka.create("numbers", partitions=2)
    integration = connected(feeds, kafka, topic)
    stop = threading.Event()
    thread = threading.Thread(target=member(integration, stop).run, daemon=True)
    thread.start()
    try:
        kafka.produce(topic, [b"%d" % number for number in range(20)])
        wait_for(lambda: len(numbers()) == 20, 30)
        own_kafka.kill()
        wait_for(lambda: FeedMember.objects.filter(status=FeedStatus.WAITING).exists(), 30)
        own_kafka.start_again()
        kafka.produce(topic, [b"%d" % number for number in range(20, 40)])
        wait_for(lambda: len(numbers()) == 40, 60)
        wait_for(lambda: FeedMember.objects.filter(status=FeedStatus.RUNNING).exists(), 30)
    finally:
        stop.set()
        thread.join(30)
    assert sorted(numbers()) == list(range(40))
    assert_invariants()
