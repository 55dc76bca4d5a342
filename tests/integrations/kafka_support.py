"""What the tests of Kafka have in common: feeds of the toy kind, and processes that read them."""

from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import Popen
from threading import Event
from typing import Any

from integrations.feeds.member import MemberRunner
from integrations.feeds.start import start_feed
from integrations.models import Integration
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from tests.cast import SYSTEM
from tests.integrations import toy
from tests.integrations.support import Feeds
from tests.integrations.workers import process
from tests.kafka import KafkaCluster


def allow_toys(feeds: Feeds) -> None:
    """The kind is there, and switched on."""
    toy.register()
    set_kind_flag(Switch("thrilltech", "toy", is_enabled=True), actor=SYSTEM, now=feeds.cast.now)


def connected(feeds: Feeds, kafka: KafkaCluster, *topics: str, **changes: Any) -> Integration:
    """An integration that reads the topics without a login."""
    values: dict[str, Any] = {
        "kind": "toy", "transport": "kafka", "settings": {"topics": dict.fromkeys(topics, "main")},
        "connection": kafka.connection(),
    }  # fmt: skip
    return feeds.connected(**(values | changes))


def member(integration: Integration, stop: Event | None = None, credential_set: str = "main") -> MemberRunner:
    """A runner that is not yet open."""
    runner = start_feed(integration, stop or Event(), credential_set)
    assert isinstance(runner, MemberRunner)
    return runner


def numbers() -> list[int]:
    """Every effect."""
    return [row[0] for row in toy.rows("number")]


def reader(log: Path, lease_seconds: int = 2) -> AbstractContextManager[Popen[bytes]]:
    """A process that reads every feed as a worker does; it is missed after `lease_seconds`."""
    return process("-m", "tests.integrations.toy", log=log, lease_seconds=lease_seconds)
