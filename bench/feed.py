"""feed_rabbitmq: messages a second from a real RabbitMQ to committed contributions, beside an empty sink."""

import json
import os
import subprocess
import sys

from bench.processes import manage
from bench.result import Result, compared
from deploy.local.demo_children import Demo
from deploy.local.private import CHECKOUT

AT_LEAST = 0.3
YARDSTICK = "the same consumer, empty sink"


def measure_feed(demo: Demo) -> Result:
    """Run the rounds in a process of their own, whose settings are the measured system's; then the invariants."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.feed_rounds"], cwd=CHECKOUT, capture_output=True, text=True, check=False,
        env=os.environ | demo.environment() | {"LOG_LEVEL": "WARNING"},
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"the feed was not measured:\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}")
    rates = json.loads(done.stdout.splitlines()[-1])
    print(manage(demo, "check_invariants").strip())
    return compared("feed_rabbitmq", rates["contributed"], "messages/s", YARDSTICK, rates["empty_sink"], AT_LEAST)
