"""The private directory of a checkout, its locks, and the page on which running servers are written down."""

from __future__ import annotations

import fcntl
import json
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TextIO

CHECKOUT = Path(__file__).resolve().parents[2]
PRIVATE = CHECKOUT / ".potluck"
SERVERS_FILE = "servers.json"


class AlreadyRunningError(RuntimeError):
    """Another process holds the directory."""


@contextmanager
def held(directory: Path, *, patience_seconds: float = 0.5) -> Iterator[None]:
    """Holds the directory for this process; the kernel lets go of it however the process ends."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (directory / "lock").open("a") as lock:
        if not taken(lock, patience_seconds):
            raise AlreadyRunningError(f"{directory} is in use by a running process")
        yield


def forget_page(directory: Path) -> None:
    """Takes away the page of a process that was killed."""
    (directory / SERVERS_FILE).unlink(missing_ok=True)


def taken(lock: TextIO, patience_seconds: float) -> bool:
    """Takes the lock; the patience outlasts somebody who only looks whether it is held."""
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        else:
            return True


def is_held(directory: Path) -> bool:
    """Whether a running process holds the directory."""
    if not directory.exists():
        return False
    try:
        with held(directory, patience_seconds=0):
            return False
    except AlreadyRunningError:
        return True


@contextmanager
def written_down(directory: Path, page: Mapping[str, object]) -> Iterator[None]:
    """Writes ``servers.json``, readable by the owner alone, and takes it away again."""
    path = directory / SERVERS_FILE
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(page, indent=2) + "\n")
    draft.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def read_page(directory: Path) -> dict[str, object] | None:
    """What the process that holds the directory wrote down; None when nobody does."""
    path = directory / SERVERS_FILE
    if not path.exists() or not is_held(directory):
        return None
    page: dict[str, object] = json.loads(path.read_text())
    return page


def say(message: str) -> None:
    """One line on standard output, at once."""
    sys.stdout.write(f"{message}\n")
    sys.stdout.flush()


def fail(message: str) -> NoReturn:
    """Ends the program with a message on standard error and exit code 1."""
    sys.stderr.write(f"{message}\n")
    sys.exit(1)


def refuse_production() -> None:
    """The local launcher never touches a production environment, whether the shell or the file ``.env`` names it."""
    settings = CHECKOUT / ".env"
    text = settings.read_text() if settings.exists() else ""
    named = re.search(r"(?m)^(?:export )?ENVIRONMENT=[\"']?(\w+)", text)
    environment = os.environ.get("ENVIRONMENT", named.group(1) if named else "")
    if environment.strip().lower() == "production":
        fail("ENVIRONMENT=production: the demo refuses to run with production settings.")
