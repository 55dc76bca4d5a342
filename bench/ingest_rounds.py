"""The rounds of ingest_kafka, in turn: messages into players and their events, and messages decoded and copied.

`python -m bench.ingest_rounds member <integration>` is one more process that reads.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Sequence
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
from backoffice.core.garbage import spare_garbage
from backoffice.core.json import encode
from backoffice.tenancy.scope import Scope
from bench.ingest_messages import KIND, create_topics, produce, settings_for
from bench.load import vacuum
from integrations.feeds.assignment import Marks
from integrations.feeds.base import Transport
from integrations.feeds.member import MemberRunner
from integrations.feeds.start import YOUNG_OBJECTS, start_feed
from integrations.kinds.registry import kind_of
from integrations.models import FeedPosition, Integration
from integrations.operations.own_partitions import OwnedPartition, Place
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from integrations.operations.submit_integration import Submission, submit_integration
from integrations.wire.raw import RawMessage

MESSAGES = int(os.environ.get("BENCH_INGEST_MESSAGES", "100000"))
ROUNDS = int(os.environ.get("BENCH_INGEST_ROUNDS", "3"))
WARM_UP = 5_000
# For one more run on the same servers: topics of its own, and later messages.
RUN = int(os.environ.get("BENCH_INGEST_RUN", "0"))
MOST_WORKERS = 2
TOPIC = f"bench.command{RUN}"
LATER = RUN * 10_000_000
PATIENCE_SECONDS = 300.0


class Timed:
    """A transport that ends its runner when the last messages were acknowledged. The clock starts when the partitions
    are the member's, before one of their messages is fetched."""

    def __init__(self, runner: MemberRunner, count: int) -> None:
        self._transport: Transport = runner.transport
        self._stop = runner.stop
        self._left = count
        self.began = self.ended = self.cpu_began = self.cpu_ended = 0.0
        self._take = runner.assignment.take
        vars(runner.assignment)["take"] = self._taken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def acknowledge(self, messages: Sequence[RawMessage]) -> None:
        """Tell the broker, and count."""
        self._transport.acknowledge(messages)
        self._left -= len(messages)
        self.ended, self.cpu_ended = time.monotonic(), time.process_time()
        if self._left <= 0:
            self._stop.set()

    def _taken(self, places: Collection[Place], marks: Marks) -> list[OwnedPartition]:
        taken = self._take(places, marks)
        self.began, self.cpu_began = time.monotonic(), time.process_time()
        return taken


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
    spare_garbage(young_objects=YOUNG_OBJECTS)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_ingest "
            "(player_id text, event text, happened_at_ms bigint, properties jsonb)"
        )
    rates: dict[str, list[float]] = {"players": [], "bare_copy": []}
    integrations = [_compare(f"{TOPIC}.{number}", number, rates) for number in range(ROUNDS)]
    _workers(integrations[-1], f"{TOPIC}.{ROUNDS - 1}")
    print(json.dumps(rates))


def _compare(topic: str, number: int, rates: dict[str, list[float]]) -> Integration:
    """One round of both, by turns the one or the other first; the integration whose players were read."""
    create_topics(topic)
    produce(topic, WARM_UP, offset=LATER)
    read, copied = _connected(f"{topic} read", topic), _connected(f"{topic} copied", topic)
    _round(read, MemberRunner, WARM_UP, is_told=False)
    _round(copied, BareCopy, WARM_UP, is_told=False)
    produce(topic, MESSAGES, offset=LATER + WARM_UP * 2 + number * MESSAGES)
    vacuum(settings.DATABASE_URL)
    # The positions of the plain copy have not moved: what came before comes again.
    if number % 2:
        rates["bare_copy"].append(_round(copied, BareCopy, MESSAGES + WARM_UP))
    rates["players"].append(_round(read, MemberRunner, MESSAGES))
    if not number % 2:
        rates["bare_copy"].append(_round(copied, BareCopy, MESSAGES + WARM_UP))
    return read


def _round(integration: Integration, runner: type[MemberRunner], count: int, *, is_told: bool = True) -> float:
    made = start_feed(integration, Event(), "command")
    assert isinstance(made, MemberRunner)
    timed = Timed(made, count)
    measured = runner(
        kind=made.kind, decoder=made.decoder, transport=timed, assignment=made.assignment, stop=made.stop,
        batch_size=made.batch_size, lease_seconds=made.lease_seconds,
    )  # fmt: skip
    server = _server_seconds()
    measured.run()
    server = _server_seconds() - server
    seconds = timed.ended - timed.began
    used = timed.cpu_ended - timed.cpu_began
    if is_told:
        print(
            f"{runner.__name__}: {count:,} messages in {seconds:.1f} s, {count / seconds:,.0f} a second: each "
            f"{used / count * 1_000_000:.1f} µs of the process and {server / count * 1_000_000:.1f} µs of PostgreSQL"
        )
    return count / seconds


def _workers(integration: Integration, topic: str) -> None:
    """How much more processes bring, once all of them have their partitions."""
    count, before = MESSAGES // 2, 0.0
    for number in range(1, MOST_WORKERS + 1):
        produce(topic, count, offset=LATER + WARM_UP * 2 + ROUNDS * MESSAGES + number * count)
        rate, busy = _together(integration, topic, number, count)
        gain = f"; {rate / before:.2f} times as many as with one less" if before else ""
        print(
            f"{number} worker process(es) on {os.cpu_count()} cores: {rate:,.0f} messages a second, {busy:.2f} cores "
            f"busy with them and PostgreSQL{gain}"
        )
        before = rate


def _together(integration: Integration, topic: str, number: int, count: int) -> tuple[float, float]:
    """Messages a second of so many processes, and how many cores they and PostgreSQL took."""
    command = [sys.executable, "-m", "bench.ingest_rounds", "member", str(integration.pk)]
    processes = [subprocess.Popen(command) for _ in range(number)]
    positions = FeedPosition.objects.filter(integration=integration, topic=topic)
    try:
        _wait_until(lambda: len(set(positions.exclude(owner="").values_list("owner", flat=True))) == number)
        _wait_until(lambda: not positions.filter(owner="").exists())
        seen, began, used = _seen(integration), time.monotonic(), _busy_seconds(processes)
        for process in processes:
            process.send_signal(signal.SIGUSR1)
        _wait_until(lambda: _seen(integration) >= seen + count)
        seconds, used = time.monotonic() - began, _busy_seconds(processes) - used
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
    return count / seconds, used / seconds


def _busy_seconds(processes: Sequence[subprocess.Popen[bytes]]) -> float:
    ticks = sum(sum(_stat(process.pid)[11:13]) for process in processes)
    return ticks / os.sysconf("SC_CLK_TCK") + _server_seconds()


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError("the worker processes did not get on")
        time.sleep(0.02)


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


class Gate:
    """A transport that joins the group, and hands out nothing before it is opened."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.opened = Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def receive(self, limit: int, wait_seconds: float) -> list[RawMessage]:
        """What waits behind the gate."""
        return self._transport.receive(limit, wait_seconds) if self.opened.wait(wait_seconds) else []


def _member(integration_id: str) -> None:
    spare_garbage(young_objects=YOUNG_OBJECTS)
    stop = Event()
    runner = start_feed(Integration.objects.get(pk=UUID(integration_id)), stop, "command")
    assert isinstance(runner, MemberRunner)
    gate = Gate(runner.transport)
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGUSR1, lambda *_: gate.opened.set())
    runner.transport = gate
    runner.run()


if __name__ == "__main__":
    if sys.argv[1:2] == ["member"]:
        _member(sys.argv[2])
    else:
        main()
