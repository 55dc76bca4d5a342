"""Builders of messages, feeds and brokers for the tests of integrations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp
import msgspec

from backoffice.accounts.models import StaffUser
from backoffice.accounts.viewer import scope_of
from backoffice.approvals.operations.decide_approval import Decision, decide_approval
from backoffice.audit.record import Actor
from integrations.feeds.runner import FeedRunner
from integrations.feeds.start import start_feed
from integrations.kinds.registry import kind_of
from integrations.models import DeadLetter, FeedPosition, FeedTally, GameActivity, GameRound, Integration
from integrations.operations.apply_batch import Batch, apply_batch
from integrations.operations.own_feed import OwnedFeed, own_feed
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from integrations.operations.submit_integration import Submission, submit_integration
from integrations.wire.bets import Bet, BetResult
from integrations.wire.outcomes import Item, Outcome
from integrations.wire.raw import RawMessage, digest_of
from tests.cast import SYSTEM, Cast

ORIGIN = "sub.example.com"


def message(**changes: Any) -> dict[str, Any]:
    """A valid bet as the partner documents it; a change to None takes the field away."""
    body: dict[str, Any] = {
        "activity_id": "2019020103308257480", "amount": 20, "balance_after": 174.03, "balance_before": 194.03,
        "bonus_wager_amount": 0.0, "currency": "EUR", "exchange_rate": 1, "game_id": "10911",
        "game_name": "Dead or Alive", "game_type": "Slots", "is_round_end": False, "locked_wager_amount": 0.00,
        "origin": ORIGIN, "round_id": "2019020103308257480", "status": "Approved",
        "timestamp": "2015-03-02T8:27:58.721607Z", "type": "Bet", "user_id": "52530", "vendor_id": "1",
        "vendor_name": "Netent", "wager_amount": 20, "meta": {"key1": 10.00, "key2": "some string", "key3": False},
    }  # fmt: skip
    body |= changes
    return {name: value for name, value in body.items() if value is not None}


def bet(activity_id: str = "a1", **changes: Any) -> dict[str, Any]:
    """A bet in a round of its own, without the optional amounts."""
    parts = {"bonus_wager_amount": None, "wager_amount": None, "locked_wager_amount": None}
    return message(**({"activity_id": activity_id, "round_id": f"r-{activity_id}", **parts} | changes))


def raw(
    body: dict[str, Any] | bytes, message_type: str | None = "CASINO", topic: str = "bets", tag: int = 0
) -> RawMessage:
    """The message as RabbitMQ would hand it over."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    offset = digest_of(content, message_type).hex()
    return RawMessage(body=content, topic=topic, offset=offset, type=message_type, tag=tag)


@dataclass
class Ledger:
    """Takes bets as jackpots do, and answers as told: `refusals` by player, everything else is accepted."""

    bets: list[Bet] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    poisoned_players: set[str] = field(default_factory=set)

    def __call__(self, bets: Sequence[Bet], now: datetime) -> list[BetResult]:
        if any(taken.player_id in self.poisoned_players for taken in bets):
            raise ValueError("this one cannot be digested")
        self.bets += bets
        return [self._result(taken) for taken in bets]

    def _result(self, taken: Bet) -> BetResult:
        if taken.player_id in self.refusals:
            return BetResult(self.refusals[taken.player_id])
        return BetResult("MARKED" if taken.is_rollback else "ACCEPTED")

    @property
    def contributed(self) -> list[str]:
        """Game rounds that were handed over as bets."""
        return [taken.gameround_id for taken in self.bets if not taken.is_rollback]


open_ledger = Ledger()
# A broker that is short of memory or of disk does not say so: it no longer answers who has published.
PATIENCE_SECONDS = 60


