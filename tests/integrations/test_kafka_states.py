"""What a Kafka feed says of itself when something is wrong, and what a broker answers before anything is submitted."""

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest

from integrations.feeds import reach
from integrations.feeds.base import TransportProblem
from integrations.feeds.kafka_client import Listener, ask_topics, client_settings, made_consumer
from integrations.feeds.probe import peek, test_connection
from integrations.models import FeedMember, FeedPosition, FeedStatus, Integration
from integrations.queries.alarms import feed_alarms
from integrations.queries.feeds import feed_health
from integrations.queries.integrations import integration as integration_of
from integrations.wire.connections import KafkaConnection, read_connection
from tests.cast import Cast
from tests.integrations import toy
from tests.integrations.kafka_support import allow_toys, connected, member, numbers
from tests.integrations.support import Broker, Feeds, wait_for
from tests.kafka import KafkaCluster

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("G-23", "GIG-05")]


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


def secured(kafka: KafkaCluster, **changes: Any) -> dict[str, Any]:
    return {"brokers": kafka.tls, "authority": kafka.authority, **changes}


def started(integration: Integration, stop: Event) -> Thread:
    thread = Thread(target=member(integration, stop).run, daemon=True)
    thread.start()
    return thread


def told(integration: Integration) -> tuple[str, str]:
    row = FeedMember.objects.filter(integration=integration).first()
    return (row.status, row.status_detail) if row else ("", "")


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-512", "PLAIN"])
def test_it_is_read_over_tls_with_a_login(feeds: Feeds, kafka: KafkaCluster, mechanism: str) -> None:
    topic = kafka.create("numbers")
    kafka.produce(topic, [b"1", b"2"])
    integration = connected(
        feeds, kafka, topic, connection=secured(kafka, mechanism=mechanism), credentials=kafka.credentials
    )
    assert member(integration).run_until_idle() == 2
    assert numbers() == [1, 2]


@pytest.mark.parametrize(
    ("changes", "password", "words"),
    [
        ({}, "wrong", "The broker refused the login: SASL authentication error"),
        ({"mechanism": "SCRAM-SHA-256"}, None, "mechanism"),
        ({"authority": ""}, None, "The broker's certificate is not trusted"),
    ],
    ids=["password", "mechanism", "authority"],
)
def test_a_login_that_is_refused_is_shown_and_tried_again(  # noqa: PLR0917
    feeds: Feeds,
    kafka: KafkaCluster,
    cast: Cast,
    stop: Event,
    changes: dict[str, Any],
    password: str | None,
    words: str,
) -> None:
    topic = kafka.create("numbers")
    credentials = kafka.credentials | ({"password": password} if password else {})
    integration = connected(feeds, kafka, topic, connection=secured(kafka, **changes), credentials=credentials)
    thread = started(integration, stop)
    wait_for(lambda: told(integration)[0] == FeedStatus.REFUSED, 30)
    shown = feed_health(integration_of(cast.house.scope, integration.pk), cast.now)
    assert shown.needs_somebody
    assert words in shown.detail
    assert feed_alarms(cast.house.scope).stopped_feeds == 1
    assert not FeedPosition.objects.exists()
    assert thread.is_alive()


