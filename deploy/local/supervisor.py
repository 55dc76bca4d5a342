"""Runs the children of the launcher: one log, restarts, an orderly end, and no process left behind.

Everything happens on the main thread: a child's death signal is bound to the thread that forked it.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, TextIO

from deploy.local.log import Log, plain
from deploy.local.server import bound_command

DEATHS_THAT_END_ALL = 5
DEATHS_WITHIN_SECONDS = 60.0
RESTART_AFTER_SECONDS = 0.5
STOP_SECONDS = 10.0
SECONDS_BETWEEN_QUESTIONS = 0.25
LAST_LINES = 30


class Stopped(Exception):  # noqa: N818 - not an error: somebody asked for the end
    """SIGINT, SIGTERM or SIGHUP arrived."""


class ChildFailedError(RuntimeError):
    """A child that cannot be kept running, or a step that failed; the message ends with its last lines."""


@dataclass(eq=False)
class Child:
    """One process of the launcher. ``death_signal`` is what the kernel sends it when the launcher dies."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: str = "TERM"
    restarts: bool = True
    process: subprocess.Popen[bytes] | None = None
    pidfd: int = -1
    exit_code: int | None = None
    rest: bytes = b""
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS_THAT_END_ALL))
    start_again_at: float | None = None

    @property
    def runs(self) -> bool:
        return self.process is not None

    def dies_too_often(self, now: float) -> bool:
        """Counts a death at ``now`` (monotonic seconds)."""
        self.deaths.append(now)
        return len(self.deaths) == DEATHS_THAT_END_ALL and now - self.deaths[0] < DEATHS_WITHIN_SECONDS


class Supervisor:
    """Starts children, forwards what they say, starts the dead again, and stops all in reverse order."""

    def __init__(self, log_path: Path, directory: Path, terminal: TextIO = sys.stdout) -> None:
        self.log = Log(log_path, terminal)
        self.directory = directory
        self.children: list[Child] = []
        self.selector = selectors.DefaultSelector()
        self.stopping = False

    @contextmanager
    def signals(self) -> Iterator[None]:
        """While it lasts, SIGINT, SIGTERM and SIGHUP ask for the end instead of ending the process."""
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        self.selector.register(reader, selectors.EVENT_READ, lambda: os.read(reader, 512))
        wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self.ask_for_the_end) for number in wanted}
        wakeup = signal.set_wakeup_fd(writer)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)
            self.selector.unregister(reader)
            os.close(reader)
            os.close(writer)

    def ask_for_the_end(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def say(self, message: str, name: str = "launcher") -> None:
        for line in message.splitlines():
            self.log.write(name, line.encode())

    def start(self, child: Child) -> None:
        """Forks the child; it ends with the launcher, and its group is swept when it ends."""
        if child not in self.children:
            self.children.append(child)
        child.start_again_at = None
        process = subprocess.Popen(
            bound_command(list(child.command), child.death_signal),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(os.environ) | dict(child.environment),
            cwd=self.directory,
            start_new_session=True,
        )
        child.process = process
        child.pidfd = os.pidfd_open(process.pid)
        output = output_of(process)
        os.set_blocking(output.fileno(), False)
        self.selector.register(output, selectors.EVENT_READ, lambda: self.forward(child, output))
        self.selector.register(child.pidfd, selectors.EVENT_READ, lambda: self.bury(child, process))

    def run_step(self, child: Child) -> None:
        """Runs a child that is to end by itself; raises when it fails or when the end is asked for."""
        self.start(child)
        self.finish_step(child)

    def finish_step(self, child: Child) -> None:
        """Waits for a child that was started and is to end by itself."""
        while child.runs and not self.stopping:
            self.turn()
        if self.stopping:
            raise Stopped
        self.children.remove(child)
        if child.exit_code != 0:
            raise ChildFailedError(f"{child.name} failed.\n" + "\n".join(child.lines))

    def run_until(self, done: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Keeps the children running until ``done``, which is asked now and then; raises when the time is over or the
        end is asked for."""
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                last = "\n".join(f"{child.name}: {line}" for child in self.children for line in list(child.lines)[-5:])
                raise ChildFailedError(f"{what} within {seconds:.0f} s.\n{last}")
            ask_again_at = time.monotonic() + SECONDS_BETWEEN_QUESTIONS
            while (wait := ask_again_at - time.monotonic()) > 0 and not self.stopping:
                self.turn(wait)
            if self.stopping:
                raise Stopped

    def run(self) -> None:
        """Keeps the children running until the end is asked for."""
        while not self.stopping:
            self.turn()

    def turn(self, patience_seconds: float = 0.2) -> None:
        """Handles whatever happens within the patience."""
        for key, _events in self.selector.select(patience_seconds):
            # An earlier event of the same turn may have closed this one's file.
            if key in self.selector.get_map().values():
                key.data()
        for child in self.children:
            if child.start_again_at is not None and time.monotonic() >= child.start_again_at and not self.stopping:
                self.start(child)

    def forward(self, child: Child, output: IO[bytes]) -> bool:
        """Writes what the child has said so far; False when there is no more for now."""
        said = output.read(65536)
        if said == b"":
            self.selector.unregister(output)
        if not said:
            return False
        *lines, child.rest = (child.rest + said).split(b"\n")
        for line in lines:
            self.write_line(child, line)
        return True

    def write_line(self, child: Child, line: bytes) -> None:
        child.lines.append(plain(line))
        self.log.write(child.name, line)

    def bury(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        """The child has ended: sweeps its group, writes its last words, and plans what follows."""
        self.sweep(child, process)
        if self.stopping or not child.restarts:
            return
        if child.dies_too_often(time.monotonic()):
            last = "\n".join(child.lines)
            raise ChildFailedError(
                f"{child.name} died {DEATHS_THAT_END_ALL} times within a minute. Its last lines:\n{last}"
            )
        self.say(f"{child.name} ended ({how_it_ended(process.returncode)}); starting it again")
        child.start_again_at = time.monotonic() + RESTART_AFTER_SECONDS

    def sweep(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        """Leaves no process of the child's group, and forgets its handles."""
        kill_group(process.pid)
        process.wait()
        self.selector.unregister(child.pidfd)
        os.close(child.pidfd)
        output = output_of(process)
        while self.is_watched(output) and self.forward(child, output):
            pass
        if self.is_watched(output):
            self.selector.unregister(output)
        output.close()
        if child.rest:
            self.write_line(child, child.rest)
        child.rest, child.process, child.exit_code = b"", None, process.returncode

    def is_watched(self, output: IO[bytes]) -> bool:
        return output.fileno() in self.selector.get_map()

    def stop(self) -> None:
        """Ends the children one after the other, the last started first."""
        self.stopping = True
        for child in reversed(self.children):
            if child.process is not None:
                self.stop_child(child, child.process)

    def close(self) -> None:
        """The last act: closes the log."""
        self.log.close()

    def stop_child(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(child.stop_signal)
        deadline = time.monotonic() + STOP_SECONDS
        while child.runs and time.monotonic() < deadline:
            self.turn()
        if child.runs:
            self.say(f"{child.name} did not end within {STOP_SECONDS:.0f} s; killing it")
            self.sweep(child, process)


def output_of(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdout is None:
        raise ValueError("the process was started without a pipe")
    return process.stdout


def kill_group(leader: int) -> None:
    """Kills whatever is left of the process group that the leader was started with."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def how_it_ended(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
