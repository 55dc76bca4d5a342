"""The rounds of ingest_kafka, in turn: messages into players and their events, and messages decoded and copied.

`python -m bench.ingest_rounds member <integration>` is one more process that reads.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
django.setup()

from django.conf import settings
from django.db import connection, transaction

from backoffice.accounts.models import StaffUser
from backoffice.approvals.operations.decide_approval import Decision, decide_approval
from backoffice.audit.record import Actor
from backoffice.core import clock
from backoffice.core.bulk import copy_rows
from backoffice.core.json import encode
from backoffice.tenancy.scope import Scope
from bench.ingest_messages import KIND, create_topics, produce, settings_for
from bench.load import vacuum
from integrations.feeds.base import Transport
from integrations.feeds.member import MemberRunner
from integrations.feeds.start import start_feed
from integrations.kinds.registry import kind_of
from integrations.models import FeedPosition, Integration
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from integrations.operations.submit_integration import Submission, submit_integration
from integrations.wire.raw import RawMessage

MESSAGES = int(os.environ.get("BENCH_INGEST_MESSAGES", "200000"))
ROUNDS = 1
MOST_WORKERS = 2
TOPIC = "bench.command"
PATIENCE_SECONDS = 300.0


class Timed:
    """A transport that notes when the first messages came and the last were acknowledged, and then ends its runner."""

    def __init__(self, transport: Transport, stop: Event, count: int) -> None:
        self._transport = transport
        self._stop = stop
        self._left = count
        self.began = self.ended = self.cpu_began = self.cpu_ended = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def receive(self, limit: int, wait_seconds: float) -> list[RawMessage]:
        """What waits; the clock starts with the first."""
        cpu, now = time.process_time(), time.monotonic()
        messages = self._transport.receive(limit, wait_seconds)
        if messages and not self.began:
            self.began, self.cpu_began = now, cpu
        return messages

    def acknowledge(self, messages: Sequence[RawMessage]) -> None:
        """Tell the broker, and count."""
        self._transport.acknowledge(messages)
        self._left -= len(messages)
        self.ended, self.cpu_ended = time.monotonic(), time.process_time()
        if self._left <= 0:
            self._stop.set()


class BareCopy(MemberRunner):
    """The same member: it decodes, copies what it read into a table without an index, and forgets its positions."""

    def _take(self, messages: Sequence[RawMessage]) -> list[Any]:
        rows = []
        for raw in messages:
            read: Any = self.decoder.decode(raw)
            told = read.content
            rows.append((told.identifier_value, told.event, told.happened_at_ms, encode(told.properties).decode()))
        with transaction.atomic():
            copy_rows("bench_ingest", ("player_id", "event", "happened_at_ms", "properties"), rows)
        self.transport.acknowledge(messages)
        return rows


def main() -> None:
    """Print what was seen, and the rates of both as JSON."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_ingest "
            "(player_id text, event text, happened_at_ms bigint, properties jsonb)"
        )
    rates: dict[str, list[float]] = {"players": [], "bare_copy": []}
    for number in range(ROUNDS):
        topic = f"{TOPIC}.{number}"
        create_topics(topic)
        produce(topic, 5_000)
        # The plain copy first: where the positions stand afterwards, the players are read from.
        read, copied = _connected(f"{topic} read", topic), _connected(f"{topic} copied", topic)
        _round(read, MemberRunner, 5_000)
        _round(copied, BareCopy, 5_000)
        vacuum(settings.DATABASE_URL)
        produce(topic, MESSAGES, offset=10_000)
        rates["players"].append(_round(read, MemberRunner, MESSAGES))
        # Its positions have not moved: what came before comes again.
        rates["bare_copy"].append(_round(copied, BareCopy, MESSAGES + 5_000))
        _workers(read, topic)
    print(json.dumps(rates))