class Broker:
    """A partner's side of RabbitMQ: one queue, messages into it."""

    def __init__(self, url: str, queue: str) -> None:
        parts = urlsplit(url)
        self.url, self.queue = url, queue
        self.host, self.port = parts.hostname or "", parts.port or 5672
        self.username, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.virtual_host = unquote(parts.path.removeprefix("/")) or "/"
        self.connection = amqp.Connection(
            f"{self.host}:{self.port}", userid=self.username, password=self.password, virtual_host=self.virtual_host,
            connect_timeout=PATIENCE_SECONDS, read_timeout=PATIENCE_SECONDS, write_timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        self.connection.connect()
        self.channel = self.connection.channel()
        self.channel.queue_declare(queue, durable=True, auto_delete=False)

    def publish(self, *bodies: dict[str, Any] | bytes, message_type: str | None = "CASINO", **properties: Any) -> None:
        """Messages into the queue; they are there when this returns, for the broker answers in order."""
        if message_type is not None:
            properties["type"] = message_type
        for body in bodies:
            content = body if isinstance(body, bytes) else msgspec.json.encode(body)
            self.channel.basic_publish(amqp.Message(content, **properties), "", self.queue)
        self.waiting()

    def waiting(self) -> int:
        """Messages in the queue that nobody holds."""
        declared: Any = self.channel.queue_declare(self.queue, passive=True)
        return int(declared.message_count)

    def close(self) -> None:
        if self.connection.connected:
            self.connection.channel().queue_delete(self.queue)
            self.connection.close()

    def settings(self, **changes: Any) -> dict[str, Any]:
        """The connection of an integration that reads the queue."""
        return {
            "host": self.host, "port": self.port, "virtual_host": self.virtual_host, "queue": self.queue, **changes,
        }  # fmt: skip

    @property
    def credentials(self) -> dict[str, str]:
        return {"username": self.username, "password": self.password}


@dataclass
class Feeds:
    """Makes integrations of the cast's operator by the operations, and runs messages through them."""

    cast: Cast
    numbers: int = 0

    def __post_init__(self) -> None:
        set_kind_flag(Switch("thrilltech", "fasttrack", is_enabled=True), actor=SYSTEM, now=self.cast.now)

    def mapping(self, **changes: Any) -> dict[str, Any]:
        """Settings of Fast Track: one origin for each brand, one source for all."""
        settings: dict[str, Any] = {
            "brands": [
                {"origin": ORIGIN, "brand_id": "thrilltech:brand1"},
                {"origin": "other.example.com", "brand_id": "thrilltech:brand2"},
            ],
            "default_source_id": "sitewide-casino",
        }
        return settings | changes

    def submission(self, **changes: Any) -> Submission:
        """A replay feed of Fast Track unless told otherwise."""
        self.numbers += 1
        values: dict[str, Any] = {
            "operator_id": "thrilltech", "kind": "fasttrack", "name": f"Casino feed {self.numbers}",
            "transport": "replay", "settings": self.mapping(), "connection": {}, "reason": "The casino goes live.",
        }  # fmt: skip
        return Submission(**(values | changes))

    def submit(self, by: StaffUser | None = None, **changes: Any) -> Integration:
        """Awaiting approval."""
        person = by or self.cast.admin
        return submit_integration(
            self.submission(**changes),
            submitted_by=person,
            scope=scope_of(person),
            actor=Actor.staff(person),
            now=self.cast.now,
        )

    def decide(self, integration: Integration, *, is_approved: bool = True, by: StaffUser | None = None) -> None:
        """By the second person unless told otherwise."""
        person = by or self.cast.approver
        assert integration.approval_id is not None
        decide_approval(
            integration.approval_id,
            Decision(is_approved, "Looked at."),
            decided_by=person,
            scope=scope_of(person),
            actor=Actor.staff(person),
            now=self.cast.now,
        )
        integration.refresh_from_db()

    def connected(self, **changes: Any) -> Integration:
        """Submitted and approved."""
        integration = self.submit(**changes)
        self.decide(integration)
        return integration

    def from_queue(self, broker: Broker, **changes: Any) -> Integration:
        """Connected to the broker's queue as a partner's."""
        return self.connected(
            transport="rabbitmq", connection=broker.settings(), credentials=broker.credentials, **changes
        )

    def owned(self, integration: Integration, topic: str = "bets") -> OwnedFeed:
        """The feed's position, taken by this test."""
        owned = own_feed(integration, topic, owner="test")
        assert owned is not None
        return owned

    def take(self, owned: OwnedFeed, *messages: RawMessage, **arguments: Any) -> list[Outcome]:
        """One batch through the path of every message."""
        integration = Integration.objects.get(pk=owned.integration_id)
        decoder = kind_of(integration.kind).decoder(integration.settings["kind"])
        items = [Item(one, decoder.decode(one)) for one in messages]
        return apply_batch(owned, Batch(integration.kind, items, self.cast.now), **arguments)

    def runner(self, integration: Integration, stop: Event | None = None) -> FeedRunner:
        """A runner that owns the feed."""
        runner = start_feed(integration, stop or Event())
        assert isinstance(runner, FeedRunner)
        return runner


def position_of(integration: Integration) -> FeedPosition:
    """The only position of the integration."""
    return FeedPosition.objects.get(integration=integration)


def counts_of(integration: Integration) -> dict[str, int]:
    """Messages by code."""
    return {tally.code: tally.count for tally in FeedTally.objects.filter(integration=integration) if tally.count}


def dead_reasons(integration: Integration) -> list[str]:
    """Reasons of what waits, in the order it came."""
    return list(
        DeadLetter.objects.filter(integration=integration, state="waiting")
        .order_by("id")
        .values_list("reason", flat=True)
    )


def state_of(integration: Integration) -> tuple[list[Any], list[Any]]:
    """Every activity and round, without what depends on the order of arrival by nature (ids)."""
    activities = GameActivity.objects.filter(integration=integration).order_by("activity_id", "kind").values()
    rounds = GameRound.objects.filter(integration=integration).order_by("round_id", "player_id").values()
    return [{**row, "id": 0} for row in activities], [{**row, "id": 0} for row in rounds]


def wait_for(condition: Callable[[], object], seconds: float = 15) -> None:
    """Until the condition holds; it is looked at every 20 ms."""
    pause = Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("it did not happen in time")
