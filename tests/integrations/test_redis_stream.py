"""Our own events over the stream of Redis: all of them, once, in order, whatever happens to Redis."""

import os
import random  # noqa: TID251 - the same faults in every run
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection

from backoffice.core import clock
from backoffice.events.models import OutboxEvent, SubscriberCursor
from backoffice.events.operations.prune_outbox import prune_outbox
from backoffice.events.operations.publish_stream import publish_stream
from backoffice.events.operations.sequence_outbox import sequence_outbox
from backoffice.events.queries import cursor_of, cursors
from backoffice.events.stream import KEPT, KEY, add_entries, read_entries, stream_client
from backoffice.events.subscribers import STREAM, reader_of
from backoffice.events.tasks import relay_outbox
from integrations.feeds.base import TransportProblem
from integrations.feeds.redis_stream import RedisStreamTransport
from integrations.feeds.transports import transport_of
from integrations.models import DeadLetter, FeedStatus, Integration
from integrations.operations.disconnect_integration import disconnect_integration
from integrations.operations.replay_dead_letter import replay_dead_letter
from integrations.queries.feeds import feed_health
from tests.cast import SYSTEM, Cast
from tests.integrations.drops import Book, connected, joined, sequences
from tests.integrations.own_redis import OwnRedis
from tests.integrations.support import Feeds, counts_of, position_of, wait_for
from tests.invariants import assert_invariants
from tests.outbox import number_all

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 40 if os.environ.get("POTLUCK_LONG") == "1" else 6


def publish_now() -> int:
    """Number what was committed and bring the stream up to it."""
    number_all()
    with stream_client() as client:
        return publish_stream(client, now=clock.now())


def names(start: int, count: int) -> list[str]:
    return [f"p{number:04d}" for number in range(start, start + count)]


@pytest.fixture
def stream(feeds: Feeds, own_redis: OwnRedis, book: Book) -> Integration:
    """A connected feed of the stream."""
    return connected(feeds, "redis_stream")


@pytest.fixture
def running(stream: Integration, feeds: Feeds) -> Iterator[Callable[[], None]]:
    """Runs the feed in a thread from the first call on."""
    stop, threads = Event(), []

    def start() -> None:
        runner = feeds.runner(stream, stop)
        threads.append(Thread(target=runner.run, daemon=True))
        threads[-1].start()

    yield start
    stop.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


@pytest.mark.req("DRP-13", "B-22", "G-23")
def test_events_of_the_operator_come_once_and_in_order(
    feeds: Feeds, stream: Integration, book: Book, cast: Cast
) -> None:
    joined(cast, "p1")
    joined(cast, "theirs", operator_id="rival")
    joined(cast, "quiet", kind="SomethingElse")
    joined(cast, "p2")
    assert publish_now() == 3
    assert publish_now() == 0
    runner = feeds.runner(stream)
    assert runner.run_until_idle(0.05) == 2
    runner.leave()
    assert book.players == ["p1", "p2"]
    assert {source.operator_id for source in book.sources} == {"thrilltech"}
    assert counts_of(stream) == {"APPLIED": 2}
    assert position_of(stream).topic == "redis_stream"
    assert cursor_of(reader_of(stream.pk)) == cursor_of(STREAM) == sequences()[-1]
    assert_invariants()


@pytest.mark.req("B-22")
@pytest.mark.parametrize("is_killed", [False, True])
def test_what_the_stream_has_lost_is_read_from_the_outbox(
    feeds: Feeds, stream: Integration, book: Book, cast: Cast, own_redis: OwnRedis, is_killed: bool
) -> None:
    def lose() -> None:
        if is_killed:
            own_redis.kill()
            own_redis.revive()
        else:
            own_redis.empty()

    runner = feeds.runner(stream)
    joined(cast, *names(0, 3))
    publish_now()
    lose()
    assert runner.run_until_idle(0.05) == 3, "nothing new comes, and what is gone is noticed all the same"
    joined(cast, *names(3, 2))
    publish_now()
    lose()
    joined(cast, *names(5, 2))
    publish_now()
    assert runner.run_until_idle(0.05) == 4, "the gap lies before what is there"
    runner.leave()
    assert book.players == names(0, 7)
    assert_invariants()


