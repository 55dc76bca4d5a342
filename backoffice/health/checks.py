"""Whether this process can do its work at this moment."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from redis import Redis
from redis.exceptions import RedisError

from backoffice.events.queries import unnumbered_lag

Status = Literal["ok", "degraded", "failing"]
LAG_LIMIT: Final = timedelta(seconds=10)
PATIENCE_SECONDS: Final = 2
LOCKS_OF_A_BATCH: Final = 1_000  # a feed's largest; the doors' have half of it


@dataclass(frozen=True)
class Check:
    """One part. "degraded" wants somebody's attention and lets requests in; "failing" does not. No detail is secret."""

    status: Status
    detail: str = ""
    milliseconds: int = 0


@dataclass(frozen=True)
class Readiness:
    """All parts; the whole is as well as its worst part."""

    checks: dict[str, Check]

    @property
    def status(self) -> Status:
        """The worst of them."""
        found = {check.status for check in self.checks.values()}
        return "failing" if "failing" in found else "degraded" if "degraded" in found else "ok"

    def as_json(self) -> dict[str, object]:
        """What /readyz answers."""
        return {"status": self.status, "checks": {name: asdict(check) for name, check in self.checks.items()}}


def readiness(now: datetime) -> Readiness:
    """Asks every part. Never raises."""
    checks = {"database": _timed(_database), "redis": _timed(_redis)}
    if checks["database"].status == "ok":
        checks["locks"] = _timed(_locks)
        checks["migrations"] = _timed(_migrations)
    if checks.get("migrations", Check("failing")).status == "ok":
        checks["outbox"] = _timed(lambda: _outbox(now))
    return Readiness(checks)


def _timed(check: Callable[[], Check]) -> Check:
    started = time.monotonic()
    try:
        found = check()
    except (Error, RedisError, OSError) as error:
        found = Check("failing", type(error).__name__)
    return Check(found.status, found.detail, round((time.monotonic() - started) * 1000))


def _database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery(), current_setting('transaction_read_only')")
        is_standby, read_only = cursor.fetchone() or (True, "on")
    if is_standby or read_only == "on":
        return Check("failing", "it takes no writes")
    return Check("ok")


def _locks() -> Check:
    """Whether the server's table of locks holds what the connections of this process alone may ask for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_locks_per_transaction')::bigint"
            " * (current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint)"
        )
        (room,) = cursor.fetchone() or (0,)
    wanted = LOCKS_OF_A_BATCH * int(settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"])
    if room < wanted:
        return Check("degraded", f"room for {room:,} locks, {wanted:,} may be needed: raise max_locks_per_transaction")
    return Check("ok")


def _redis() -> Check:
    with Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS
    ) as client:
        return Check("ok") if client.ping() else Check("failing", "no answer to PING")


def _migrations() -> Check:
    pending = pending_migrations()
    if pending:
        return Check("failing", f"{len(pending)} pending, first {pending[0]}")
    return Check("ok")


class _Memory:
    """The code of a process does not change and a database does not go back: up to date once is up to date."""

    is_up_to_date = False


def pending_migrations() -> list[str]:
    """The migrations of this code that the database has not had."""
    if _Memory.is_up_to_date:
        return []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _Memory.is_up_to_date = not plan
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _outbox(now: datetime) -> Check:
    lag = unnumbered_lag(now)
    if lag > LAG_LIMIT:
        return Check("degraded", f"the oldest event waits for {int(lag.total_seconds())} s")
    return Check("ok")