def _round(integration: Integration, runner: type[MemberRunner], count: int) -> float:
    stop = Event()
    made = start_feed(integration, stop, "command")
    assert isinstance(made, MemberRunner)
    timed = Timed(made.transport, stop, count)
    measured = runner(
        kind=made.kind, decoder=made.decoder, transport=timed, assignment=made.assignment, stop=stop,
        batch_size=made.batch_size, lease_seconds=made.lease_seconds,
    )  # fmt: skip
    server = _server_seconds()
    measured.run()
    server = _server_seconds() - server
    seconds = timed.ended - timed.began
    used = (timed.cpu_ended - timed.cpu_began) / count * 100_000
    print(
        f"{runner.__name__}: {count:,} messages in {seconds:.1f} s, {count / seconds:,.0f} a second; CPU seconds for "
        f"100,000: {used:.2f} of the process, {server / count * 100_000:.2f} of PostgreSQL"
    )
    return count / seconds


def _workers(integration: Integration, topic: str) -> None:
    """How much more processes bring."""
    count, offset, before = MESSAGES // 2, 10_000 + MESSAGES * 2, 0.0
    for number in range(1, MOST_WORKERS + 1):
        produce(topic, count, offset=offset * (number + 1))
        rate = _together(integration, number, count)
        gain = f", {rate / before:.2f} times as many as with one less" if before else ""
        print(f"{number} worker process(es): {rate:,.0f} messages a second{gain}")
        before = rate


def _together(integration: Integration, number: int, count: int) -> float:
    seen = _seen(integration)
    command = [sys.executable, "-m", "bench.ingest_rounds", "member", str(integration.pk)]
    processes = [subprocess.Popen(command) for _ in range(number)]
    try:
        began = _when(integration, seen + 1)
        at_first = _seen(integration)
        ended = _when(integration, seen + count)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
    return (seen + count - at_first) / (ended - began)


def _when(integration: Integration, number: int) -> float:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _seen(integration) < number:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{_seen(integration)} of {number} messages came through")
        time.sleep(0.02)
    return time.monotonic()


def _seen(integration: Integration) -> int:
    return sum(FeedPosition.objects.filter(integration=integration).values_list("seen_count", flat=True))


def _server_seconds() -> float:
    """CPU seconds of PostgreSQL so far: of the server, of its processes, and of those that are gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = (cursor.fetchone() or (0,))[0]
    server = _stat(backend)[1]
    ticks = sum(_stat(server)[11:15])
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = _stat(int(entry.name))
        except OSError:
            continue
        if stat[1] == server:
            ticks += stat[11] + stat[12]
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[int]:
    """The fields after the name: the state, which is no number and becomes 0, then the parent, and so on."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [0, *(int(field) for field in fields[1:15])]


def _connected(name: str, topic: str) -> Integration:
    scope, now = Scope("thrilltech"), clock.now()
    admin = StaffUser.objects.get(email="admin@thrilltech.example")
    approver = StaffUser.objects.get(email="approver@thrilltech.example")
    for flag in (KIND, *kind_of(KIND).requires):
        set_kind_flag(Switch("thrilltech", flag, is_enabled=True), actor=Actor.system("bench"), now=now)
    submission = Submission(
        operator_id="thrilltech", kind=KIND, name=name, transport="kafka", settings=settings_for(topic),
        connection={"server": "ours"}, reason="To measure it.",
    )  # fmt: skip
    integration = submit_integration(submission, submitted_by=admin, scope=scope, actor=Actor.staff(admin), now=now)
    assert integration.approval_id is not None
    decide_approval(
        integration.approval_id, Decision(is_approved=True, reason="To measure it."), decided_by=approver, scope=scope,
        actor=Actor.staff(approver), now=now,
    )  # fmt: skip
    integration.refresh_from_db()
    return integration


def _member(integration_id: str) -> None:
    import signal

    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    runner = start_feed(Integration.objects.get(pk=UUID(integration_id)), stop, "command")
    assert runner is not None
    runner.run()


if __name__ == "__main__":
    if sys.argv[1:2] == ["member"]:
        _member(sys.argv[2])
    else:
        main()
