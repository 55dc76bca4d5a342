"""Load from outside: wrk with 64 connections, counted by what the database holds afterwards."""

import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg

SCRIPT = Path(__file__).parent / "load.lua"
CONNECTIONS = 64
BATCH_CONNECTIONS = 16
SECONDS = 15


@dataclass(frozen=True)
class Target:
    """A door: where it is and what it is called with; the sources are taken in turn, and with `size` a request holds so
    many contributions."""

    url: str
    token: str
    brand_id: str
    source_ids: tuple[str, ...]
    database_url: str
    size: int | None = None


@dataclass(frozen=True)
class Load:
    """What a run did: contributions committed a second, and how long the slowest hundredth waited."""

    a_second: float
    p99_ms: float


def measure(target: Target, seconds: int = SECONDS) -> Load:
    """Drive the door; RuntimeError if any answer was not a 200, or if less was taken than was answered."""
    before = _contributions(target.database_url)
    started = time.monotonic()
    environment = os.environ | {
        "TOKEN": target.token, "BRAND": target.brand_id, "SOURCES": ",".join(target.source_ids),
        "RUN": uuid4().hex[:12], "SIZE": str(target.size or ""),
    }  # fmt: skip
    connections = CONNECTIONS if target.size is None else BATCH_CONNECTIONS
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(SCRIPT), target.url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    elapsed = time.monotonic() - started
    if done.returncode != 0 or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(f"the load did not go through:\n{done.stdout}\n{done.stderr}")
    committed = _contributions(target.database_url) - before
    return Load(committed / elapsed, _p99_ms(done.stdout))


def vacuum(database_url: str) -> None:
    """Give the planner its statistics."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _contributions(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT count(*) FROM jackpots_contribution").fetchone()
    assert row is not None
    return int(row[0])


def _p99_ms(output: str) -> float:
    found = re.search(r"99%\s+([0-9.]+)(us|ms|s)", output)
    if found is None:
        raise RuntimeError(f"wrk printed no latency:\n{output}")
    return float(found.group(1)) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found.group(2)]
