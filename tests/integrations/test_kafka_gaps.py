"""Messages that are gone before they were read: the partition halts, alarms, and goes on when somebody accepts it."""

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from backoffice.audit.models import AuditEntry
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from integrations.feeds import kafka as kafka_transport
from integrations.models import DeadLetter, FeedGap, FeedPosition, FeedStatus, Integration
from integrations.operations.accept_gap import accept_gap
from integrations.queries.alarms import feed_alarms, feed_lags
from integrations.queries.feeds import feed_health
from integrations.queries.integrations import integration as integration_of
from tests.cast import SYSTEM, Cast
from tests.integrations import toy
from tests.integrations.kafka_support import allow_toys, connected, member, numbers
from tests.integrations.support import Feeds, wait_for
from tests.invariants import assert_invariants
from tests.kafka import KafkaCluster

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("G-23")]


@pytest.fixture(autouse=True)
def _toy(feeds: Feeds) -> Iterator[None]:
    allow_toys(feeds)
    yield
    toy.forget()


@pytest.fixture
def stop() -> Iterator[Event]:
    """Set at the end of the test, whatever happens."""
    event = Event()
    yield event
    event.set()


def values(first: int, last: int) -> list[bytes]:
    return [b"%d" % number for number in range(first, last)]


def accept(integration: Integration, cast: Cast) -> list[FeedGap]:
    return accept_gap(integration.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now, reason="They were tests.")


def status(integration: Integration, partition: int = 0) -> str:
    return FeedPosition.objects.get(integration=integration, partition=partition).status


def test_a_truncated_partition_halts_alarms_and_goes_on_when_accepted(
    feeds: Feeds, kafka: KafkaCluster, cast: Cast, stop: Event
) -> None:
    topic = kafka.create("numbers", partitions=2)
    integration = connected(feeds, kafka, topic)
    kafka.produce(topic, values(0, 10), partition=0)
    member(integration).run_until_idle()
    kafka.produce(topic, values(10, 30), partition=0)
    kafka.truncate(topic, 20)

    runner = Thread(target=member(integration, stop).run, daemon=True)
    runner.start()
    wait_for(FeedGap.objects.exists, 30)
    kafka.produce(topic, values(100, 105), partition=1)
    wait_for(lambda: len(numbers()) == 15, 30)
    gap = FeedGap.objects.get()
    assert (gap.topic, gap.partition, gap.from_offset, gap.to_offset) == (topic, 0, 10, 20)
    assert gap.reason == "EXPIRED"
    assert (status(integration, 0), status(integration, 1)) == (FeedStatus.GAP, FeedStatus.RUNNING)
    shown = feed_health(integration_of(cast.house.scope, integration.pk), cast.now)
    assert (shown.status, shown.needs_somebody) == (FeedStatus.GAP, True)
    assert "Messages 10 to 19" in shown.detail
    assert feed_alarms(cast.house.scope).stopped_feeds == 1
    # One series for an integration, however many partitions it has.
    assert [(lag.integration_id, lag.status) for lag in feed_lags(cast.now)] == [(str(integration.pk), "gap")]

    client = Client()
    client.force_login(cast.admin)
    page = client.get(reverse("integration", args=[integration.pk])).content.decode()
    assert reverse("integration_accept_gap", args=[integration.pk]) in page
    question = client.get(reverse("integration_accept_gap", args=[integration.pk])).content.decode()
    assert "stands at message 10" in question
    assert [one.pk for one in accept(integration, cast)] == [gap.pk]
    wait_for(lambda: sorted(numbers()) == [*range(10), *range(20, 30), *range(100, 105)], 30)
    wait_for(lambda: status(integration) == FeedStatus.RUNNING)
    assert feed_alarms(cast.house.scope).stopped_feeds == 0
    with pytest.raises(Refusal, match="No messages are missing"):
        accept(integration, cast)
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"feed.gap_found", "feed.gap_accepted"} <= actions
    stop.set()
    runner.join(30)
    assert_invariants()


