"""A launcher in miniature: the real supervisor with tiny children."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.private import CHECKOUT

Launch = Callable[..., subprocess.Popen[str]]


def wait_for(condition: Callable[[], bool], *, seconds: float = 15.0, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:.0f} s"
        time.sleep(0.01)


def is_alive(process_id: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def processes_with(marker: str) -> set[int]:
    """Ids of the running processes whose environment names the marker."""
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or not is_alive(int(entry.name)):
            continue
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if f"POTLUCK_TEST_MARKER={marker}".encode() in environment.split(b"\0"):
            found.add(int(entry.name))
    return found


@pytest.fixture
def marker(tmp_path: Path) -> str:
    return f"{os.getpid()}-{tmp_path.name}"


@pytest.fixture
def launch(tmp_path: Path, marker: str) -> Iterator[Launch]:
    """Runs a script around ``supervisor`` in a process of its own; its end is waited for."""
    started: list[subprocess.Popen[str]] = []

    def start(*parts: str) -> subprocess.Popen[str]:
        head = f"""
            import sys
            from pathlib import Path
            from deploy.local.supervisor import Child, ChildFailedError, Stopped, Supervisor
            directory = Path({str(tmp_path)!r})
            supervisor = Supervisor(directory / "log", directory)
            def python(name, code, **options):
                return Child(name, (sys.executable, "-c", code), **options)
        """
        script = "".join(textwrap.dedent(part) for part in (head, *parts))
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=CHECKOUT,
            env=dict(os.environ) | {"POTLUCK_TEST_MARKER": marker},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
    for leftover in processes_with(marker):
        os.kill(leftover, 9)
