"""The yardstick of contributions: pgbench's TPC-B-like script with one branch, on the same server (rule B-35)."""

import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

SECONDS = 15
DATABASE = "yardstick"


class Pgbench:
    """pgbench against a database of its own on the server of `database_url`."""

    def __init__(self, binaries: Path, database_url: str) -> None:
        address = urlsplit(database_url)
        self._binaries = binaries
        self._connection = ["-h", str(address.hostname), "-p", str(address.port), "-U", str(address.username)]

    def prepare(self) -> None:
        """Make the database and its one branch."""
        self._run("psql", "-d", "postgres", "-c", f"CREATE DATABASE {DATABASE}")
        self._run("pgbench", "-i", "-q", "-s", "1", DATABASE)

    def measure(self, clients: int = 64, seconds: int = SECONDS) -> float:
        """Transactions a second."""
        output = self._run(
            "pgbench", "-s", "1", "-c", str(clients), "-j", "2", "-T", str(seconds), "-M", "prepared", "-n", DATABASE
        )
        found = re.search(r"tps = ([0-9.]+) \(without", output)
        if found is None:
            raise RuntimeError(f"pgbench printed no rate:\n{output}")
        return float(found.group(1))

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self._binaries / program), *self._connection, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed:\n{done.stderr[-2000:]}")
        return done.stdout
