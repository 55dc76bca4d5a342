"""The relay: each event once, in order, whatever a handler does."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from backoffice import subscriptions
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.events.models import EventDeadLetter, OutboxEvent, SubscriberCursor
from backoffice.events.operations.forget_subscriber import forget_subscriber
from backoffice.events.operations.prune_outbox import prune_outbox
from backoffice.events.operations.relay_events import ATTEMPTS, Relayed, relay_events
from backoffice.events.operations.replay_event_dead_letter import replay_event_dead_letter
from backoffice.events.operations.set_aside_event_dead_letter import set_aside_event_dead_letter
from backoffice.events.publish import publish
from backoffice.events.queries import cursors, latest_sequence, relay_lag, slowest_sequence
from backoffice.events.tasks import prune_outbox as prune_task
from backoffice.events.tasks import relay_outbox as relay_task
from backoffice.tenancy.scope import Scope
from tests.backoffice.events.handlers import HERE, fact, failing, heard
from tests.outbox import number_all

pytestmark = pytest.mark.django_db(transaction=True)
EVERYTHING = Scope(None)


@pytest.fixture(autouse=True)
def _subscriptions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(subscriptions, "EVENTS", {"echo": {"made": f"{HERE}.repeat"}})
    failing.clear()
    yield
    failing.clear()


def commit(*names: str, kind: str = "made", operator_id: str = "thrilltech") -> None:
    for name in names:
        with transaction.atomic():
            publish([fact(name, kind, operator_id=operator_id)])
    number_all()


def relay(now: datetime, limit: int = 500) -> Relayed:
    return relay_events("echo", now=now, limit=limit, pause=lambda _seconds: None)


def test_each_event_reaches_its_handler_once_and_in_order(now: datetime) -> None:
    commit("a", "b")
    commit("x", kind="uninteresting")
    commit("c")
    assert relay(now) == Relayed(handled=3)
    assert relay(now) == Relayed()
    assert heard() == ["a", "b", "c"]


def test_a_cursor_passes_what_its_subscriber_does_not_hear_of(now: datetime) -> None:
    commit("x", "y", kind="uninteresting")
    assert relay(now) == Relayed()
    assert SubscriberCursor.objects.get().sequence == latest_sequence() == 2
    assert slowest_sequence() == 2


def test_a_failing_event_becomes_a_dead_letter_and_the_others_go_on(now: datetime) -> None:
    failing.add("b")
    commit("a", "b", "c")
    assert relay(now) == Relayed(handled=2, dead=1)
    assert heard() == ["a", "c"], "nothing that the failing handler wrote may stay"
    letter = EventDeadLetter.objects.get()
    assert (letter.subscriber, letter.event.object_id, letter.attempts) == ("echo", "b", ATTEMPTS)
    assert letter.error == "ValueError: cannot use b"
    assert letter.operator_id == "thrilltech"


def test_a_failure_that_passes_leaves_no_dead_letter(now: datetime) -> None:
    failing.add("a")
    commit("a")
    assert relay_events("echo", now=now, pause=lambda _seconds: failing.clear()) == Relayed(handled=1)
    assert heard() == ["a"]
    assert not EventDeadLetter.objects.exists()


def test_two_relays_at_once_handle_each_event_once(now: datetime) -> None:
    names = [f"{number:03}" for number in range(60)]
    commit(*names)

    def run() -> None:
        try:
            while relay_events("echo", now=now, limit=5).has_more:
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    relay(now)
    assert heard() == names


def test_a_limit_says_that_there_is_more(now: datetime) -> None:
    commit("a", "b", "c")
    assert relay(now, limit=2) == Relayed(handled=2, has_more=True)
    assert relay(now, limit=2) == Relayed(handled=1)


def test_a_replay_commits_the_effect_with_the_letters_end(now: datetime, actor: Actor) -> None:
    failing.add("a")
    commit("a")
    relay(now)
    letter = EventDeadLetter.objects.get()
    again = replay_event_dead_letter(letter.pk, scope=EVERYTHING, actor=actor, now=now + timedelta(hours=1))
    assert (again.state, again.attempts, again.last_failed_at) == ("waiting", ATTEMPTS + 1, now + timedelta(hours=1))
    assert heard() == []
    failing.clear()
    done = replay_event_dead_letter(letter.pk, scope=EVERYTHING, actor=actor, now=now)
    assert (done.state, done.settled_by, heard()) == ("replayed", "test", ["a"])
    with pytest.raises(Refusal, match="replayed already"):
        replay_event_dead_letter(letter.pk, scope=EVERYTHING, actor=actor, now=now)


def test_a_dead_letter_of_another_operator_does_not_exist(now: datetime, actor: Actor) -> None:
    failing.add("a")
    commit("a", operator_id="rival")
    relay(now)
    letter = EventDeadLetter.objects.get()
    for act in (
        lambda: replay_event_dead_letter(letter.pk, scope=Scope("thrilltech"), actor=actor, now=now),
        lambda: set_aside_event_dead_letter(letter.pk, "no", scope=Scope("thrilltech"), actor=actor, now=now),
    ):
        with pytest.raises(Refusal, match="NOT_FOUND"):
            act()


def test_setting_aside_needs_a_reason_and_ends_the_letter(now: datetime, actor: Actor) -> None:
    failing.add("a")
    commit("a")
    relay(now)
    letter = EventDeadLetter.objects.get()
    with pytest.raises(Refusal, match="Say why"):
        set_aside_event_dead_letter(letter.pk, " ", scope=EVERYTHING, actor=actor, now=now)
    set_aside_event_dead_letter(letter.pk, "handled by hand", scope=EVERYTHING, actor=actor, now=now)
    with pytest.raises(Refusal, match="set aside already"):
        replay_event_dead_letter(letter.pk, scope=EVERYTHING, actor=actor, now=now)


@pytest.mark.req("B-32")
def test_pruning_keeps_what_a_cursor_or_a_dead_letter_or_the_numbers_need(now: datetime) -> None:
    failing.add("b")
    commit("a", "b", "c", "d")
    relay_events("echo", now=now, limit=3, pause=lambda _seconds: None)
    assert prune_outbox(now=now, kept=timedelta()) == 2, "a and c: b is a dead letter's, d was not heard of yet"
    left = OutboxEvent.objects.filter(kind="made").order_by("sequence")
    assert [event.object_id for event in left] == ["b", "d"]
    number_all()
    newest = latest_sequence()
    relay(now)
    number_all()
    prune_outbox(now=now, kept=timedelta())
    commit("e")
    assert latest_sequence() > newest
    assert latest_sequence() == OutboxEvent.objects.get(object_id="e", kind="made").sequence


def test_pruning_spares_the_young_and_what_a_new_subscriber_has_not_read(now: datetime) -> None:
    commit("a", "b")
    assert prune_outbox(now=now, kept=timedelta()) == 0, "echo has read nothing yet"
    relay(now)
    assert prune_outbox(now=now, kept=timedelta(days=3650)) == 0


def test_the_cursors_tell_their_lag(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    failing.add("a")
    commit("a", "b")
    relay_events("echo", now=now, limit=1, pause=lambda _seconds: None)
    (cursor,) = cursors()
    assert (cursor.subscriber, cursor.sequence, cursor.behind, cursor.dead, cursor.is_known) == ("echo", 1, 1, 1, True)
    assert relay_lag(now) == now - fact("b").occurred_at
    monkeypatch.setattr(subscriptions, "EVENTS", {})
    (gone,) = cursors()
    assert not gone.is_known
    forget_subscriber("echo")
    assert cursors() == []
    with pytest.raises(Refusal, match="NOT_FOUND"):
        forget_subscriber("echo")


def test_a_subscriber_of_the_map_is_not_forgotten() -> None:
    with pytest.raises(Refusal, match="still"):
        forget_subscriber("echo")


def test_the_tasks_and_the_command_do_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    commit("a")
    relay_task()
    assert heard() == ["a"]
    commit("b")
    call_command("relay_outbox")
    assert heard() == ["a", "b"]
    assert "echo at" in capsys.readouterr().out
    prune_task()
    left = OutboxEvent.objects.filter(object_id="a", kind="made")
    assert not left.exists(), "the clock of the task is today's, and both were heard of long after they happened"
