"""Every check that needs no server, one after the other; the failures are listed at the end.

python -m deploy.local.checks [name …]
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from deploy.local.private import CHECKOUT, fail, say
from deploy.local.testing import install_node_packages

BINARIES = Path(sys.executable).parent
SETTINGS = {
    "ENVIRONMENT": "test",
    "DJANGO_SETTINGS_MODULE": "backoffice.settings",
    # Nobody answers there: a check that needed a server would fail, and say so.
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/potluck",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "AMQP_URL": "",
    "KAFKA_BOOTSTRAP_SERVERS": "",
    "POTLUCK_NO_SERVERS": "1",
}
SCHEMA = CHECKOUT / "docs" / "api" / "openapi.yaml"


def tool(name: str, *arguments: str) -> list[str]:
    return [str(BINARIES / name), *arguments]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def templates() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.html"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if (CHECKOUT / name).exists()]


def commands() -> dict[str, list[str]]:
    return {
        "format": tool("ruff", "format", "--check", "--quiet", "."),
        "lint": tool("ruff", "check", "--quiet", "."),
        "types": tool("mypy", "."),
        "contracts": tool("lint-imports", "--no-cache"),
        "templates": tool("djade", "--check", "--target-version", "5.2", *templates()),
        "settings": manage("check", "--fail-level", "WARNING"),
        "migrations": manage("makemigrations", "--check", "--dry-run"),
        "schema": [sys.executable, "-m", "deploy.local.schema", "--check"],
        "dependencies": tool("deptry", "."),
        "front-end": ["npm", "run", "--silent", "check"],
        "spec": [sys.executable, "-m", "deploy.local.spec"],
        "fast-tests": [sys.executable, "-m", "pytest", "-q", "--no-header"],
    }


def run(name: str, command: list[str], environment: dict[str, str]) -> bool:
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    seconds = time.monotonic() - started
    say(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name:<14} {seconds:5.1f} s")
    if done.returncode != 0:
        say(done.stdout.rstrip())
    return done.returncode == 0


def main(names: list[str]) -> None:
    install_node_packages()
    wanted = {name: command for name, command in commands().items() if not names or name in names}
    unknown = set(names) - wanted.keys()
    if unknown:
        fail(f"No such check: {', '.join(sorted(unknown))}.")
    environment = dict(os.environ) | SETTINGS
    failed = [name for name, command in wanted.items() if not run(name, command, environment)]
    if failed:
        fail(f"Failed: {', '.join(failed)}")
    say("Every check passed.")


if __name__ == "__main__":
    main(sys.argv[1:])
