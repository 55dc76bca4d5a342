"""What tests of integrations stand on."""

import signal
from collections.abc import Iterator

import amqp
import pytest

from backoffice import subscriptions
from tests.cast import Cast
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
