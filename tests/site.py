"""A whole site as processes: web, edge, worker with feeds and beat, on a database of its own."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.conf import settings

from deploy.local.demo_children import (
    MANAGE,
    Demo,
    beat_command,
    edge_command,
    shared_counts,
    web_command,
    worker_command,
)
from deploy.local.private import CHECKOUT
from deploy.local.server import answers_in_time, bound_command, free_port
from tests.services import TEMPLATE, with_path

READY_SECONDS = 60.0
FIELD_KEY = "dGVzdHMtZmllbGQtZW5jcnlwdGlvbi1rZXktMzJieXQ="
COMMANDS = {
    "web": web_command, "edge": edge_command, "worker": lambda _demo: worker_command(), "beat": beat_command,
}  # fmt: skip


def environment_of(demo: Demo) -> dict[str, str]:
    """The processes' environment: the tests' settings, without the browser's marks."""
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return kept | demo.environment() | {"ENVIRONMENT": "test", "LOG_LEVEL": "WARNING", "FEED_LEASE_SECONDS": "3"}


@dataclass(frozen=True)
class Site:
    """Where the site is, and how to reach what stands behind it. `running` holds its processes by name."""

    demo: Demo
    directory: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

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

    def start(self, name: str) -> None:
        """Start one process, and wait until it answers where it can be asked."""
        command = COMMANDS[name](self.demo)
        with (self.directory / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                bound_command(list(command), "KILL"),
                cwd=CHECKOUT,
                env=environment_of(self.demo) | (shared_counts(self.demo) if name == "web" else {}),
                stdout=log,
                stderr=log,
            )
        url = {"web": self.demo.web_url, "edge": self.demo.edge_url}.get(name)
        if url is not None:
            self._wait_for(f"{url}/healthz", self.running[name])

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """One process rests for the time of the block."""
        process = self.running.pop(name)
        process.terminate()
        process.wait(timeout=30)
        yield
        self.start(name)

    def stop(self) -> None:
        """End what runs."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()

    def _wait_for(self, url: str, process: subprocess.Popen[bytes]) -> None:
        if answers_in_time(url, seconds=READY_SECONDS, is_wanted=lambda: process.poll() is None):
            return
        logs = "\n".join(f"{path.name}:\n{path.read_text()[-2000:]}" for path in self.directory.glob("*.log"))
        raise AssertionError(f"{url} did not answer.\n{logs}")


@contextmanager
def site_of(database_url: str, amqp_url: str = "", *, contributions: int = 0) -> Iterator[Site]:
    """A site on a database that is migrated and empty, loaded with the demo; none of its processes runs yet."""
    with tempfile.TemporaryDirectory() as directory:
        demo = Demo(
            directory=Path(directory), web_port=free_port(), edge_port=free_port(), database_url=database_url,
            redis_url=with_path(settings.REDIS_URL, "/7"), amqp_url=amqp_url, kafka_bootstrap_servers="",
            secret_key="a-secret-of-the-tests-0123456789-abcdefghijkl", field_encryption_key=FIELD_KEY,
        )  # fmt: skip
        site = Site(demo, Path(directory))
        site.manage("seed_demo", "--contributions", str(contributions))
        try:
            yield site
        finally:
            site.stop()


@contextmanager
def own_database() -> Iterator[str]:
    """A migrated database beside that of the tests; its name tells whose it was, should the run be killed."""
    name = f"test_potluck_{os.getpid()}_site"
    server = with_path(settings.DATABASE_URL, "/postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{os.environ[TEMPLATE]}"')
        yield with_path(settings.DATABASE_URL, f"/{name}")
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
