"""What tests of integrations stand on."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import amqp
import pytest

from backoffice import subscriptions
from tests.cast import Cast
from tests.integrations.drops import Book
from tests.integrations.own_redis import OwnRedis
from tests.integrations.profiles import Profiles
from tests.integrations.support import Broker, Feeds, Ledger


@pytest.fixture
def feeds(cast: Cast) -> Feeds:
    """Integrations of the cast, with Fast Track allowed."""
    return Feeds(cast)


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Stands where jackpots take the bets, and keeps them."""
    book = Ledger()
    monkeypatch.setattr("tests.integrations.support.open_ledger", book)
    monkeypatch.setitem(subscriptions.FEED_MESSAGES, "fasttrack.bets", "tests.integrations.support.open_ledger")
    return book


@pytest.fixture
def broker(amqp_url: str, queue_prefix: str) -> Iterator[Broker]:
    """The real RabbitMQ, and one queue of this test."""
    kept = Broker(amqp_url, f"{queue_prefix}bets")
    yield kept
    kept.close()


@pytest.fixture
def amqp_channel(broker: Broker) -> amqp.Channel:
    """For what a partner does at the broker."""
    return broker.channel


@pytest.fixture
def whole_signals() -> Iterator[None]:
    """The command listens for signals, and would leave the process of the tests deaf to them."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Book:
    """Stands where players are kept."""
    kept = Book()
    monkeypatch.setattr("tests.integrations.drops.open_book", kept)
    monkeypatch.setitem(subscriptions.FEED_MESSAGES, "players.messages", "tests.integrations.drops.open_book")
    return kept


@pytest.fixture
def own_redis(tmp_path: Path, settings: Any) -> Iterator[OwnRedis]:
    """A Valkey that keeps nothing on disk, to be emptied and killed."""
    server = OwnRedis(tmp_path)
    settings.REDIS_URL = server.url
    yield server
    server.valkey.stop()


@pytest.fixture
def profiles(monkeypatch: pytest.MonkeyPatch) -> Profiles:
    """Stands where campaigns keep the players, and keeps what it is told."""
    kept = Profiles()
    monkeypatch.setattr("tests.integrations.profiles.open_profiles", kept)
    monkeypatch.setitem(subscriptions.FEED_MESSAGES, "players.messages", "tests.integrations.profiles.open_profiles")
    return kept