def test_a_gap_waits_across_restarts_and_is_found_while_running(
    feeds: Feeds, kafka: KafkaCluster, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = kafka.create("numbers")
    integration = connected(feeds, kafka, topic)
    kafka.produce(topic, values(0, 10))
    first = member(integration)
    assert first.run_until_idle() == 10
    kafka.delete(topic)
    kafka.create("numbers")
    kafka.produce(topic, values(20, 25))
    for _ in range(2):
        assert member(integration).run_until_idle() == 0
    gap = FeedGap.objects.get()
    assert (gap.reason, gap.from_offset, gap.to_offset) == ("RECREATED", 10, 0)
    # It has grown past the position: still nobody knows what was between.
    kafka.produce(topic, values(25, 40))
    assert member(integration).run_until_idle() == 0
    accept(integration, cast)
    kafka.produce(topic, [b"x"])
    assert member(integration).run_until_idle() == 21
    assert numbers() == [*range(10), *range(20, 40)]
    places = [row[0] for row in toy.rows("place")]
    assert places[9:12] == ["9", "0+1", "1+1"]
    assert DeadLetter.objects.get().offset == "20+1"
    position = FeedPosition.objects.get()
    assert (position.next_offset, position.seen_count, position.generation) == (21, 31, 1)
    assert_invariants()


@pytest.mark.parametrize("refresh_ms", [300, 60_000])
def test_a_topic_that_is_deleted_and_made_anew_under_a_running_feed_is_a_gap(
    feeds: Feeds, kafka: KafkaCluster, cast: Cast, stop: Event, monkeypatch: pytest.MonkeyPatch, refresh_ms: int
) -> None:
    monkeypatch.setattr("integrations.feeds.kafka.MISSING_RETRY_SECONDS", 0.5)
    monkeypatch.setitem(kafka_transport.TUNING, "topic.metadata.refresh.interval.ms", refresh_ms)
    topic = kafka.create("numbers")
    integration = connected(feeds, kafka, topic)
    kafka.produce(topic, values(0, 10))
    Thread(target=member(integration, stop).run, daemon=True).start()
    wait_for(lambda: len(numbers()) == 10, 30)
    kafka.delete(topic)
    kafka.create("numbers")
    kafka.produce(topic, values(20, 23))
    wait_for(FeedGap.objects.exists, 60)
    assert numbers() == list(range(10))
    accept(integration, cast)
    wait_for(lambda: numbers() == [*range(10), *range(20, 23)], 60)


def test_who_may_not_see_it_cannot_accept_it_and_a_reason_is_needed(
    feeds: Feeds, kafka: KafkaCluster, cast: Cast
) -> None:
    topic = kafka.create("numbers")
    integration = connected(feeds, kafka, topic)
    arguments: dict[str, Any] = {"actor": SYSTEM, "now": cast.now}
    with pytest.raises(Refusal, match="no such integration"):
        accept_gap(integration.pk, scope=Scope("rival"), reason="Yes.", **arguments)
    with pytest.raises(Refusal) as caught:
        accept_gap(
            integration.pk, scope=Scope("thrilltech", frozenset({"thrilltech:brand2"})), reason="Yes.", **arguments
        )
    assert caught.value.code == "FORBIDDEN"
    with pytest.raises(Refusal, match="Say why"):
        accept_gap(integration.pk, scope=cast.house.scope, reason=" ", **arguments)


def test_a_gap_is_kept(feeds: Feeds, kafka: KafkaCluster) -> None:
    topic = kafka.create("numbers")
    integration = connected(feeds, kafka, topic)
    kafka.produce(topic, values(0, 3))
    member(integration).run_until_idle()
    kafka.produce(topic, values(3, 6))
    kafka.truncate(topic, 5)
    member(integration).run_until_idle()
    with pytest.raises(Exception, match="Cannot delete"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM integrations_feedgap")
