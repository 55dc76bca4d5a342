"""A real RabbitMQ: what is acknowledged was committed, what was not comes again."""

from threading import Thread
from typing import Any

import amqp
import pytest
from django.db import OperationalError

from integrations.feeds import rabbitmq
from integrations.feeds.base import TransportProblem
from integrations.feeds.rabbitmq import DELIVERY_LIMIT, RabbitTransport, dead_queue_of
from integrations.models import DeadLetter, FeedStatus, GameActivity
from integrations.wire.connections import RabbitConnection
from integrations.wire.raw import RawMessage
from tests.integrations.relay import Relay
from tests.integrations.support import Broker, Feeds, Ledger, bet, counts_of, dead_reasons, position_of, wait_for
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db(transaction=True)


def transport(broker: Broker, **changes: Any) -> RabbitTransport:
    settings = broker.settings(**changes)
    return RabbitTransport(RabbitConnection(**settings), broker.credentials)


def problem(made: RabbitTransport) -> TransportProblem:
    with pytest.raises(TransportProblem) as caught:
        made.open(0)
    made.close()
    return caught.value


@pytest.mark.req("FTC-01", "FTC-02", "GEN-10")
def test_messages_become_contributions_and_are_acknowledged(feeds: Feeds, ledger: Ledger, broker: Broker) -> None:
    integration = feeds.from_queue(broker)
    broker.publish(*(bet(f"a{number}") for number in range(1_200)))
    runner = feeds.runner(integration)
    assert runner.run_until_idle() == 1_200
    assert len(ledger.bets) == 1_200
    assert ledger.contributed == [f"a{number}" for number in range(1_200)]
    assert position_of(integration).used_count == 1_200
    assert broker.waiting() == 0
    assert_invariants()


@pytest.mark.req("FTC-02", "G-25")
def test_the_property_counts_and_headers_do_not(feeds: Feeds, ledger: Ledger, broker: Broker) -> None:
    integration = feeds.from_queue(broker)
    broker.publish(bet("a1"), message_type=None, application_headers={"type": "CASINO"})
    broker.publish(bet("a2"), message_type="LOTTERY_V2", application_headers={"type": "CASINO"})
    broker.publish(bet("a3"), application_headers={"type": "LOTTERY_V2"})
    feeds.runner(integration).run_until_idle()
    assert ledger.contributed == ["a3"]
    assert dead_reasons(integration) == ["TYPE_MISSING", "UNSUPPORTED_TYPE"]
    assert DeadLetter.objects.get(reason="TYPE_MISSING").headers["headers"] == {"type": "CASINO"}
    assert broker.waiting() == 0


@pytest.mark.req("FTC-05", "B-18")
def test_a_crash_between_commit_and_acknowledgement_is_absorbed(feeds: Feeds, ledger: Ledger, broker: Broker) -> None:
    integration = feeds.from_queue(broker)
    broker.publish(*(bet(f"a{number}") for number in range(20)), bet("bad", origin="nowhere"))
    runner = feeds.runner(integration)

    def crash(_messages: object) -> None:
        raise KeyboardInterrupt

    runner.transport.acknowledge = crash  # type: ignore[assignment, method-assign]
    with pytest.raises(KeyboardInterrupt):
        runner.run_until_idle()
    runner.leave()
    assert len(ledger.bets) == 20
    feeds.runner(integration).run_until_idle()
    assert len(ledger.bets) == 20
    assert counts_of(integration) == {"ACCEPTED": 20, "UNMAPPED_ORIGIN": 1, "DUPLICATE": 21}
    assert DeadLetter.objects.get().attempts == 2
    assert broker.waiting() == 0
    assert_invariants()


@pytest.mark.req("B-18")
def test_what_was_not_committed_is_not_acknowledged(feeds: Feeds, ledger: Ledger, broker: Broker) -> None:
    integration = feeds.from_queue(broker)
    broker.publish(bet("a1"))
    zombie = feeds.runner(integration)
    zombie.leave()
    owner = feeds.runner(integration)
    zombie.run()
    assert ledger.bets == []
    assert owner.run_until_idle() == 1
    assert ledger.contributed == ["a1"]
    assert broker.waiting() == 0


@pytest.mark.req("B-19")
def test_poison_among_good_messages(feeds: Feeds, ledger: Ledger, broker: Broker) -> None:
    integration = feeds.from_queue(broker)
    ledger.poisoned_players.add("poison")
    poison = [b"", b"\xff", b"{}", b"[" * 9_000, b'{"amount":NaN}', b"\x00"]
    broker.publish(*poison, *(bet(f"a{number}") for number in range(100)), bet("p", user_id="poison"))
    assert feeds.runner(integration).run_until_idle() == 107
    assert len(ledger.contributed) == 100
    assert position_of(integration).dead_count == 7
    assert all(letter.reason for letter in DeadLetter.objects.all())
    assert {bytes(letter.raw) for letter in DeadLetter.objects.exclude(reason="PROCESSING_FAILED")} == set(poison)
    assert_invariants()


@pytest.mark.req("B-19")
def test_the_breaker_stops_the_feed_and_leaves_the_rest_in_the_queue(
    feeds: Feeds, ledger: Ledger, broker: Broker
) -> None:
    integration = feeds.from_queue(broker)
    broker.publish(bet("a1"), *(bet(f"b{number}", origin="nowhere") for number in range(120)), bet("a2"))
    feeds.runner(integration).run()
    position = position_of(integration)
    assert (position.status, position.dead_count, position.used_count) == (FeedStatus.TRIPPED, 50, 1)
    assert "UNMAPPED_ORIGIN" in position.status_detail
    assert [activity.activity_id for activity in GameActivity.objects.all()] == ["a1"]
    assert set(ledger.contributed) == {"a1", "a2"}, "the batch was tried whole, and undone"
    assert broker.waiting() == 71
    assert_invariants()


