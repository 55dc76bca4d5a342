"""kill -9 of RabbitMQ and of who reads it, under load: what the broker confirmed is taken, once, and poison is kept."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import amqp
import msgspec
import pytest

from backoffice.core import clock
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.server import HOST, START_SECONDS, free_port
from integrations.feeds.rabbitmq import DELIVERY_LIMIT, RabbitTransport, dead_queue_of
from integrations.models import DeadLetter, FeedPosition, Integration
from integrations.wire.connections import RabbitConnection
from jackpots.models import Contribution
from tests.cast import Cast
from tests.integrations.support import Feeds, bet, wait_for
from tests.integrations.workers import process
from tests.invariants import assert_invariants

LONG = os.environ.get("POTLUCK_LONG") == "1"
KILLS = 10 if LONG else 2
CONFIRMED_BEFORE_A_KILL = 500 if LONG else 150
POISON_EVERY = 60
LEASE_SECONDS = 2
QUEUE = "casino"


class MortalRabbitMQ(RabbitMQ):
    """A broker that comes back where it was, with what it had written to the disk."""

    def start(self) -> None:
        """On the same port, which its name and so its data go by."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.prepare()
        self.port = self.port or free_port()
        self.spawn()
        assert self.wait_until_it_answers(time.monotonic() + 2 * START_SECONDS), self.log_tail()

    def kill(self) -> None:
        """The launcher and the virtual machine under it."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"


@dataclass
class Publisher:
    """Publishes with confirms and `mandatory` until the broker is gone; remembers what was confirmed."""

    address: str
    enough: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    confirmed: dict[str, bool] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    returned: list[Any] = field(default_factory=list)

    def publish_until_gone(self, prefix: str) -> None:
        connection = amqp.Connection(
            self.address, userid="potluck", password="potluck", confirm_publish=True, connect_timeout=30,
            read_timeout=30, write_timeout=30,
        )  # fmt: skip
        connection.connect()
        channel: Any = connection.channel()
        channel.events["basic_return"].add(lambda *told: self.returned.append(told))
        for number in range(1_000_000):
            name, is_poison = f"{prefix}-{number}", number % POISON_EVERY == POISON_EVERY - 1
            body = bet(name, origin="nowhere.example.com") if is_poison else bet(name, user_id=f"p{number % 9}")
            message = amqp.Message(msgspec.json.encode(body), type="CASINO", delivery_mode=2)
            try:
                channel.basic_publish_confirm(message, "", QUEUE, mandatory=True)
            except (OSError, amqp.exceptions.AMQPError):
                self.unknown.append(name)
                return
            self.confirmed[name] = is_poison
            self.enough.release()


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[MortalRabbitMQ]:
    broker = MortalRabbitMQ(tmp_path / "broker", durable=True)
    broker.start()
    yield broker
    if broker.process is not None and broker.process.poll() is None:
        broker.kill()
    broker.stop_mapper()


def declared(broker: MortalRabbitMQ, settings: Any) -> RabbitTransport:
    """Our own queue, as a feed declares it."""
    settings.AMQP_URL = broker.url
    transport = RabbitTransport(RabbitConnection(server="ours", queue=QUEUE), {})
    transport.open(0)
    return transport


def waiting(broker: MortalRabbitMQ, queue: str) -> int:
    connection = amqp.Connection(broker.address, userid="potluck", password="potluck", read_timeout=30)
    connection.connect()
    try:
        told: Any = connection.channel().queue_declare(queue, passive=True)
        return int(told.message_count)
    finally:
        connection.close()


def stored() -> list[str]:
    return list(Contribution.objects.values_list("gameround_id", flat=True))


def some_stored(prefix: str) -> bool:
    return Contribution.objects.filter(gameround_id__startswith=prefix).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("R-21", "B-18", "B-19", "B-23", "GEN-10", "FTC-05")
def test_what_the_broker_confirmed_is_taken_once_whoever_is_killed(
    cast: Cast, mortal: MortalRabbitMQ, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared(mortal, settings).close()
    monkeypatch.setenv("AMQP_URL", mortal.url)
    integration = Feeds(cast).connected(transport="rabbitmq", connection={"server": "ours", "queue": QUEUE})
    publisher = Publisher(mortal.address)
    for kill in range(KILLS):
        with consumer(integration, tmp_path) as reader:
            sender = threading.Thread(target=publisher.publish_until_gone, args=(f"k{kill}",))
            sender.start()
            for _ in range(CONFIRMED_BEFORE_A_KILL):
                assert publisher.enough.acquire(timeout=60)
            wait_for(partial(some_stored, f"k{kill}-"), 60)
            victims = [reader.kill, mortal.kill]
            for end in victims if kill % 2 else reversed(victims):
                end()
            reader.wait(10)
            sender.join(60)
            assert not sender.is_alive()
        mortal.start()
    assert publisher.returned == []
    assert len(publisher.confirmed) >= KILLS * CONFIRMED_BEFORE_A_KILL

    good = {name for name, is_poison in publisher.confirmed.items() if not is_poison}
    with consumer(integration, tmp_path):
        wait_for(lambda: good <= set(stored()) and waiting(mortal, QUEUE) == 0, 120)
        poison = len(publisher.confirmed) - len(good)
        wait_for(lambda: DeadLetter.objects.count() >= poison, 60)
    names = stored()
    assert len(names) == len(set(names)), "no bet contributed twice"
    assert set(names) - good <= set(publisher.unknown)
    assert set(DeadLetter.objects.values_list("reason", flat=True)) == {"UNMAPPED_ORIGIN"}
    lying = {msgspec.json.decode(bytes(letter.raw))["activity_id"] for letter in DeadLetter.objects.all()}
    assert {name for name, is_poison in publisher.confirmed.items() if is_poison} <= lying
    assert lying <= {*publisher.confirmed, *publisher.unknown}
    assert waiting(mortal, dead_queue_of(QUEUE)) == 0
    assert_invariants()


def consumer(integration: Integration, tmp_path: Path) -> Any:
    """A process that reads the feed, once nobody owns it any more."""
    wait_for(lambda: not FeedPosition.objects.filter(lease_until__gt=clock.now()).exists(), 90)
    command = ("manage.py", "consume_feed", str(integration.pk))
    return process(*command, log=tmp_path / "consumer.log", lease_seconds=LEASE_SECONDS)


@pytest.mark.req("B-23", "GEN-10")
def test_a_message_that_kills_its_readers_is_put_aside(mortal: MortalRabbitMQ, settings: Any) -> None:
    declared(mortal, settings).close()
    publisher = amqp.Connection(mortal.address, userid="potluck", password="potluck", confirm_publish=True)
    publisher.connect()
    message = amqp.Message(b"deadly", type="CASINO", delivery_mode=2)
    publisher.channel().basic_publish_confirm(message, "", QUEUE, mandatory=True)
    command = [sys.executable, "-m", "tests.faults.rabbitmq_victim", mortal.address, QUEUE]
    root = Path(__file__).parents[2]
    for _ in range(DELIVERY_LIMIT + 1):
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr[-2_000:]
    wait_for(lambda: waiting(mortal, dead_queue_of(QUEUE)) == 1, 30)
    assert waiting(mortal, QUEUE) == 0
    mortal.kill()
    mortal.start()
    # It counts what it has once it has read it again.
    wait_for(lambda: waiting(mortal, dead_queue_of(QUEUE)) == 1, 30)
