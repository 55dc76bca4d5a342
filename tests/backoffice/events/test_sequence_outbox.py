"""The numbers of the outbox."""

import threading
import time
from random import Random  # noqa: TID251 - how long a test's transaction lasts

import pytest
from django.db import connection, transaction

from backoffice.events.models import OutboxEvent
from backoffice.events.operations.sequence_outbox import LOCK, sequence_outbox
from backoffice.events.publish import publish
from backoffice.events.queries import events_after, latest_sequence
from tests.backoffice.events.handlers import fact
from tests.outbox import number_all

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 5  # with the slow one and the test itself, not more than the pool of connections holds
EACH = 50


def publish_one(name: str) -> None:
    with transaction.atomic():
        publish([fact(name)])


def write_and_dawdle(writer: int) -> None:
    dice = Random(writer)
    try:
        for number in range(EACH):
            with transaction.atomic():
                publish([fact(f"{writer}-{number}-first")])
                time.sleep(dice.random() * 0.008)
                publish([fact(f"{writer}-{number}-second")])
    finally:
        connection.close()


def write_and_wait(name: str, has_written: threading.Event, may_end: threading.Event) -> None:
    try:
        with transaction.atomic():
            publish([fact(name)])
            has_written.set()
            may_end.wait(30)
    finally:
        connection.close()


def test_a_fact_needs_the_transaction_of_its_cause() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        publish([fact("a")])


def test_numbers_are_contiguous_and_in_the_order_of_publishing() -> None:
    for name in "abc":
        publish_one(name)
    number_all()
    assert [(event.sequence, event.object_id) for event in events_after(0)] == [(1, "a"), (2, "b"), (3, "c")]
    publish_one("d")
    number_all()
    assert latest_sequence() == 4
    assert [event.object_id for event in events_after(2)] == ["c", "d"]
    assert [event.object_id for event in events_after(0, kinds=["other"])] == []


def test_an_event_waits_while_an_older_transaction_runs() -> None:
    has_written, may_end = threading.Event(), threading.Event()

    thread = threading.Thread(target=write_and_wait, args=("older", has_written, may_end))
    thread.start()
    assert has_written.wait(30)
    publish_one("younger")
    assert sequence_outbox() == 0
    assert latest_sequence() == 0
    may_end.set()
    thread.join()
    number_all()
    assert [event.object_id for event in events_after(0)] == ["older", "younger"]


@pytest.mark.req("B-22")
def test_writers_that_commit_out_of_order_are_never_skipped_by_a_reader_of_numbers() -> None:
    has_written, may_end = threading.Event(), threading.Event()
    slow = threading.Thread(target=write_and_wait, args=("slow", has_written, may_end))
    slow.start()
    assert has_written.wait(30)
    writers = [threading.Thread(target=write_and_dawdle, args=(writer,)) for writer in range(WRITERS)]
    threads = [slow, *writers]
    for thread in writers:
        thread.start()
    read: list[OutboxEvent] = []
    read_by_position: list[OutboxEvent] = []

    def read_on() -> None:
        sequence_outbox()
        read.extend(events_after(read[-1].sequence or 0 if read else 0))
        last = read_by_position[-1].position if read_by_position else 0
        read_by_position.extend(OutboxEvent.objects.filter(position__gt=last).order_by("position"))

    while any(thread.is_alive() for thread in threads):
        read_on()
        if len(read_by_position) >= WRITERS:
            may_end.set()
    number_all()
    read_on()
    names = [event.object_id for event in read]
    order = ("first", "second")
    written = [f"{w}-{n}-{which}" for w in range(WRITERS) for n in range(EACH) for which in order]
    assert sorted(names) == sorted(["slow", *written])
    assert [event.sequence for event in read] == list(range(1, len(names) + 1))
    for writer in range(WRITERS):
        own = [name for name in names if name.startswith(f"{writer}-")]
        assert own == [f"{writer}-{n}-{which}" for n in range(EACH) for which in order], "one writer's order is kept"
    # The test is worth something only if transactions did end out of order: who reads by position misses an event.
    assert "slow" not in {event.object_id for event in read_by_position}


def test_one_process_at_a_time_gives_numbers() -> None:
    publish_one("a")
    holds, may_end = threading.Event(), threading.Event()

    def other() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
                holds.set()
                may_end.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert holds.wait(30)
    assert sequence_outbox() == 0
    may_end.set()
    thread.join()
    number_all()
    assert latest_sequence() == 1


def test_a_limit_leaves_the_rest_for_the_next_round() -> None:
    for name in "abcde":
        publish_one(name)
    done = 0
    while done < 2:
        done += sequence_outbox(limit=2)
    assert latest_sequence() == 2
    number_all()
    assert [event.object_id for event in events_after(0)] == list("abcde")
