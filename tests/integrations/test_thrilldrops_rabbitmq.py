"""ThrillDrops' external events over a real RabbitMQ: each once, what is wrong with its reason, a crash or not."""

import pytest

from integrations.feeds.rabbitmq import RabbitTransport
from integrations.models import Integration
from tests.contracts.thrilldrops.shapes import EXTERNAL, event
from tests.integrations.drops import Book, connected
from tests.integrations.support import Broker, Feeds, counts_of, dead_reasons, position_of
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db(transaction=True)


def from_queue(feeds: Feeds, broker: Broker) -> Integration:
    return connected(feeds, "rabbitmq", connection=broker.settings(), credentials=broker.credentials)


@pytest.mark.req("DRP-02", "G-23", "B-19", "B-21")
def test_events_come_once_and_what_is_wrong_becomes_a_dead_letter(feeds: Feeds, book: Book, broker: Broker) -> None:
    integration = from_queue(feeds, broker)
    deposits = [event("Deposit") | {"player_id": f"p{number:03d}"} for number in range(300)]
    broker.publish(*(event(tag) for tag in EXTERNAL), message_type=None)
    broker.publish(*deposits, *deposits[:50], message_type="anything")
    broker.publish(event("Deposit"), message_type=None, message_id="m-1")
    broker.publish(event("Deposit", amount=51), message_type=None, message_id="m-1")
    broker.publish(event("PlayerLogin", channel_type="Fax"), event("Deposit", name="Birthday"), message_type=None)
    # Whoever can write into the queue tells of no wins.
    broker.publish(event("ThrillPotsWinEvent"), message_type="ThrillPotsWinEvent")
    runner = feeds.runner(integration)
    assert runner.run_until_idle() == 5 + 350 + 5
    runner.leave()
    assert [message.event for message in book.messages[:5]] == list(EXTERNAL)
    assert book.players[5:305] == [f"p{number:03d}" for number in range(300)]
    assert len(book.messages) == 306
    assert dead_reasons(integration) == ["CONFLICT", "UNKNOWN_CHANNEL", "UNKNOWN_EVENT", "INTERNAL_EVENT"]
    assert counts_of(integration)["DUPLICATE"] == 50
    assert position_of(integration).seen_count == 360
    assert broker.waiting() == 0
    assert_invariants()


@pytest.mark.req("DRP-02", "B-21")
def test_what_was_committed_and_not_acknowledged_comes_again_without_effect(
    feeds: Feeds, book: Book, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = from_queue(feeds, broker)
    broker.publish(*(event(tag) for tag in EXTERNAL), message_type=None)
    runner = feeds.runner(integration)
    with monkeypatch.context() as crash:
        crash.setattr(RabbitTransport, "acknowledge", lambda _self, _messages: None)
        assert runner.run_until_idle() == 5
    assert runner.run_until_idle() == 5
    runner.leave()
    assert len(book.messages) == 5
    assert counts_of(integration) == {"APPLIED": 5, "DUPLICATE": 5}
    assert_invariants()
