"""The processes that are measured: the same commands as the demo's, on the servers of the run."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backoffice.demo.definitions import OPERATORS
from deploy.local.demo_children import MANAGE, Demo, edge_command, web_command
from deploy.local.private import CHECKOUT
from deploy.local.server import answers_in_time, bound_command, free_port

READY_SECONDS = 60.0
FIELD_KEY = "YmVuY2gtZmllbGQtZW5jcnlwdGlvbi1rZXktMzJieXQ="


@dataclass(frozen=True)
class Running:
    """The web and the edge process, and a token of the service account."""

    demo: Demo
    token: str


def prepare(demo: Demo) -> None:
    """Migrate, load the demo's jackpots without their history, and open those that are measured."""
    manage(demo, "migrate", "--no-input", "--verbosity", "0")
    manage(demo, "seed_demo", "--contributions", "0")
    _run(demo, sys.executable, "-m", "bench.hot_jackpot")


def manage(demo: Demo, *arguments: str) -> str:
    """Run a command of manage.py; what it printed. RuntimeError if it fails."""
    return _run(demo, *MANAGE, *arguments)


def _run(demo: Demo, *command: str) -> str:
    environment = os.environ | demo.environment()
    done = subprocess.run([*command], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def settings_of(database_url: str, redis_url: str, amqp_url: str, kafka_bootstrap_servers: str) -> Demo:
    """A demo on these servers, on free ports."""
    return Demo(
        directory=Path(tempfile.gettempdir()), web_port=free_port(), edge_port=free_port(), database_url=database_url,
        redis_url=redis_url, amqp_url=amqp_url, kafka_bootstrap_servers=kafka_bootstrap_servers,
        secret_key="a-secret-of-this-run-only-0123456789-abcdefghij", field_encryption_key=FIELD_KEY,
    )  # fmt: skip


@contextmanager
def running(demo: Demo) -> Iterator[Running]:
    """Web and edge, for the time of the block."""
    environment = os.environ | demo.environment() | {"LOG_LEVEL": "WARNING"}
    processes = [
        subprocess.Popen(bound_command(list(command), "KILL"), cwd=CHECKOUT, env=environment)
        for command in (web_command(demo), edge_command(demo))
    ]
    try:
        for url in (demo.web_url, demo.edge_url):
            _wait_for(f"{url}/healthz")
        yield Running(demo, _token(demo))
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=20)


def _token(demo: Demo) -> str:
    username, password = OPERATORS[0].service_account
    request = urllib.request.Request(
        f"{demo.web_url}/authenticate/service",
        data=json.dumps({"username": username, "password": password}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.load(answer)["token"])


def _wait_for(url: str) -> None:
    if not answers_in_time(url, seconds=READY_SECONDS):
        raise RuntimeError(f"{url} did not answer within {READY_SECONDS:.0f} s")
