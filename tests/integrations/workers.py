"""Real processes that run feeds."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

from backoffice.celery import app

CHECKOUT = Path(__file__).parents[2]


# No slow machine loses a feed within it.
LEASE_SECONDS = 60


def environment(lease_seconds: int) -> dict[str, str]:
    """The servers of this run, with the test's own database."""
    url = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    return os.environ | {
        "DATABASE_URL": database, "ENVIRONMENT": "test", "FEED_LEASE_SECONDS": str(lease_seconds), "DB_POOL_MAX": "4",
        "CELERY_BROKER_URL": os.environ["REDIS_URL"],
    }  # fmt: skip


@contextmanager
def process(*arguments: str, log: Path, lease_seconds: int = LEASE_SECONDS) -> Iterator[subprocess.Popen[bytes]]:
    """The command of this checkout's Python; ended with SIGTERM, and killed where it does not end."""
    with log.open("ab") as output:
        started = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=CHECKOUT,
            env=environment(lease_seconds),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield started
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)
            try:
                started.wait(30)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


def is_ready(name: str = "feeds") -> bool:
    """Whether the worker answers."""
    return bool(app.control.ping(destination=[f"{name}@test"], timeout=0.5))


def worker(
    log: Path, name: str = "feeds", lease_seconds: int = LEASE_SECONDS
) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A Celery worker that consumes the queue `feeds`."""
    celery = ("-m", "celery", "-A", "backoffice.celery", "worker", "-Q", "feeds", "-n", f"{name}@test")
    options = ("--pool", "threads", "-c", "1", "--without-gossip", "--without-mingle")
    return process(*celery, *options, log=log, lease_seconds=lease_seconds)
