"""raffle_draw: a million tickets and ten thousand winners, from the close to the last credit, beside reading the ticket
ranges into Python."""

import json
import os
import subprocess
import sys

from bench.processes import manage
from bench.result import Result, at_most
from deploy.local.demo_children import Demo
from deploy.local.private import CHECKOUT

AT_MOST = 3.0
YARDSTICK = "fetching 1,000,000 ranges"


def measure_raffle(demo: Demo) -> Result:
    """Draw the rounds in a process of their own, whose settings are the measured system's; then the invariants."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.raffle_rounds"], cwd=CHECKOUT, capture_output=True, text=True, check=False,
        env=os.environ | demo.environment() | {"LOG_LEVEL": "WARNING"},
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"the raffle was not measured:\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}")
    seconds = json.loads(done.stdout.splitlines()[-1])
    print(manage(demo, "check_invariants").strip())
    return at_most("raffle_draw", seconds["drawn"], "s", YARDSTICK, seconds["fetched"], AT_MOST)
