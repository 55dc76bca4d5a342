"""Runs the tests or the benchmarks on servers of their own, and stops the servers.

python -m deploy.local.testing test|bench
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from deploy.local.limit import OutOfTimeError, time_limit, wait_for
from deploy.local.limit import end as end_process
from deploy.local.private import CHECKOUT, PRIVATE, fail, held, is_held, say
from deploy.local.server import ServerError, bound_command
from deploy.local.servers import Addresses, running_servers

# Tests that need both cores, or count what a process does in a second, wait until the bulk is done. Those of the
# browser have a whole site of their own, so they run beside the others.
ALONE = ("tests/concurrency", "tests/faults/test_edge_killed.py", "tests/faults/test_kafka_group.py")
BROWSER = "tests/browser"
CRAWL = f"{BROWSER}/test_every_page.py"
IGNORED = [f"--ignore={folder}" for folder in (*ALONE, BROWSER)]
# With the full counts each test takes its time.
IS_LONG = os.environ.get("POTLUCK_LONG") == "1"
# Several times what two slow cores need; a run that gets there waits for something that does not come.
LIMIT_SECONDS = 4 * 60 * 60.0 if IS_LONG else 45 * 60.0
LEFT_OUT = (
    "POTLUCK_TEST_RUN",
    "POTLUCK_NO_SERVERS",
    "POTLUCK_SERVERS_ONLY",
    "DATABASE_URL",
    "REDIS_URL",
    "AMQP_URL",
    "KAFKA_BOOTSTRAP_SERVERS",
    "TEST_KAFKA_SASL",
    "TEST_KAFKA_TLS",
    "TEST_KAFKA_AUTHORITY",
    "ENVIRONMENT",
)


@contextmanager
def own_servers(*, durable: bool, with_brokers: bool = True) -> Iterator[Addresses]:
    """PostgreSQL, Valkey and, unless told otherwise, RabbitMQ and Kafka in a private directory that is gone
    afterwards."""
    PRIVATE.mkdir(mode=0o700, exist_ok=True)
    forget_killed_runs()
    directory = Path(tempfile.mkdtemp(prefix="run-", dir=PRIVATE))
    try:
        servers = running_servers(directory, durable=durable, with_rabbitmq=with_brokers, with_kafka=with_brokers)
        with held(directory), servers as addresses:
            yield addresses
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def forget_killed_runs() -> None:
    """A run that was killed leaves its directory, which nobody holds any more."""
    for directory in PRIVATE.glob("run-*"):
        if not is_held(directory):
            shutil.rmtree(directory, ignore_errors=True)


def environment_for(addresses: Addresses | None) -> dict[str, str]:
    """The environment of this process without addresses of other servers, and with these."""
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return kept | (addresses.environment() if addresses else {})


def install_node_packages() -> None:
    """``npm ci``, once for each change of the lock."""
    stamp = CHECKOUT / "node_modules" / ".potluck-stamp"
    digest = hashlib.sha256((CHECKOUT / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    say("Installing the node packages of package-lock.json (once for each change of that file) …")
    done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=CHECKOUT, check=False)
    if done.returncode != 0:
        fail("npm ci failed; its message is above.")
    stamp.write_text(digest)


def start(command: list[str], environment: dict[str, str], output: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """One command, bound to this process; what it says goes to ``output`` where one is given."""
    errors = None if output is None else subprocess.STDOUT
    return subprocess.Popen(bound_command(command, "TERM"), cwd=CHECKOUT, env=environment, stdout=output, stderr=errors)


def run(command: list[str], environment: dict[str, str]) -> int:
    """Runs one command; its exit code."""
    return wait_for(start(command, environment))


def pytest(*arguments: str) -> list[str]:
    """The command."""
    patience = ["-o", "timeout=3600", "-o", "faulthandler_timeout=7200"] if IS_LONG else []
    return [sys.executable, "-m", "pytest", "-q", "--durations=15", *patience, *arguments]


@contextmanager
def beside(
    command: list[str], environment: dict[str, str], *, is_heard: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """One command for the time of the block; what it says comes at its end, unless it ``is_heard`` at once."""
    with tempfile.TemporaryFile() as said:
        process = start(command, environment, None if is_heard else said)
        try:
            yield process
        finally:
            end_process(process)
            said.seek(0)
            sys.stdout.write(said.read().decode("utf-8", "replace"))
            sys.stdout.flush()


def test() -> int:
    """The scripts of the pages and what needs no server, which begin while the servers start; the bulk of the tests on
    three processes; then what needs the machine.

    Three on two cores: many of the tests wait for a process or a server. What comes after the bulk runs beside two
    browsers, one of which visits every page. They have a database server of their own: numbers of the outbox wait for
    the oldest transaction of a whole server.
    """
    install_node_packages()
    started = time.monotonic()
    alone = ("-p", "no:xdist")
    scripts, quick = ["npm", "test", "--silent"], pytest(*alone, *IGNORED)
    bulk = pytest("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", *IGNORED)
    with (
        tempfile.TemporaryDirectory(prefix="potluck-templates-") as templates,
        beside(scripts, environment_for(None), is_heard=True) as tried,
        beside(quick, environment_for(None) | {"POTLUCK_NO_SERVERS": "1"}) as trying,
        own_servers(durable=False) as addresses,
    ):
        environment = environment_for(addresses) | {"REDIS_URL": "", "POTLUCK_TEST_TEMPLATES": templates}
        with (
            beside(bulk, environment | {"POTLUCK_SERVERS_ONLY": "1"}, is_heard=True) as running,
            own_servers(durable=False, with_brokers=False) as others,
        ):
            codes = [wait_for(tried), wait_for(trying), wait_for(running)]
            theirs = environment | {"DATABASE_URL": others.database_url}
            visits, acts = pytest(*alone, CRAWL), pytest(*alone, f"--ignore={CRAWL}", BROWSER)
            with beside(visits, theirs) as visiting, beside(acts, theirs) as acting:
                codes.append(run(pytest(*alone, *ALONE), environment))
                codes += [wait_for(visiting), wait_for(acting)]
    failed = [code for code in codes if code]
    say(f"The tests {'FAILED' if failed else 'passed'} in {time.monotonic() - started:.0f} s.")
    return failed[0] if failed else 0


def bench() -> int:
    """The benchmarks, with every commit on the disk."""
    with own_servers(durable=True) as addresses:
        return run([sys.executable, "-m", "bench"], environment_for(addresses) | {"ENVIRONMENT": "test"})


def end(_number: int, _frame: object) -> None:
    sys.exit(128 + signal.SIGTERM)


def main(arguments: list[str]) -> None:
    acts = {"test": test, "bench": bench}
    if len(arguments) != 1 or arguments[0] not in acts:
        fail("usage: python -m deploy.local.testing test|bench")
    signal.signal(signal.SIGTERM, end)
    try:
        with time_limit(LIMIT_SECONDS):
            code = acts[arguments[0]]()
        sys.exit(code)
    except (OutOfTimeError, ServerError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main(sys.argv[1:])
