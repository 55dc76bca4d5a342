"""A real Kafka: positions live in the database, every message has its effect once."""

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest
from django.core.management import call_command

from integrations.feeds.replay import TOPIC
from integrations.models import DeadLetter, FeedMember, FeedMessage, FeedPosition, FeedStatus
from integrations.operations.disconnect_integration import disconnect_integration
from integrations.operations.replay_dead_letter import replay_dead_letter
from integrations.operations.restart_feed import restart_feed
from integrations.queries.feeds import feed_health
from integrations.queries.integrations import integration as integration_of
from tests.cast import SYSTEM, Cast
from tests.integrations import toy
from tests.integrations.kafka_support import allow_toys, connected, member, numbers
from tests.integrations.support import Feeds, counts_of, wait_for
from tests.invariants import assert_invariants
from tests.kafka import KafkaCluster

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("G-23", "B-21")]


@pytest.fixture(autouse=True)
def _toy(feeds: Feeds) -> Iterator[None]:
    allow_toys(feeds)
    yield
    toy.forget()


def values(*given: int) -> list[bytes]:
    return [str(number).encode() for number in given]


def test_what_waits_is_read_once_and_a_restart_goes_on(feeds: Feeds, kafka: KafkaCluster) -> None:
    topic = kafka.create("numbers", partitions=3)
    integration = connected(feeds, kafka, topic)
    kafka.produce(topic, values(*range(300)), keys=[f"k{number % 7}" for number in range(300)])
    assert member(integration).run_until_idle() == 300
    kafka.produce(topic, values(300, 301))
    assert member(integration).run_until_idle() == 2
    assert sorted(numbers()) == list(range(302))
    assert not FeedMessage.objects.exists()
    positions = FeedPosition.objects.filter(integration=integration)
    assert sum(position.next_offset for position in positions) == 302
    assert {position.owner_epoch for position in positions} == {2}
    committed = [kafka.committed(f"potluck-{integration.pk}", topic, number) for number in range(3)]
    assert sum(committed) == 302
    assert counts_of(integration) == {"TAKEN": 302}
    assert_invariants()


def test_a_message_comes_with_its_key_its_time_and_its_headers(feeds: Feeds, kafka: KafkaCluster) -> None:
    topic = kafka.create("numbers")
    integration = connected(feeds, kafka, topic)
    kafka.produce(topic, [b"1", b"x"], keys=["k1", "k2"], headers={"source": "igt"})
    kafka.produce(topic, [b"2"], headers={"type": "skip", "trace": "t"})
    member(integration).run_until_idle()
    ((key, place, sent_at_ms),) = toy.rows("key, place, sent_at_ms")
    assert (key, place) == ("k1", "0")
    assert sent_at_ms > 1_600_000_000_000
    assert counts_of(integration) == {"TAKEN": 1, "NO_NUMBER": 1, "SKIPPED": 1}
    letter = DeadLetter.objects.get()
    assert (letter.topic, letter.partition, letter.offset, letter.key) == (topic, 0, "1", "k2")
    assert letter.headers == {"type": None, "source": "igt"}
    assert letter.is_positioned
    assert letter.sent_at_ms is not None
    assert_invariants()