@pytest.mark.req("B-22")
def test_a_stream_that_was_cut_is_filled_up_in_batches(
    feeds: Feeds, stream: Integration, book: Book, cast: Cast, own_redis: OwnRedis
) -> None:
    joined(cast, *names(0, 25))
    publish_now()
    with own_redis.client as client:
        client.xtrim(KEY, maxlen=4, approximate=False)
    runner = feeds.runner(stream)
    runner.batch_size = 10
    assert runner.run_until_idle(0.05) == 25
    runner.leave()
    assert book.players == names(0, 25)


@pytest.mark.req("DRP-13", "B-22")
def test_the_stream_holds_numbers_ids_and_the_event(stream: Integration, cast: Cast, own_redis: OwnRedis) -> None:
    joined(cast, "p1", "p2")
    publish_now()
    with own_redis.client as client:
        entries = client.xrange(KEY)
        assert [entry_id.decode() for entry_id, _ in entries] == [f"{number}-0" for number in sequences()]
        first = OutboxEvent.objects.get(sequence=sequences()[0])
        assert entries[0][1] == {
            b"event_id": str(first.event_id).encode(), b"kind": b"ThrillPotsOptInEvent", b"operator_id": b"thrilltech",
            b"brand_id": b"thrilltech:brand1", b"timestamp": str(clock.epoch_ms(first.occurred_at)).encode(),
            b"data": bytes(first.payload),
        }  # fmt: skip


