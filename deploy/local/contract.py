"""Prints the contract of the running demo: one JSON object on standard output, or exit 1 with the reason.

python3 deploy/local/contract.py [--look]     (--look only tells whether a demo runs)
"""

import fcntl
import os
import sys
from pathlib import Path
from typing import NoReturn

CHECKOUT = Path(__file__).resolve().parents[2]
DEMO = CHECKOUT / ".potluck" / "demo"
PYTHON = CHECKOUT / ".venv" / "bin" / "python"


def fail(message: str) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    sys.exit(1)


def demo_runs() -> bool:
    """Whether a launcher holds the demo's directory and has written down its servers."""
    if not (DEMO / "servers.json").exists() or not (DEMO / "lock").exists():
        return False
    with (DEMO / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def main() -> None:
    if not demo_runs():
        fail("No demo of this checkout is running; start it with: make demo")
    if sys.argv[1:] == ["--look"]:
        return
    os.chdir(CHECKOUT)
    # The demo's addresses, not those of a shell that happens to name other servers.
    names = ("DATABASE_URL", "REDIS_URL", "AMQP_URL", "KAFKA_BOOTSTRAP_SERVERS", "WEB_URL", "EDGE_URL", "EDGE_PORT")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    os.execve(PYTHON, [str(PYTHON), "manage.py", "demo_contract"], environment | {"ENVIRONMENT": "demo"})


if __name__ == "__main__":
    main()
