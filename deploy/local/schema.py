"""The committed OpenAPI description against the one that the code gives.

python -m deploy.local.schema [--check]
"""

from __future__ import annotations

import difflib
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.local.private import CHECKOUT, fail, say

COMMITTED = CHECKOUT / "docs" / "api" / "openapi.yaml"
SHOWN_LINES = 60


def generated() -> str:
    with tempfile.TemporaryDirectory() as directory:
        target = Path(directory) / "openapi.yaml"
        command = [sys.executable, "manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", str(target)]
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            fail(done.stdout + done.stderr)
        return target.read_text()


def main(arguments: list[str]) -> None:
    text = generated()
    if arguments != ["--check"]:
        COMMITTED.parent.mkdir(parents=True, exist_ok=True)
        COMMITTED.write_text(text)
        say(f"Wrote {COMMITTED.relative_to(CHECKOUT)}.")
        return
    before = COMMITTED.read_text() if COMMITTED.exists() else ""
    changes = list(difflib.unified_diff(before.splitlines(), text.splitlines(), "committed", "code", lineterm="", n=1))
    if changes:
        shown = "\n".join(changes[:SHOWN_LINES])
        fail(f"docs/api/openapi.yaml differs from the code; `make schema` writes it anew.\n{shown}")


if __name__ == "__main__":
    main(sys.argv[1:])
