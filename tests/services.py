"""Early pytest plugin: where the servers of this run are, before Django reads its settings.

PostgreSQL, RabbitMQ and Kafka are shared and found by the environment (``DATABASE_URL``, ``AMQP_URL``,
``KAFKA_BOOTSTRAP_SERVERS``), or by the page that ``make services`` writes; each run has a database name of its own. Of
a run in several processes all but the first start a PostgreSQL of their own: numbers of the outbox and folds wait for
the oldest transaction of the whole server, so that a long test of one process would hold up the other's. Valkey starts
in milliseconds, so every process of a run has one to itself and no test sees another's channels, unless ``REDIS_URL``
names a server: then each process takes another database number of it. Tests name their RabbitMQ queues and exchanges
with the fixture ``queue_prefix``, topics of Kafka are made by the fixture ``kafka``.

With ``POTLUCK_NO_SERVERS=1`` (``make fast``) the tests that need PostgreSQL, RabbitMQ or Kafka are left out, with
``POTLUCK_SERVERS_ONLY=1`` all others.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from deploy.local.private import PRIVATE, read_page
from deploy.local.servers import PostgreSQL, Valkey
from tests.kafka import KafkaCluster

RUN = "POTLUCK_TEST_RUN"
REDIS_GIVEN = "POTLUCK_TEST_REDIS_GIVEN"
TEMPLATE = "TEST_DATABASE_TEMPLATE"
TEMPLATES = "POTLUCK_TEST_TEMPLATES"
DUMP = "POTLUCK_TEST_DUMP"
FILLING = ("-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null")
DUMP_SECONDS = 120
NO_SERVERS = os.environ.get("POTLUCK_NO_SERVERS") == "1"
SERVERS_ONLY = os.environ.get("POTLUCK_SERVERS_ONLY") == "1"
NOBODY_ANSWERS = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/potluck",
    "AMQP_URL": "amqp://127.0.0.1:1/",
    "KAFKA_BOOTSTRAP_SERVERS": "",
}
NEEDS_SERVERS = {"db", "transactional_db", "django_db_setup", "live_server", "amqp_url", "kafka", "durable_postgresql"}
# What tests of Kafka need beside its address, by the name in the environment and on the page of the servers.
KAFKA = {
    "KAFKA_BOOTSTRAP_SERVERS": "kafka_bootstrap_servers",
    "TEST_KAFKA_SASL": "kafka_sasl",
    "TEST_KAFKA_TLS": "kafka_tls",
    "TEST_KAFKA_AUTHORITY": "kafka_authority",
}
REDIS_DATABASES = 16
at_exit = ExitStack()


def worker_number() -> int:
    """0 for a run in one process and for the first worker of pytest-xdist, 1 for the second, …"""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=path))


def addresses() -> dict[str, str]:
    """``DATABASE_URL``, ``AMQP_URL``, those of Kafka and, where somebody chose one, ``REDIS_URL``."""
    if NO_SERVERS:
        return NOBODY_ANSWERS
    names = ("DATABASE_URL", "REDIS_URL", "AMQP_URL", *KAFKA)
    given = {name: os.environ[name] for name in names if os.environ.get(name)}
    if given.keys() >= {"DATABASE_URL", "AMQP_URL", *KAFKA}:
        return given
    page = read_page(PRIVATE / "test")
    if page is None:
        raise pytest.UsageError(
            "No test servers: run `make services`, or set DATABASE_URL, AMQP_URL and those of Kafka."
        )
    found = {name: str(page[name.lower()]) for name in ("DATABASE_URL", "AMQP_URL")}
    found |= {name: str(page[key]) for name, key in KAFKA.items()}
    return found | given


def own_valkey() -> str:
    """A server of this process alone."""
    directory = at_exit.enter_context(tempfile.TemporaryDirectory(prefix="potluck-valkey-"))
    valkey = Valkey(Path(directory))
    at_exit.callback(valkey.stop)
    valkey.start()
    return valkey.url


def own_postgresql() -> str:
    """A server of this process alone, with the template that the first process of the run wrote down."""
    directory = at_exit.enter_context(tempfile.TemporaryDirectory(prefix="potluck-postgresql-"))
    server = PostgreSQL(Path(directory))
    at_exit.callback(server.stop)
    server.start()
    with psycopg.connect(server.administrative_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {os.environ[TEMPLATE]}")
    fill(with_path(server.url, f"/{os.environ[TEMPLATE]}"))
    return server.url


def fill(database_url: str) -> None:
    """All that is in the template, for an empty database of another server."""
    if DUMP not in os.environ:
        os.environ[DUMP] = write_down(os.environ[TEMPLATE], os.environ["DATABASE_URL"])
    postgresql_tool("psql", *FILLING, "-f", os.environ[DUMP], database_url)


def postgresql_tool(name: str, *arguments: str) -> None:
    program = PostgreSQL(Path()).binaries / name
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=DUMP_SECONDS, check=False)
    if done.returncode != 0:
        raise pytest.UsageError(f"{name} failed.\n{done.stderr[-3000:]}")


def kept_template(name: str) -> Path | None:
    """Where the processes of a run leave what is in the template for each other; None outside such a run."""
    return Path(os.environ[TEMPLATES]) / f"{name}.sql" if TEMPLATES in os.environ else None


def write_down(template: str, database_url: str) -> str:
    """A file with all that is in the template, for servers that have it not."""
    kept = kept_template(template)
    if kept is not None and kept.exists():
        return str(kept)
    directory = at_exit.enter_context(tempfile.TemporaryDirectory(prefix="potluck-template-"))
    path = f"{directory}/template.sql"
    postgresql_tool("pg_dump", "--no-owner", "-f", path, with_path(database_url, f"/{template}"))
    return path


def drop_databases_of_ended_runs(database_url: str) -> None:
    """A run that was killed leaves its databases; the process id in their names tells."""
    try:
        with psycopg.connect(with_path(database_url, "/postgres"), autocommit=True) as connection:
            rows = connection.execute(
                r"SELECT datname FROM pg_database WHERE datname LIKE 'test\_potluck\_%'"
            ).fetchall()
            for (name,) in rows:
                process_id = name.split("_")[2]
                if process_id.isdigit() and not Path(f"/proc/{process_id}").exists():
                    connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    except psycopg.Error as error:
        raise pytest.UsageError(f"The test database server does not answer: {error}") from error


def fingerprint() -> str:
    """Changes with any migration, and with the packages that bring some."""
    checkout = Path(__file__).resolve().parents[1]
    gathered = hashlib.sha256((checkout / "requirements.txt").read_bytes())
    for path in sorted(checkout.glob("*/migrations/*.py")) + sorted(checkout.glob("backoffice/*/migrations/*.py")):
        gathered.update(str(path.relative_to(checkout)).encode() + path.read_bytes())
    return gathered.hexdigest()[:16]


def migrated_template(database_url: str) -> str:
    """Name of a migrated database to copy, made by the first run that asks: copying takes a tenth of migrating."""
    name = f"template_{fingerprint()}"
    with psycopg.connect(with_path(database_url, "/postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('potluck templates'))")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            draft = f"{name}_draft"
            connection.execute(f"DROP DATABASE IF EXISTS {draft} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {draft}")
            migrate_or_copy(with_path(database_url, f"/{draft}"), name)
            connection.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
    return name


def migrate_or_copy(database_url: str, name: str) -> None:
    """Copies what a process with another server left in TEMPLATES; else migrates, and leaves it there."""
    kept = kept_template(name)
    if kept is not None and kept.exists():
        postgresql_tool("psql", *FILLING, "-f", str(kept), database_url)
        return
    migrate(database_url)
    if kept is not None:
        postgresql_tool("pg_dump", "--no-owner", "-f", f"{kept}.{os.getpid()}", database_url)
        Path(f"{kept}.{os.getpid()}").rename(kept)


def migrate(database_url: str) -> None:
    environment = dict(os.environ) | {"ENVIRONMENT": "test", "DATABASE_URL": database_url}
    command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    checkout = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise pytest.UsageError(f"The migrations failed.\n{(done.stdout + done.stderr)[-3000:]}")


def begin_run(found: dict[str, str]) -> None:
    """What the first process of a run settles for its workers."""
    os.environ[RUN] = str(os.getpid())
    os.environ[REDIS_GIVEN] = found.get("REDIS_URL", "")
    if not NO_SERVERS:
        drop_databases_of_ended_runs(found["DATABASE_URL"])
        os.environ[TEMPLATE] = migrated_template(found["DATABASE_URL"])
        if any(argument.startswith(("-n", "--numprocesses")) for argument in sys.argv[1:]):
            os.environ[DUMP] = write_down(os.environ[TEMPLATE], found["DATABASE_URL"])
    found["DATABASE_URL"] = with_path(found["DATABASE_URL"], f"/potluck_{os.environ[RUN]}")


def prepare_environment() -> None:
    found = dict(addresses())
    if RUN not in os.environ:
        begin_run(found)
    elif worker_number() and DUMP in os.environ:
        found["DATABASE_URL"] = with_path(own_postgresql(), f"/potluck_{os.environ[RUN]}")
    given = os.environ[REDIS_GIVEN]
    found["REDIS_URL"] = with_path(given, f"/{worker_number() % REDIS_DATABASES}") if given else own_valkey()
    os.environ.update(found)
    os.environ["ENVIRONMENT"] = "test"


prepare_environment()


def pytest_unconfigure() -> None:
    at_exit.close()


def needs_servers(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(names & NEEDS_SERVERS)


def mixed(items: list[pytest.Item]) -> list[pytest.Item]:
    """File by file: that with most tests, that with fewest, that with second most, …

    Files of few tests start processes and wait for them, those of many keep a core busy: processes that work through
    this order seldom do all the same, and come to the end of it with files of a few seconds.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    waiting = deque(sorted(files.values(), key=len, reverse=True))
    turns = cycle((waiting.popleft, waiting.pop))
    return [item for take in islice(turns, len(files)) for item in take()]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what needs servers where there are none, or what needs none, and mixes the files of a run in several
    processes."""
    if NO_SERVERS or SERVERS_ONLY:
        left_out = [item for item in items if needs_servers(item) is NO_SERVERS]
        items[:] = [item for item in items if needs_servers(item) is not NO_SERVERS]
        config.hook.pytest_deselected(items=left_out)
    if "PYTEST_XDIST_WORKER" in os.environ:
        items[:] = mixed(items)


@pytest.fixture
def queue_prefix() -> str:
    """Starts the name of every queue, exchange and binding of this test: the broker is shared."""
    return f"test-{uuid.uuid4().hex[:12]}-"


@pytest.fixture(scope="session")
def amqp_url() -> str:
    """The test broker."""
    return os.environ["AMQP_URL"]


@pytest.fixture
def kafka() -> Iterator[KafkaCluster]:
    """The test cluster, with topics of this test alone."""
    cluster = KafkaCluster(f"test-{uuid.uuid4().hex[:12]}-")
    yield cluster
    cluster.close()


@pytest.fixture
def durable_postgresql(tmp_path: Path) -> Iterator[PostgreSQL]:
    """A PostgreSQL of this test alone that waits for the disk at each commit, for tests that kill and count."""
    server = PostgreSQL(tmp_path / "durable", durable=True)
    server.start()
    yield server
    server.stop()
