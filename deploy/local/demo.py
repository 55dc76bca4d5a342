"""The demo: embedded servers, the data, and the processes of Potluck, as children of one launcher.

python -m deploy.local.demo run|reset
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from deploy.local.demo_children import Demo, children, data_step, static_step
from deploy.local.private import (
    CHECKOUT,
    PRIVATE,
    AlreadyRunningError,
    fail,
    forget_page,
    held,
    read_page,
    refuse_production,
    say,
    written_down,
)
from deploy.local.server import HOST, Server, ServerError
from deploy.local.servers import PostgreSQL, Valkey
from deploy.local.supervisor import ChildFailedError, Stopped, Supervisor

DIRECTORY = PRIVATE / "demo"
READY_SECONDS = 60.0


def chosen_port(variable: str, default: int) -> int:
    """The port that the variable names, provided that nobody listens on it."""
    text = os.environ.get(variable, "").strip() or str(default)
    if not text.isdigit() or not 0 < int(text) < 65536:
        fail(f"{variable}={text} is not a port.")
    try:
        socket.create_server((HOST, int(text))).close()
    except OSError as error:
        fail(f"Port {text} of {HOST} cannot be used ({error.strerror}). Choose another one: make demo {variable}=…")
    return int(text)


def secrets_of(directory: Path) -> dict[str, str]:
    """The demo's secrets, made once and kept for the owner's eyes."""
    path = directory / "secrets.json"
    if not path.exists():
        made = {"secret_key": random_key(48), "field_encryption_key": random_key(32)}
        path.touch(mode=0o600)
        path.write_text(json.dumps(made) + "\n")
    found: dict[str, str] = json.loads(path.read_text())
    return found


def random_key(size: int) -> str:
    return base64.urlsafe_b64encode(os.urandom(size)).decode()


@contextmanager
def embedded_servers(directory: Path, supervisor: Supervisor) -> Iterator[dict[str, str]]:
    """Starts the servers that the environment does not name; yields the addresses of all."""
    urls = {name: os.environ.get(name, "") for name in ("DATABASE_URL", "REDIS_URL")}
    embedded: dict[str, Server] = {
        "DATABASE_URL": PostgreSQL(directory / "servers", durable=True),
        "REDIS_URL": Valkey(directory / "servers", durable=True),
    }
    started: list[Server] = []
    try:
        for name, server in embedded.items():
            if not urls[name]:
                started.append(server)
                server.start()
                urls[name] = server.url
                supervisor.say(f"{server.name} answers on port {server.port}")
            if supervisor.stopping:
                raise Stopped
        yield urls
    finally:
        for server in reversed(started):
            server.stop()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def page_of(demo: Demo) -> dict[str, object]:
    """What plain ``manage.py`` in this checkout reads while the demo runs."""
    return {
        "database_url": demo.database_url,
        "redis_url": demo.redis_url,
        "amqp_url": demo.amqp_url or None,
        "kafka_bootstrap_servers": demo.kafka_bootstrap_servers or None,
        "web_url": demo.web_url,
        "edge_url": demo.edge_url,
        "pid": os.getpid(),
        "secret_key": demo.secret_key,
        "field_encryption_key": demo.field_encryption_key,
    }


def welcome(demo: Demo) -> str:
    return f"""
Potluck is ready:  {demo.web_url}

  Log in with the password potluck-demo as
    admin@thrilltech.example      operator admin: asks and decides
    approver@thrilltech.example   the second person
    manager@thrilltech.example    asks, does not decide
    analyst@thrilltech.example    reads
    manager@rival.example         another operator, which sees nothing of the first
    root@potluck.example          the platform's admin

  The hot lane and the sockets:  {demo.edge_url}
  For scripts:                   make demo-contract
  Ctrl-C stops everything; the data stay. make demo-reset starts over.
"""


def keep_running(supervisor: Supervisor, demo: Demo) -> None:
    """Prepares the data, starts the children, and stays until the end is asked for."""
    gathering = static_step(demo)
    if gathering is not None:
        supervisor.start(gathering)
    supervisor.say("making what is missing of the tables and the data")
    supervisor.run_step(data_step(demo))
    if gathering is not None:
        supervisor.finish_step(gathering)
    for child in children(demo):
        supervisor.start(child)
    for name, url in (("web", demo.web_url), ("edge", demo.edge_url)):
        supervisor.run_until(
            partial(answers, f"{url}/readyz"),
            seconds=READY_SECONDS,
            what=f"the {name} process was not ready",
        )
    supervisor.say(welcome(demo), name="")
    supervisor.run()


def run() -> None:
    """Runs the demo until Ctrl-C or SIGTERM."""
    refuse_production()
    ports = chosen_ports()
    supervisor = Supervisor(DIRECTORY / "demo.log", CHECKOUT)
    forget_page(DIRECTORY)
    ending = ""
    with supervisor.signals():
        try:
            with embedded_servers(DIRECTORY, supervisor) as urls:
                demo = describe(ports, urls)
                with written_down(DIRECTORY, page_of(demo)):
                    try:
                        keep_running(supervisor, demo)
                    finally:
                        supervisor.say("stopping")
                        supervisor.stop()
        except Stopped:
            pass
        except (ServerError, ChildFailedError) as error:
            ending = str(error)
    supervisor.close()
    if ending:
        fail(f"\nThe demo has ended: {ending}\nThe whole log: {DIRECTORY / 'demo.log'}")


def chosen_ports() -> tuple[int, int]:
    ports = chosen_port("PORT", 8000), chosen_port("EDGE_PORT", 8001)
    if ports[0] == ports[1]:
        fail("PORT and EDGE_PORT must differ.")
    return ports


def describe(ports: tuple[int, int], urls: dict[str, str]) -> Demo:
    return Demo(
        directory=DIRECTORY,
        web_port=ports[0],
        edge_port=ports[1],
        database_url=urls["DATABASE_URL"],
        redis_url=urls["REDIS_URL"],
        amqp_url=os.environ.get("AMQP_URL", ""),
        kafka_bootstrap_servers=os.environ.get("KAFKA_BOOTSTRAP_SERVERS", ""),
        **secrets_of(DIRECTORY),
    )


def reset() -> None:
    """Wipes the private directory, and with it the embedded servers' data."""
    if os.environ.get("DATABASE_URL"):
        fail("DATABASE_URL is set: the demo's data live in a server of yours. Drop that database yourself.")
    shutil.rmtree(DIRECTORY)
    say("The demo's data are gone; `make demo` starts over.")


def main(arguments: list[str]) -> None:
    acts = {"run": run, "reset": reset}
    if len(arguments) != 1 or arguments[0] not in acts:
        fail("usage: python -m deploy.local.demo run|reset")
    try:
        with held(DIRECTORY):
            acts[arguments[0]]()
    except AlreadyRunningError:
        page = read_page(DIRECTORY) or {}
        where = f" at {page['web_url']} (process {page['pid']})" if page else ""
        fail(f"A demo of this checkout already runs{where}. Stop it first: Ctrl-C in its terminal.")


if __name__ == "__main__":
    main(sys.argv[1:])