@pytest.mark.req("B-23")
def test_a_partners_queue_is_only_looked_at(broker: Broker) -> None:
    missing = problem(transport(broker, queue=f"{broker.queue}-that-is-not-there"))
    assert missing.status == FeedStatus.MISSING
    with pytest.raises(amqp.exceptions.NotFound):
        broker.connection.channel().queue_declare(f"{broker.queue}-that-is-not-there", passive=True)
    opened = transport(broker)
    opened.open(0)
    opened.close()


@pytest.mark.req("B-23")
def test_our_own_queue_is_declared_bound_and_limited(
    broker: Broker, queue_prefix: str, amqp_url: str, settings: Any
) -> None:
    settings.AMQP_URL = amqp_url
    names = {"queue": f"{queue_prefix}ours", "exchange": f"{queue_prefix}exchange"}
    opened = transport(broker, server="ours", **names)
    opened.open(0)
    message = amqp.Message(b"{}", type="CASINO")
    try:
        broker.channel.basic_publish(message, names["exchange"], "casino.bet")
        received: list[RawMessage] = opened.receive(10, 5)
        assert [one.type for one in received] == ["CASINO"]
        with pytest.raises(amqp.exceptions.PreconditionFailed):
            broker.connection.channel().queue_declare(names["queue"], durable=True, auto_delete=False)
    finally:
        opened.close()
        cleaner = broker.connection.channel()
        cleaner.queue_delete(names["queue"])
        cleaner.queue_delete(dead_queue_of(names["queue"]))
        cleaner.exchange_delete(names["exchange"])


@pytest.mark.req("B-23", "GEN-10")
def test_a_message_of_our_queue_that_comes_back_too_often_is_put_aside_and_not_lost(
    broker: Broker, queue_prefix: str, amqp_url: str, settings: Any
) -> None:
    settings.AMQP_URL = amqp_url
    queue = f"{queue_prefix}ours"
    opened = transport(broker, server="ours", queue=queue)
    opened.open(0)
    broker.channel.basic_publish(amqp.Message(b"{}", type="CASINO", delivery_mode=2), "", queue)
    try:
        for _ in range(DELIVERY_LIMIT + 1):
            assert len(opened.receive(10, 5)) == 1
            opened.close()
            opened.open(0)
        channel: Any = broker.channel
        wait_for(lambda: channel.queue_declare(dead_queue_of(queue), passive=True).message_count == 1)
        assert opened.receive(10, 0.1) == []
    finally:
        opened.close()
        cleaner = broker.connection.channel()
        cleaner.queue_delete(queue)
        cleaner.queue_delete(dead_queue_of(queue))


@pytest.mark.req("GEN-10")
def test_nothing_is_taken_while_the_database_is_away(
    feeds: Feeds, ledger: Ledger, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = feeds.runner(feeds.from_queue(broker))
    broker.publish(bet("a1"))
    asked: list[bool] = []

    def away(_position_id: int) -> int:
        asked.append(broker.waiting() == 1)
        if len(asked) > 3:
            return 0
        raise OperationalError("the database is away")

    monkeypatch.setattr("integrations.feeds.runner.next_offset_of", away)
    runner._pause = 0.01
    thread = Thread(target=runner.run)
    thread.start()
    wait_for(lambda: runner.next_offset == 1)
    runner.stop.set()
    thread.join(10)
    assert asked == [True] * 4
    assert broker.waiting() == 0


@pytest.mark.req("GIG-05")
def test_wrong_credentials_and_a_broker_that_is_gone_are_told_apart(broker: Broker) -> None:
    wrong = RabbitTransport(RabbitConnection(**broker.settings()), {"username": "potluck", "password": "wrong"})
    assert problem(wrong).status == FeedStatus.REFUSED
    assert problem(transport(broker, virtual_host="/none")).status == FeedStatus.REFUSED
    assert problem(transport(broker, port=1)).status == FeedStatus.WAITING


def test_a_broker_that_says_nothing_any_more_is_given_up(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rabbitmq, "ANSWER_SECONDS", 1)
    with Relay((broker.host, broker.port)) as relay:
        opened = transport(broker, port=relay.port)
        opened.open(0)
        assert opened.lag() == 0
        relay.speaks.clear()
        with pytest.raises(TransportProblem) as caught:
            opened.lag()
    assert caught.value.status == FeedStatus.WAITING
    opened.close()


def test_in_production_a_private_address_is_not_connected_to(broker: Broker, settings: Any) -> None:
    settings.ENVIRONMENT = "production"
    refused = problem(transport(broker))
    assert refused.status == FeedStatus.REFUSED
    assert "public Internet" in refused.detail
    settings.OUTBOUND_ALLOWED_HOSTS = [f"{broker.host}:{broker.port}"]
    opened = transport(broker)
    opened.open(0)
    opened.close()


def test_a_lost_connection_is_opened_again_without_loss(feeds: Feeds, ledger: Ledger, broker: Broker) -> None:
    integration = feeds.from_queue(broker)
    runner = feeds.runner(integration)
    broker.publish(bet("a1"))
    thread = Thread(target=runner.run)
    thread.start()
    try:
        wait_for(lambda: ledger.contributed == ["a1"])
        connection = runner.transport.inner._connection  # type: ignore[attr-defined]
        connection.connection.transport.sock.shutdown(2)
        broker.publish(bet("a2"))
        wait_for(lambda: ledger.contributed == ["a1", "a2"])
    finally:
        runner.stop.set()
        thread.join(10)
    assert not thread.is_alive()
    assert position_of(integration).status == FeedStatus.STOPPED
    assert_invariants()
