"""The rounds of feed_rabbitmq, in turn: bets that contribute, and bets that are decoded, acknowledged, forgotten."""

import json
import os
import time
from collections.abc import Sequence
from threading import Event
from typing import Any
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
django.setup()

from django.conf import settings
from kombu import Connection

from backoffice.accounts.models import StaffUser
from backoffice.approvals.operations.decide_approval import Decision, decide_approval
from backoffice.audit.record import Actor
from backoffice.core import clock
from backoffice.demo.operations.load_integrations import ORIGINS
from backoffice.tenancy.scope import Scope
from bench.load import vacuum
from integrations.feeds.base import Transport
from integrations.feeds.runner import FeedRunner
from integrations.feeds.start import start_feed
from integrations.operations.submit_integration import Submission, submit_integration
from integrations.queries.integrations import integrations
from integrations.wire.raw import RawMessage

ROUNDS = 3
MESSAGES = 10_000
WAIT_SECONDS = 2.0
QUEUE = "bench-casino"


def main() -> None:
    """Print the rates of both as JSON."""
    runner = _runner()
    rates: dict[str, list[float]] = {"contributed": [], "empty_sink": []}
    _round(runner, FeedRunner, 1_000)
    vacuum(settings.DATABASE_URL)
    for _ in range(ROUNDS):
        rates["contributed"].append(_round(runner, FeedRunner, MESSAGES))
        rates["empty_sink"].append(_round(runner, EmptySink, MESSAGES))
    print(json.dumps(rates))


class Counting:
    """A transport that ends its runner once so many messages are acknowledged."""

    def __init__(self, transport: Transport, stop: Event, count: int) -> None:
        self._transport = transport
        self._stop = stop
        self._left = count

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def acknowledge(self, messages: Sequence[RawMessage]) -> None:
        """Tell the broker, and count."""
        self._transport.acknowledge(messages)
        self._left -= len(messages)
        if self._left <= 0:
            self._stop.set()


class EmptySink(FeedRunner):
    """The same consumer: it decodes and acknowledges, and has no effect."""

    def _take(self, messages: Sequence[RawMessage]) -> list[Any]:
        decoded = [self.decoder.decode(raw) for raw in messages]
        self.transport.acknowledge(messages)
        return decoded


def _round(runner: FeedRunner, sink: type[FeedRunner], count: int) -> float:
    _publish(count)
    stop = Event()
    measured = sink(
        owned=runner.owned, kind=runner.kind, decoder=runner.decoder, next_offset=runner.next_offset, stop=stop,
        transport=Counting(runner.transport, stop, count), lease_seconds=runner.lease_seconds,
    )  # fmt: skip
    started = time.monotonic()
    taken = measured.run_until_idle(WAIT_SECONDS)
    seconds = time.monotonic() - started
    if taken != count:
        raise RuntimeError(f"{taken} of {count} messages came through")
    runner.next_offset = measured.next_offset
    return count / seconds


def _publish(count: int) -> None:
    run = uuid4().hex[:12]
    with Connection(settings.AMQP_URL) as connection:
        channel = connection.channel()
        producer = connection.Producer(channel)
        for number in range(count):
            body = {
                "activity_id": f"{run}-{number}", "amount": 1, "currency": "EUR", "exchange_rate": 1,
                "game_id": "10911", "game_name": "Dead or Alive", "game_type": "Slots", "is_round_end": False,
                "origin": "brand1.example.com", "round_id": f"{run}-{number}", "status": "Approved",
                "timestamp": "2026-01-02T08:27:58.721607Z", "type": "Bet", "user_id": f"player_{number % 2000:05d}",
                "vendor_id": "1", "vendor_name": "Netent", "wager_amount": 1, "bonus_wager_amount": 0,
                "locked_wager_amount": 0, "meta": {"key1": 10.5, "key2": "some string", "key3": False},
            }  # fmt: skip
            producer.publish(
                json.dumps(body).encode(), routing_key=QUEUE, type="CASINO", content_type="application/json",
                content_encoding="binary", delivery_mode=2,
            )  # fmt: skip


def _runner() -> FeedRunner:
    scope, name, now = Scope("thrilltech"), "Benchmark", clock.now()
    admin = StaffUser.objects.get(email="admin@thrilltech.example")
    approver = StaffUser.objects.get(email="approver@thrilltech.example")
    submission = Submission(
        operator_id="thrilltech", kind="fasttrack", name=name, transport="rabbitmq",
        settings={
            "brands": [{"origin": origin, "brand_id": brand_id} for origin, brand_id in ORIGINS.items()],
            "default_source_id": "sitewide-casino",
        },
        connection={"server": "ours", "queue": QUEUE}, reason="To measure it.",
    )  # fmt: skip
    integration = submit_integration(submission, submitted_by=admin, scope=scope, actor=Actor.staff(admin), now=now)
    assert integration.approval_id is not None
    decide_approval(
        integration.approval_id, Decision(is_approved=True, reason="To measure it."), decided_by=approver, scope=scope,
        actor=Actor.staff(approver), now=now,
    )  # fmt: skip
    runner = start_feed(integrations(scope).get(name=name), Event())
    if runner is None:
        raise RuntimeError("another process owns the feed")
    assert isinstance(runner, FeedRunner)
    runner.transport.open(0)
    runner.transport.close()
    return runner


if __name__ == "__main__":
    main()