@pytest.mark.req("B-22")
def test_many_may_fill_the_stream_at_once_and_it_stays_in_order(
    stream: Integration, cast: Cast, own_redis: OwnRedis
) -> None:
    joined(cast, *names(0, 60))
    number_all()

    def fill() -> None:
        try:
            with stream_client() as client:
                publish_stream(client, now=clock.now(), limit=7)
        finally:
            connection.close()

    threads = [threading.Thread(target=fill) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with stream_client() as client:
        assert [entry.sequence for entry in read_entries(client, 0, limit=1_000, wait_seconds=0.01)] == sequences()
        late = list(OutboxEvent.objects.filter(sequence__isnull=False).order_by("sequence")[:5])
        add_entries(client, late)
        assert client.xlen(KEY) == 60, "who is late with an event adds nothing"


@pytest.mark.req("B-22")
def test_the_stream_is_kept_short(stream: Integration, cast: Cast, own_redis: OwnRedis) -> None:
    first = OutboxEvent(kind="ThrillPotsOptInEvent", operator_id="rival", payload=b"{}", occurred_at=cast.now)
    with stream_client() as client:
        for start in range(0, KEPT + 2_000, 1_000):
            batch = []
            for number in range(start + 1, start + 1_001):
                batch.append(OutboxEvent(**{f.attname: getattr(first, f.attname) for f in OutboxEvent._meta.fields}))
                batch[-1].sequence = number
            with client.pipeline(transaction=False) as pipeline:
                for event in batch:
                    pipeline.xadd(KEY, {"n": "1"}, id=f"{event.sequence}-0", maxlen=KEPT, approximate=True)
                pipeline.execute()
        assert KEPT <= client.xlen(KEY) < KEPT + 1_000


@pytest.mark.req("B-22")
def test_a_stream_of_another_database_is_not_believed_and_is_begun_again(
    feeds: Feeds, stream: Integration, book: Book, cast: Cast, own_redis: OwnRedis
) -> None:
    with own_redis.client as client:
        forged = {"event_id": "5b1f3a52-6f0d-5b44-9d0c-2f0a7a3e9c71", "kind": "ThrillPotsWinEvent", "data": "{}"}
        client.xadd(KEY, forged, id="900000-0")
    runner = feeds.runner(stream)
    assert runner.run_until_idle(0.05) == 0
    joined(cast, "p1")
    publish_now()
    with own_redis.client as client:
        assert [entry_id for entry_id, _ in client.xrange(KEY)] == [f"{sequences()[0]}-0".encode()]
        # Whoever can write to Redis tells nothing that the outbox does not.
        client.xadd(KEY, forged, id=f"{sequences()[0]}-1")
    assert runner.run_until_idle(0.05) == 1
    runner.leave()
    assert book.players == ["p1"]


@pytest.mark.req("B-22", "B-32")
def test_nothing_is_pruned_that_a_feed_has_not_read(feeds: Feeds, stream: Integration, book: Book, cast: Cast) -> None:
    joined(cast, *names(0, 4))
    joined(cast, "newest", operator_id="rival")
    publish_now()
    assert prune_outbox(now=clock.now(), kept=timedelta()) == 0
    runner = feeds.runner(stream)
    assert runner.run_until_idle(0.05) == 4
    assert prune_outbox(now=clock.now(), kept=timedelta()) == 4
    joined(cast, *[f"theirs{number}" for number in range(3)], operator_id="rival")
    publish_now()
    runner.transport.open(0)
    assert runner.transport.receive(10, 0.05) == []
    assert runner.transport.lag() == 0, "others' events hold nothing back either"
    assert cursor_of(reader_of(stream.pk)) == cursor_of(STREAM)
    runner.leave()
    known = {cursor.subscriber: cursor.is_known for cursor in cursors()}
    assert known == {STREAM: True, reader_of(stream.pk): True}


@pytest.mark.req("B-22")
def test_a_feed_begins_with_its_approval_and_ends_with_its_disconnection(
    feeds: Feeds, book: Book, cast: Cast, own_redis: OwnRedis
) -> None:
    joined(cast, "before")
    publish_now()
    stream = connected(feeds, "redis_stream")
    joined(cast, "after")
    publish_now()
    runner = feeds.runner(stream)
    runner.run_until_idle(0.05)
    runner.leave()
    assert book.players == ["after"]
    disconnect_integration(stream.pk, reason="Over.", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert not SubscriberCursor.objects.filter(subscriber=reader_of(stream.pk)).exists()
    with pytest.raises(TransportProblem):
        transport_of(stream).open(0)


@pytest.mark.req("DRP-13", "B-21")
def test_what_was_committed_and_not_acknowledged_has_no_second_effect(
    feeds: Feeds, stream: Integration, book: Book, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined(cast, *names(0, 3))
    publish_now()
    runner = feeds.runner(stream)
    with monkeypatch.context() as broken:
        broken.setattr(RedisStreamTransport, "_note", lambda _self: None)
        assert runner.run_until_idle(0.05) == 3
    assert runner.run_until_idle(0.05) == 3
    runner.leave()
    assert book.players == names(0, 3)
    assert counts_of(stream) == {"APPLIED": 3, "DUPLICATE": 3}
    assert_invariants()


@pytest.mark.req("B-22")
def test_a_feed_waits_for_redis_and_goes_on(
    stream: Integration, book: Book, cast: Cast, own_redis: OwnRedis, running: Callable[[], None]
) -> None:
    own_redis.kill()
    joined(cast, "p1")
    number_all()
    relay_outbox()
    assert cursor_of(STREAM) == 0, "what Redis has not taken is not passed over"
    running()
    wait_for(lambda: position_of(stream).status == FeedStatus.WAITING)
    assert "Redis does not answer" in position_of(stream).status_detail
    own_redis.revive()
    relay_outbox()
    wait_for(lambda: book.players == ["p1"], 30)
    wait_for(lambda: position_of(stream).status == FeedStatus.RUNNING)
    assert feed_health(stream, clock.now()).word == "Running"


@pytest.mark.req("DRP-13", "B-22")
def test_emptied_and_killed_again_and_again_nothing_is_lost_and_nothing_comes_twice(
    stream: Integration, book: Book, cast: Cast, own_redis: OwnRedis, running: Callable[[], None]
) -> None:
    running()
    dice = random.Random(22)
    for round_number in range(ROUNDS):
        fault = ("empty", "kill", "none")[round_number % 3]
        for part in range(4):
            joined(cast, *names(round_number * 40 + part * 10, 10))
            if fault == "kill" and part == dice.randrange(4):
                own_redis.kill()
                sequence_outbox()
                relay_outbox()
                own_redis.revive()
            relay_outbox()
            if fault == "empty" and dice.random() < 0.6:
                own_redis.empty()
    expected = names(0, ROUNDS * 40)
    number_all()
    relay_outbox()
    wait_for(lambda: len(book.players) >= len(expected), 120)
    assert book.players == expected
    assert counts_of(stream)["APPLIED"] == len(expected)
    assert_invariants()


@pytest.mark.req("DRP-13", "G-25")
def test_an_event_of_our_own_that_could_not_be_digested_is_replayed_as_our_own(
    feeds: Feeds, stream: Integration, book: Book, cast: Cast
) -> None:
    joined(cast, "p1")
    publish_now()
    book.failures = 2
    runner = feeds.runner(stream)
    runner.run_until_idle(0.05)
    runner.leave()
    letter = DeadLetter.objects.get(reason="PROCESSING_FAILED")
    replayed, outcome = replay_dead_letter(letter.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert (replayed.state, outcome.code) == ("replayed", "APPLIED")
    assert book.players == ["p1"]
    assert_invariants()
