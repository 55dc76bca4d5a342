"""A limit of time for a command and everything that it starts.

When it is over, each process that can tell where its threads stand is asked to (SIGUSR1), then all of them end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STOP_SECONDS = 20.0
TELLING_SECONDS = 2.0


class OutOfTimeError(RuntimeError):
    """The block took longer than it may."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises OutOfTimeError in the main thread, wherever that is, once the block has taken so long."""

    def ring(_number: int, _frame: object) -> None:
        raise OutOfTimeError(f"This took longer than {seconds:g} s and was ended.")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def wait_for(process: subprocess.Popen[bytes]) -> int:
    """The exit code of the process. Whatever ends the waiting ends the process and its descendants too, for certain;
    unless it was Ctrl-C, they are asked first what they are doing."""
    try:
        return process.wait()
    except KeyboardInterrupt:
        raise
    except BaseException:
        ask_for_stacks(process.pid)
        raise
    finally:
        end(process)


def ask_for_stacks(ancestor: int) -> None:
    """Sends SIGUSR1 to the ancestor and to those of its descendants that listen for it, and gives them a moment."""
    for process_id in [ancestor, *descendants(ancestor)]:
        if listens(process_id, signal.SIGUSR1):
            with suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGUSR1)
    time.sleep(TELLING_SECONDS)


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM for the process, and SIGKILL for what is left of it and its descendants after a while."""
    if process.poll() is not None:
        return
    family = {member: started_at(member) for member in descendants(process.pid)}
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    for member, began in family.items():
        # A number may be another process's by now.
        if began is not None and started_at(member) == began:
            with suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
    process.kill()
    process.wait()


def descendants(ancestor: int) -> list[int]:
    """Ids of the children of a process, of their children, and so on."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := stat_of(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: list[int] = []
    waiting = [ancestor]
    while waiting:
        waiting += (own := children.get(waiting.pop(), []))
        found += own
    return found


def started_at(process_id: int) -> str | None:
    """When the kernel says that it began; None when there is none, or only what its parent has not taken notice of."""
    fields = stat_of(process_id)
    return fields[19] if fields and fields[0] != "Z" else None


def stat_of(process_id: int) -> list[str]:
    """What /proc says of a process after its name: state, parent, …; nothing when there is none."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def listens(process_id: int, number: signal.Signals) -> bool:
    """Whether the process has a handler of its own for the signal."""
    try:
        lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    except OSError:
        return False
    caught = next((line.split()[1] for line in lines if line.startswith("SigCgt:")), "0")
    return bool(int(caught, 16) >> (number - 1) & 1)
