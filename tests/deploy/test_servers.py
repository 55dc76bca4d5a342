"""The private servers keep their data, and end with whoever started them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from deploy.local.private import CHECKOUT
from deploy.local.servers import PostgreSQL, ServerError, Valkey
from tests.deploy.conftest import processes_with, wait_for

KEEP = """
import sys, time
from pathlib import Path
from deploy.local.servers import running_servers
with running_servers(Path(sys.argv[1]), durable=True, with_rabbitmq=False) as addresses:
    print(addresses.database_url, addresses.redis_url, flush=True)
    time.sleep(600)
"""


def test_killing_who_started_them_ends_the_servers_and_keeps_the_data(tmp_path: Path, marker: str) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", KEEP, str(tmp_path)],
        cwd=CHECKOUT,
        env=dict(os.environ) | {"POTLUCK_TEST_MARKER": marker},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    database_url, redis_url = starter.stdout.readline().split()
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    valkey_client = redis.Redis.from_url(redis_url)
    assert valkey_client.ping()

    os.kill(starter.pid, signal.SIGKILL)

    wait_for(lambda: not processes_with(marker), what="the end of the servers")
    starter.communicate()
    server = PostgreSQL(tmp_path, durable=True)
    server.start()
    try:
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    finally:
        server.stop()


@pytest.mark.parametrize(("durable", "expected"), [(True, "on"), (False, "off")])
def test_only_the_durable_mode_waits_for_the_disk(tmp_path: Path, durable: bool, expected: str) -> None:
    server = PostgreSQL(tmp_path, durable=durable)
    server.start()
    try:
        with psycopg.connect(server.url) as connection:
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                assert connection.execute(f"SHOW {name}").fetchone() == (expected,)
            assert connection.execute("SHOW max_connections").fetchone() == ("200",)
    finally:
        server.stop()


def test_servers_listen_on_loopback_alone(tmp_path: Path) -> None:
    server = Valkey(tmp_path)
    server.start()
    try:
        port = urlsplit(server.url).port
        assert port is not None
        listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        addresses = {row[1] for row in listening if row[3] == "0A" and row[1].endswith(f":{port:04X}")}
        assert addresses == {f"0100007F:{port:04X}"}
    finally:
        server.stop()


def test_a_server_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    server = PostgreSQL(tmp_path)
    server.prepare()
    (tmp_path / "postgresql" / "postgresql.conf").write_text("no_such_option = 1\n")
    with pytest.raises(ServerError, match="no_such_option"):
        server.start()


def test_another_thread_may_not_start_a_server(tmp_path: Path) -> None:
    caught: list[Exception] = []

    def start() -> None:
        try:
            Valkey(tmp_path).start()
        except ServerError as error:
            caught.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(caught[0])


def test_a_killed_server_can_be_started_again(tmp_path: Path) -> None:
    server = Valkey(tmp_path, durable=True)
    server.start()
    client = redis.Redis.from_url(server.url)
    client.set("kept", "yes")
    client.execute_command("WAITAOF", 1, 0, 5000)
    server.kill()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port), timeout=1)
    server.start()
    assert redis.Redis.from_url(server.url).get("kept") == b"yes"
    server.stop()