def test_a_topic_that_is_missing_is_named_and_read_once_it_is_there(
    feeds: Feeds, kafka: KafkaCluster, stop: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.feeds.kafka.MISSING_RETRY_SECONDS", 0.2)
    there, missing = kafka.create("there"), f"{kafka.prefix}missing"
    integration = connected(feeds, kafka, there, missing)
    started(integration, stop)
    wait_for(lambda: told(integration)[0] == FeedStatus.MISSING, 30)
    assert missing in told(integration)[1]
    kafka.produce(kafka.create("missing"), [b"1"])
    wait_for(lambda: numbers() == [1], 30)
    wait_for(lambda: told(integration) == (FeedStatus.RUNNING, ""), 30)


def test_nobody_at_the_address_is_waited_for(feeds: Feeds, kafka: KafkaCluster, stop: Event) -> None:
    integration = connected(feeds, kafka, "any", connection=kafka.connection(brokers="127.0.0.1:1"))
    started(integration, stop)
    wait_for(lambda: told(integration)[0] == FeedStatus.WAITING, 30)
    assert "Connection refused" in told(integration)[1]


def test_production_reaches_only_the_public_internet(
    kafka: KafkaCluster, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ENVIRONMENT = "production"
    with pytest.raises(TransportProblem, match="not on the public Internet"):
        client_settings(KafkaConnection(brokers=kafka.bootstrap), {})
    # The name of the form leads to the Internet, and what answers there names brokers at home.
    settings.OUTBOUND_ALLOWED_HOSTS = [f"localhost:{kafka.bootstrap.partition(':')[2]}"]
    connection = KafkaConnection(brokers=kafka.bootstrap.replace("127.0.0.1", "localhost"), security="plaintext")
    listener = Listener()
    consumer = made_consumer(client_settings(connection, {}) | {"group.id": "any"}, listener)
    monkeypatch.setattr(reach, "resolve", lambda *_: ["10.0.0.1"])
    with pytest.raises(TransportProblem, match="not on the public Internet"):
        ask_topics(consumer, listener, [kafka.create("numbers")])
    consumer.close()


def test_our_own_may_be_at_home(feeds: Feeds, kafka: KafkaCluster, settings: Any) -> None:
    topic = kafka.create("numbers")
    kafka.produce(topic, [b"1"])
    integration = connected(feeds, kafka, topic, connection={"server": "ours"})
    settings.ENVIRONMENT = "production"
    assert member(integration).run_until_idle() == 1


def test_ours_needs_a_setting(settings: Any) -> None:
    settings.KAFKA_BOOTSTRAP_SERVERS = ""
    with pytest.raises(TransportProblem, match="KAFKA_BOOTSTRAP_SERVERS"):
        client_settings(KafkaConnection(server="ours"), {})


@pytest.mark.req("IGT-04")
def test_a_connection_is_tried_before_it_is_submitted(kafka: KafkaCluster) -> None:
    topic = kafka.create("numbers", partitions=2)
    kafka.produce(topic, [b"1", b"2", b"3"])
    missing = f"{kafka.prefix}missing"
    settings = {"topics": {topic: "main", missing: "pdp"}}
    connection = read_connection("kafka", secured(kafka))
    both = kafka.credentials | {f"pdp_{name}": value for name, value in kafka.credentials.items()}
    result = test_connection(toy.KIND, "kafka", connection, both, settings)
    assert result.is_reached
    assert result.facts == ((topic, "2 partitions, 3 messages"), (missing, "missing"))
    assert missing in result.text
    refused = test_connection(toy.KIND, "kafka", connection, both | {"pdp_password": "wrong"}, settings)
    assert not refused.is_reached
    assert refused.text.startswith("Login pdp: The broker refused the login")
    assert test_connection(toy.KIND, "replay", read_connection("replay", {}), {}, {}).is_reached


def test_the_last_messages_are_shown_and_nothing_is_committed(kafka: KafkaCluster) -> None:
    topic = kafka.create("numbers", partitions=3)
    kafka.produce(topic, [b"%d" % number for number in range(100)], keys=[f"k{number}" for number in range(100)])
    connection = read_connection("kafka", kafka.connection())
    assert isinstance(connection, KafkaConnection)
    settings = {"topics": {topic: "main"}}
    groups = {group.group_id for group in kafka.admin.list_consumer_groups().result(30).valid}
    shown = peek(toy.KIND, connection, {}, settings, topic, 20)
    assert len(shown) == 20
    assert {raw.body for raw in shown} <= {b"%d" % number for number in range(100)}
    assert all(raw.key == f"k{raw.body.decode()}" and raw.is_positioned for raw in shown)
    assert len(peek(toy.KIND, connection, {}, settings, topic, 500)) == 100
    assert peek(toy.KIND, connection, {}, settings, kafka.create("empty"), 5) == []
    with pytest.raises(TransportProblem, match="There is no topic"):
        peek(toy.KIND, connection, {}, settings, f"{kafka.prefix}missing", 5)
    assert {group.group_id for group in kafka.admin.list_consumer_groups().result(30).valid} == groups


def test_a_queue_is_looked_at_and_left_as_it_is(broker: Broker) -> None:
    broker.publish(b"1", b"2")
    connection = read_connection("rabbitmq", broker.settings())
    result = test_connection(toy.KIND, "rabbitmq", connection, broker.credentials, {})
    assert (result.is_reached, result.facts) == (True, ((broker.queue, "2 messages waiting"),))
    assert broker.waiting() == 2
    wrong = test_connection(toy.KIND, "rabbitmq", connection, {"username": "x", "password": "y"}, {})
    assert not wrong.is_reached
    absent = read_connection("rabbitmq", broker.settings(queue="no-such-queue"))
    assert "no such queue" in test_connection(toy.KIND, "rabbitmq", absent, broker.credentials, {}).text