def test_a_dead_letter_is_replayed_once(
    feeds: Feeds, kafka: KafkaCluster, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = kafka.create("numbers", partitions=2)
    integration = connected(feeds, kafka, topic)
    kafka.produce(topic, [b"7"], partition=0)
    kafka.produce(topic, values(6, toy.POISON, 8), partition=1)
    member(integration).run_until_idle()
    assert sorted(numbers()) == [6, 7, 8]
    letter = DeadLetter.objects.get(reason="PROCESSING_FAILED")
    told: dict[str, Any] = {"scope": cast.house.scope, "actor": SYSTEM, "now": cast.now}
    assert replay_dead_letter(letter.pk, **told)[1].code == "PROCESSING_FAILED"
    monkeypatch.setattr(toy, "POISON", -1)
    assert replay_dead_letter(letter.pk, **told)[1].code == "TAKEN"
    assert sorted(numbers()) == [6, 7, 8, 66_600_000]
    with pytest.raises(Exception, match="replayed already"):
        replay_dead_letter(letter.pk, **told)
    assert_invariants()


def test_a_topic_that_was_never_read_may_be_read_from_its_end(feeds: Feeds, kafka: KafkaCluster) -> None:
    topic = kafka.create("numbers", partitions=2)
    kafka.produce(topic, values(1, 2), partition=0)
    integration = connected(feeds, kafka, topic, connection=kafka.connection(start="latest"))
    assert member(integration).run_until_idle() == 0
    kafka.produce(topic, values(3), partition=0)
    kafka.produce(topic, values(4), partition=1)
    kafka.grow(topic, 3)
    kafka.produce(topic, values(5), partition=2)
    assert member(integration).run_until_idle() == 3
    assert sorted(numbers()) == [3, 4, 5]
    assert_invariants()


def test_numbers_of_the_broker_have_holes(feeds: Feeds, kafka: KafkaCluster) -> None:
    topic = kafka.create("numbers")
    integration = connected(feeds, kafka, topic)
    for number in range(3):
        kafka.produce_in_transaction(topic, values(number))
    member(integration).run_until_idle()
    kafka.produce_in_transaction(topic, values(3))
    member(integration).run_until_idle()
    position = FeedPosition.objects.get(integration=integration)
    assert numbers() == [0, 1, 2, 3]
    assert (position.seen_count, position.next_offset) == (4, 7)
    assert_invariants()


@pytest.mark.usefixtures("whole_signals")
def test_two_logins_have_a_reader_each(feeds: Feeds, kafka: KafkaCluster) -> None:
    command, profiles = kafka.create("command"), kafka.create("profiles")
    integration = connected(feeds, kafka, settings={"topics": {command: "main", profiles: "pdp"}})
    kafka.produce(command, values(1))
    kafka.produce(profiles, values(2))
    assert member(integration).run_until_idle() == 1
    assert numbers() == [1]
    assert member(integration, credential_set="pdp").run_until_idle() == 1
    assert numbers() == [1, 2]
    assert kafka.committed(f"potluck-{integration.pk}-pdp", profiles) == 1
    kafka.produce(command, values(3))
    kafka.produce(profiles, values(4))
    call_command("consume_feed", str(integration.pk), "--until-empty")
    assert numbers() == [1, 2, 3, 4]


def test_the_breaker_stops_the_whole_feed_until_somebody_acts(feeds: Feeds, kafka: KafkaCluster, cast: Cast) -> None:
    topic = kafka.create("numbers", partitions=2)
    integration = connected(feeds, kafka, topic)
    kafka.produce(topic, [b"x"] * 60, partition=0)
    kafka.produce(topic, values(1), partition=1)
    runner = member(integration)
    thread = Thread(target=runner.run, daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    assert set(FeedPosition.objects.values_list("status", flat=True)) == {FeedStatus.TRIPPED}
    assert not FeedMember.objects.exists()
    kafka.produce(topic, values(2), partition=1)
    restart_feed(integration.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now, reason="The sender is mended.")
    member(integration).run_until_idle()
    assert sorted(numbers()) == [1, 2]
    assert DeadLetter.objects.count() == 60
    assert_invariants()


def test_a_disconnected_feed_ends_and_writes_nothing(feeds: Feeds, kafka: KafkaCluster, cast: Cast) -> None:
    topic = kafka.create("numbers")
    integration = connected(feeds, kafka, topic)
    stop = Event()
    thread = Thread(target=member(integration, stop).run, daemon=True)
    thread.start()
    kafka.produce(topic, values(1))
    wait_for(lambda: numbers() == [1], 30)
    shown = feed_health(integration_of(cast.house.scope, integration.pk), cast.now)
    assert shown.seen == 1
    disconnect_integration(integration.pk, reason="Over.", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    kafka.produce(topic, values(2))
    thread.join(30)
    assert not thread.is_alive()
    assert numbers() == [1]
    assert not FeedMember.objects.exists()
    assert FeedPosition.objects.get().status == FeedStatus.STOPPED
    assert_invariants()


def test_a_replay_tells_topics_apart_and_keeps_one_position(feeds: Feeds) -> None:
    integration = feeds.connected(
        kind="toy", transport="replay", settings={"topics": {}}, connection={"per_second": 100}
    )
    stop = Event()
    runner = feeds.runner(integration, stop)
    thread = Thread(target=runner.run, daemon=True)
    thread.start()
    wait_for(lambda: len(numbers()) >= 10, 30)
    stop.set()
    thread.join(10)
    assert {row[0] for row in toy.rows("topic")} == {"toy.0", "toy.1"}
    assert DeadLetter.objects.get().topic == "toy.1"
    assert FeedPosition.objects.get().topic == TOPIC
    assert_invariants()
