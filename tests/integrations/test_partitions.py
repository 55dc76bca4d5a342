"""Partitions that processes share: epochs, expected offsets, and what was read before a partition changed hands."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, cast

import pytest
from django.db import OperationalError, connection

from integrations.feeds.assignment import Assignment
from integrations.feeds.base import DecodedBatch, Transport
from integrations.feeds.member import MemberRunner
from integrations.models import FeedMember, FeedPosition, FeedStatus, Integration
from integrations.operations.apply_batch import Batch, apply_batch
from integrations.operations.begin_topic import begin_topic
from integrations.operations.leave_feed import leave_feed
from integrations.operations.own_partitions import Member, OwnedPartitions, own_partitions
from integrations.operations.release_partitions import release_partitions
from integrations.operations.report_feed import FeedReport, Fenced
from integrations.operations.report_member import report_member
from integrations.wire.outcomes import Item, Outcome
from integrations.wire.raw import RawMessage
from tests.integrations import toy
from tests.integrations.kafka_support import allow_toys, numbers
from tests.integrations.support import Feeds
from tests.invariants import assert_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.req("B-21", "G-23")]
TOPIC = "numbers"


@pytest.fixture(autouse=True)
def _toy(feeds: Feeds) -> Iterator[None]:
    allow_toys(feeds)
    yield
    toy.forget()


@pytest.fixture
def integration(feeds: Feeds) -> Integration:
    """A feed over Kafka that nobody reads yet."""
    settings = {"topics": {TOPIC: "main"}}
    connection = {"brokers": "127.0.0.1:1", "security": "plaintext"}
    return feeds.connected(kind="toy", transport="kafka", settings=settings, connection=connection)


def member_of(integration: Integration, owner: str = "one") -> Member:
    return Member(integration.operator_id, integration.pk, "main", owner)


def owned_by(member: Member, *partitions: int) -> OwnedPartitions:
    begin_topic(member, TOPIC, dict.fromkeys(range(3), 10))
    owned = own_partitions(member, [(TOPIC, number) for number in partitions])
    return OwnedPartitions(member.operator_id, member.integration_id, {one.place: one for one in owned})


def message(partition: int, offset: int, body: bytes = b"1", tag: int = 1) -> RawMessage:
    return RawMessage(body=body, topic=TOPIC, partition=partition, offset=str(offset), tag=tag, is_positioned=True)


def apply(feeds: Feeds, owned: OwnedPartitions, *messages: RawMessage) -> list[Outcome]:
    decoder = toy.ToyDecoder()
    items = [Item(raw, decoder.decode(raw)) for raw in messages]
    return apply_batch(owned, Batch("toy", items, feeds.cast.now))


def stands_at() -> list[tuple[int, int]]:
    return list(FeedPosition.objects.order_by("partition").values_list("next_offset", "seen_count"))


def test_a_batch_moves_each_of_its_partitions(feeds: Feeds, integration: Integration) -> None:
    owned = owned_by(member_of(integration), 0, 1)
    apply(feeds, owned, message(0, 10), message(1, 12), message(0, 14, b"x"), message(1, 13))
    assert stands_at() == [(15, 2), (14, 2), (10, 0)]
    apply(feeds, owned, message(0, 15))
    assert stands_at() == [(16, 3), (14, 2), (10, 0)]
    counts = list(FeedPosition.objects.order_by("partition").values_list("used_count", "dead_count"))
    assert counts == [(2, 1), (2, 0), (0, 0)]
    assert_invariants()


def test_one_fenced_partition_fences_the_batch(feeds: Feeds, integration: Integration) -> None:
    zombie = owned_by(member_of(integration), 0, 1)
    owner = owned_by(member_of(integration, "two"), 1)
    with pytest.raises(Fenced):
        apply(feeds, zombie, message(0, 10), message(1, 10))
    assert (numbers(), stands_at()[:2]) == ([], [(10, 0), (10, 0)])
    apply(feeds, owner, message(1, 10, tag=2))
    apply(feeds, zombie, message(0, 10))
    assert stands_at()[:2] == [(11, 1), (11, 1)]


def test_a_position_that_stands_elsewhere_fences_too(feeds: Feeds, integration: Integration) -> None:
    owned = owned_by(member_of(integration), 0)
    apply(feeds, owned, message(0, 10))
    owned.partitions[TOPIC, 0].next_offset = 10
    with pytest.raises(Fenced):
        apply(feeds, owned, message(0, 10))
    assert numbers() == [1]


def test_what_was_read_under_another_epoch_is_let_go_of(integration: Integration) -> None:
    owned = owned_by(member_of(integration), 0, 1)
    batch = [message(0, 10), message(1, 10), message(0, 11)]
    assert owned.kept(batch) is batch
    again = owned_by(member_of(integration), 0)
    assert again.kept(batch) == []
    assert [raw.offset for raw in again.kept([*batch, message(0, 10, tag=2)])] == ["10"]
    decoded = DecodedBatch.decoded(batch, toy.ToyDecoder())
    part = decoded.part(batch[1:])
    assert (list(part), part.readings) == (batch[1:], decoded.readings[1:])


def test_where_a_topic_begins_is_settled_once(integration: Integration) -> None:
    member = member_of(integration)
    begin_topic(member, TOPIC, {0: 5, 1: 7})
    begin_topic(member, TOPIC, {0: 100, 1: 100, 2: 100})
    assert stands_at() == [(5, 0), (7, 0)]
    (late,) = own_partitions(member, [(TOPIC, 2)])
    assert late.next_offset is None


def test_who_was_fenced_neither_reports_nor_releases(integration: Integration) -> None:
    first, second = member_of(integration), member_of(integration, "two")
    zombie = owned_by(first, 0).partitions.values()
    owned_by(second, 0)
    release_partitions(zombie)
    report_member(first, FeedReport(FeedStatus.RUNNING), zombie)
    position = FeedPosition.objects.get(partition=0)
    assert (position.owner, position.owner_epoch, position.status) == ("two", 2, FeedStatus.RUNNING)
    assert FeedMember.objects.get().owner == "one"
    leave_feed(first)
    assert not FeedMember.objects.exists()


class Told:
    """A transport of which only the acknowledgements matter."""

    def __init__(self) -> None:
        self.messages: list[RawMessage] = []

    def acknowledge(self, messages: Sequence[RawMessage]) -> None:
        self.messages += messages


def test_nobody_waits_for_the_acknowledgement_of_what_was_dropped(integration: Integration) -> None:
    member = member_of(integration)
    assignment = Assignment(member)
    assignment._owned |= owned_by(member, 0).partitions
    transport = Told()
    runner = MemberRunner(
        kind="toy", decoder=toy.ToyDecoder(), transport=cast("Transport", transport), assignment=assignment
    )
    read = [message(0, 10), message(1, 10), message(0, 11)]
    assert len(runner._take(read)) == 2
    assert sorted(raw.offset for raw in transport.messages) == ["10", "10", "11"]
    assert stands_at() == [(12, 2), (10, 0), (10, 0)]


def test_nobody_joins_what_the_breaker_stopped(integration: Integration) -> None:
    member = member_of(integration)
    owned_by(member, 0)
    FeedPosition.objects.filter(partition=1).update(status=FeedStatus.TRIPPED)
    with pytest.raises(Fenced):
        report_member(member, FeedReport(FeedStatus.RUNNING))
    with pytest.raises(Fenced):
        own_partitions(member, [(TOPIC, 0), (TOPIC, 1)])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["take", "report"])
def test_who_is_frozen_in_a_transaction_keeps_nobody_waiting(integration: Integration, settings: Any, act: str) -> None:
    settings.FEED_LEASE_SECONDS = 1
    first = member_of(integration)
    owned = owned_by(first, 0)
    is_frozen, may_wake = Event(), Event()

    def freeze(execute: Callable[..., object], sql: str, *rest: object) -> object:
        result = execute(sql, *rest)
        if "UPDATE integrations_feedposition" in sql:
            is_frozen.set()
            may_wake.wait(60)
        return result

    acts: dict[str, Callable[[], object]] = {
        "take": lambda: own_partitions(first, [(TOPIC, 0)]),
        "report": lambda: report_member(first, FeedReport(FeedStatus.RUNNING), owned.partitions.values()),
    }

    def frozen() -> None:
        try:
            with connection.execute_wrapper(freeze), pytest.raises(OperationalError, match="idle-in-transaction"):
                acts[act]()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        stands = pool.submit(frozen)
        assert is_frozen.wait(30)
        # Waits for the row at most five seconds, and without a limit of its own the other could be idle for a minute.
        (other,) = own_partitions(member_of(integration, "two"), [(TOPIC, 0)])
        may_wake.set()
        stands.result(30)
    assert other.epoch > owned.partitions[TOPIC, 0].epoch
    assert FeedPosition.objects.get(partition=0).owner == "two"
    assert_invariants()
