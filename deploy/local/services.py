"""Test servers in the background for whoever works on the code: ``python -m deploy.local.services start|stop``."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from deploy.local.private import (
    CHECKOUT,
    PRIVATE,
    AlreadyRunningError,
    fail,
    forget_page,
    held,
    is_held,
    read_page,
    say,
    written_down,
)
from deploy.local.servers import ServerError, running_servers

DIRECTORY = PRIVATE / "test"
# The first start installs Kafka.
START_SECONDS = 15 * 60.0
STOP_SECONDS = 60.0


def keep(directory: Path) -> None:
    """Runs the servers until SIGTERM."""
    stop_signals = {signal.SIGTERM, signal.SIGINT}
    servers = directory / "servers"
    with held(directory), running_servers(servers, durable=False, with_kafka=True) as addresses:
        page = addresses.as_json()
        page["pids"] = addresses.pids | {"keeper": os.getpid()}
        # Blocked only now: a child started earlier would have inherited the block and never ended.
        signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals)
        with written_down(directory, page):
            signal.sigwait(stop_signals)


def start(directory: Path) -> None:
    """Starts the keeper in the background and returns when its servers answer."""
    page = read_page(directory)
    if page is not None:
        say("The test servers are already running.")
        return show(page)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    log_path = directory / "keeper.log"
    keeper = None
    if not is_held(directory):
        forget_page(directory)
        shutil.rmtree(directory / "servers", ignore_errors=True)
        keeper = spawn_keeper(log_path)
    deadline = time.monotonic() + START_SECONDS
    while (page := read_page(directory)) is None:
        ended = keeper is None or keeper.poll() is not None
        if time.monotonic() > deadline or (ended and not is_held(directory)):
            fail(f"The test servers did not start.\n{log_path.read_text(errors='replace')[-3000:]}")
        time.sleep(0.05)
    say("The test servers are running; `make services-stop` ends them.")
    return show(page)


def spawn_keeper(log_path: Path) -> subprocess.Popen[bytes]:
    with log_path.open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "deploy.local.services", "keep"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=CHECKOUT,
            start_new_session=True,
        )


def show(page: dict[str, object]) -> None:
    for name in ("database_url", "redis_url", "amqp_url", "kafka_bootstrap_servers"):
        say(f"  {name.upper()}={page[name]}")


def stop(directory: Path) -> None:
    """Ends the keeper and with it the servers."""
    page = read_page(directory)
    if page is None:
        say("No test servers are running.")
        return
    pids = page["pids"]
    if not isinstance(pids, dict):
        fail(f"{directory} holds no readable page of servers.")
    os.kill(int(pids["keeper"]), signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while is_held(directory):
        if time.monotonic() > deadline:
            fail(f"The test servers do not stop; their keeper is process {pids['keeper']}.")
        time.sleep(0.05)
    say("The test servers are stopped.")


def main(arguments: list[str]) -> None:
    acts = {"start": start, "stop": stop, "keep": keep}
    act = acts.get(arguments[0]) if len(arguments) == 1 else None
    if act is None:
        fail("usage: python -m deploy.local.services start|stop")
    try:
        act(DIRECTORY)
    except (ServerError, AlreadyRunningError) as error:
        fail(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
