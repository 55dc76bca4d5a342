"""contribute_edge and contribute_api: contributions a second on one hot jackpot, beside pgbench on the same server."""

from bench.load import Load, Target, measure, vacuum
from bench.pgbench import Pgbench
from bench.processes import Running, manage
from bench.result import Result, compared

ROUNDS = 3
WARM_UP_SECONDS = 3
EDGE_AT_LEAST = 3.0
API_AT_LEAST = 0.9
YARDSTICK = "pgbench TPC-B-like, 64 clients"


def measure_doors(running: Running, pgbench: Pgbench) -> list[Result]:
    """Three rounds of pgbench before and after, three of each door between them; then the invariants."""
    before = [pgbench.measure() for _ in range(ROUNDS)]
    doors = {"edge": running.demo.edge_url, "api": running.demo.web_url}
    loads = {name: _rounds(running, url) for name, url in doors.items()}
    after = [pgbench.measure() for _ in range(ROUNDS)]
    best = max(*before, *after, *(pgbench.measure(clients) for clients in (4, 16)))
    print(manage(running.demo, "check_invariants").strip())
    print(f"pgbench at its best of 4, 16 and 64 clients: {best:,.1f} transactions/s")
    for name, rounds in loads.items():
        print(f"{name}: p99 {max(load.p99_ms for load in rounds):.1f} ms at 64 connections")
    return [
        compared(
            f"contribute_{name}", [load.a_second for load in loads[name]], "contributions/s", YARDSTICK,
            [*before, *after], at_least,
        )
        for name, at_least in (("edge", EDGE_AT_LEAST), ("api", API_AT_LEAST))
    ]  # fmt: skip


def _rounds(running: Running, url: str) -> list[Load]:
    target = Target(url, running.token, "thrilltech:brand1", "hot-pot", running.demo.database_url)
    measure(target, WARM_UP_SECONDS)
    # pgbench's own preparation ends with the same: both are measured with what the planner knows of a used database.
    vacuum(running.demo.database_url)
    return [measure(target) for _ in range(ROUNDS)]
