"""One readable log of many processes."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import IO, TextIO

COLOURS = (36, 33, 32, 35, 34, 96, 93, 92)
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def plain(line: bytes) -> str:
    """The line as text, without the colours that its writer gave it."""
    return ESCAPES.sub("", line.decode(errors="replace"))


class Log:
    """One readable log: on the terminal, coloured where it is one, and in a file without colours."""

    def __init__(self, path: Path, terminal: TextIO) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.file: IO[bytes] = path.open("ab", buffering=0)
        self.terminal = terminal
        self.coloured = terminal.isatty() and "NO_COLOR" not in os.environ
        self.colours: dict[str, int] = {}

    def write(self, name: str, line: bytes) -> None:
        stamp = time.strftime("%H:%M:%S")
        shown = f"{stamp} {name:<9} {plain(line)}"
        self.file.write(f"{shown}\n".encode())
        if self.coloured:
            colour = self.colours.setdefault(name, COLOURS[len(self.colours) % len(COLOURS)])
            shown = f"\x1b[2m{stamp}\x1b[0m \x1b[{colour}m{name:<9}\x1b[0m {line.decode(errors='replace')}"
        try:
            self.terminal.write(f"{shown}\n")
            self.terminal.flush()
        except (BrokenPipeError, OSError):
            # The terminal is gone (``make demo | head``); the file goes on.
            self.terminal = Path(os.devnull).open("w")  # noqa: SIM115 - lives as long as the log

    def close(self) -> None:
        self.file.close()
