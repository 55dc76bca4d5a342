"""ingest_kafka: messages a second from Kafka to committed players and events, beside decoding and a bare COPY."""

import json
import os
import subprocess
import sys

from bench.processes import manage
from bench.result import Result, compared
from deploy.local.demo_children import Demo
from deploy.local.private import CHECKOUT

AT_LEAST = 0.3
# Both rounds take as many: the more messages of a player meet in a batch, the less each costs.
BATCH_MESSAGES = "20000"
YARDSTICK = "the same, decode and a bare COPY"


def measure_ingest(demo: Demo) -> Result:
    """Run the rounds in a process of their own, whose settings are the measured system's; then the invariants."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.ingest_rounds"], cwd=CHECKOUT, capture_output=True, text=True, check=False,
        env=os.environ | demo.environment() | {"LOG_LEVEL": "WARNING", "FEED_BATCH_MESSAGES": BATCH_MESSAGES},
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"the feed was not measured:\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}")
    *told, last = done.stdout.splitlines()
    print("\n".join(told))
    rates = json.loads(last)
    print(manage(demo, "check_invariants").strip())
    return compared("ingest_kafka", rates["players"], "messages/s", YARDSTICK, rates["bare_copy"], AT_LEAST)
