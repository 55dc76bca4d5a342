"""A whole site for the browser: web, edge, worker with feeds and beat as processes, on a database of its own."""

import os
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings

from deploy.local.demo_children import (
    MANAGE,
    Demo,
    beat_command,
    edge_command,
    web_command,
    worker_command,
)
from deploy.local.private import CHECKOUT
from deploy.local.server import bound_command
from tests.services import with_path

READY_SECONDS = 60.0
CONTRIBUTIONS = 1_000
FIELD_KEY = "dGVzdHMtZmllbGQtZW5jcnlwdGlvbi1rZXktMzJieXQ="


@dataclass(frozen=True)
class Site:
    """Where the site is, and how to reach what stands behind it."""

    demo: Demo

    @property
    def web_url(self) -> str:
        return self.demo.web_url

    @property
    def database(self) -> psycopg.Connection[tuple[object, ...]]:
        """A connection as the database's owner would have it."""
        return psycopg.connect(self.demo.database_url, autocommit=True)

    def manage(self, *arguments: str) -> str:
        """What a command of manage.py printed."""
        done = subprocess.run(
            [*MANAGE, *arguments],
            cwd=CHECKOUT,
            env=environment_of(self.demo),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout


def environment_of(demo: Demo) -> dict[str, str]:
    """The processes' environment: the tests' settings, without the browser's marks."""
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return kept | demo.environment() | {"ENVIRONMENT": "test", "LOG_LEVEL": "WARNING", "FEED_LEASE_SECONDS": "3"}


@contextmanager
def running_site(amqp_url: str, free_port) -> Iterator[Site]:
    """Loaded with the demo and a short history."""
    name = f"test_potluck_{os.getpid()}_site"
    server = with_path(settings.DATABASE_URL, "/postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    with tempfile.TemporaryDirectory() as directory:
        demo = Demo(
            directory=Path(directory), web_port=free_port(), edge_port=free_port(),
            database_url=with_path(settings.DATABASE_URL, f"/{name}"), redis_url=with_path(settings.REDIS_URL, "/7"),
            amqp_url=amqp_url, kafka_bootstrap_servers="", secret_key="a-secret-of-the-tests-0123456789-abcdefghijkl",
            field_encryption_key=FIELD_KEY,
        )  # fmt: skip
        site = Site(demo)
        site.manage("migrate", "--no-input", "--verbosity", "0")
        site.manage("seed_demo", "--contributions", str(CONTRIBUTIONS))
        with _processes(demo, Path(directory)):
            yield site
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _processes(demo: Demo, directory: Path) -> Iterator[None]:
    commands = {
        "web": web_command(demo), "edge": edge_command(demo), "worker": worker_command(), "beat": beat_command(demo),
    }  # fmt: skip
    running = {}
    try:
        for name, command in commands.items():
            log = (directory / f"{name}.log").open("wb")
            running[name] = subprocess.Popen(
                bound_command(list(command), "KILL"), cwd=CHECKOUT, env=environment_of(demo), stdout=log, stderr=log
            )
        for url in (demo.web_url, demo.edge_url):
            _wait_for(f"{url}/healthz", running, directory)
        yield
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(url: str, running: dict[str, subprocess.Popen[bytes]], directory: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            dead = [name for name, process in running.items() if process.poll() is not None]
            assert not dead, f"{dead[0]} ended:\n{(directory / f'{dead[0]}.log').read_text()[-3000:]}"
            time.sleep(0.1)
    logs = "\n".join(f"{path.name}:\n{path.read_text()[-1500:]}" for path in directory.glob("*.log"))
    raise AssertionError(f"{url} did not answer.\n{logs}")
