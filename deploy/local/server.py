"""What every private server has in common: a directory, a free port of 127.0.0.1, a start, a stop, a log.

Every server runs in the foreground under ``setpriv --pdeathsig``, so that it ends with the process that started it,
even when that process is killed. The kernel binds this signal to the thread that forked: start from the main thread.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

HOST = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 15.0
LOG_TAIL = 2000


class ServerError(RuntimeError):
    """A server that could not be started; the message ends with the last lines of its log."""


FIRST_PORT = 20_000
PORTS = 12_000


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now, from below those that the kernel gives to clients.

    RabbitMQ takes seconds to bind its port; one of the kernel's own could be a client's by then.
    """
    while True:
        port = FIRST_PORT + secrets.randbelow(PORTS)
        try:
            socket.create_server((HOST, port)).close()
        except OSError:
            continue
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


def answers_in_time(url: str, *, seconds: float, is_wanted: Callable[[], bool] = lambda: True) -> bool:
    """Whether the address answers within so many seconds, asked for as long as the answer ``is_wanted``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and is_wanted():
        try:
            with urllib.request.urlopen(url, timeout=2):
                return True
        except OSError:
            time.sleep(0.1)
    return False


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

    def prepare(self) -> None:  # noqa: B027 - most servers need nothing
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
        self.begin()
        self.await_answer()

    def begin(self) -> None:
        """Starts the server; `await_answer` sees to it that it is there."""
        if threading.current_thread() is not threading.main_thread():
            raise ServerError(f"{self.name} must be started from the main thread")
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.prepare()
        self.port = free_port()
        self.spawn()

    def await_answer(self) -> None:
        """The second half of `start`."""
        deadline = time.monotonic() + START_SECONDS
        while not self.wait_until_it_answers(deadline):
            tail = self.log_tail()
            if time.monotonic() > deadline or not any(words in tail for words in ("in use", "eaddrinuse")):
                raise ServerError(f"{self.name} did not start.\n{tail}")
            self.port = free_port()
            self.spawn()

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
