"""Contributions a second, beside pgbench on the same server: on one hot jackpot through each door; and through the edge
alone, one by one and a hundred at once, on four pots that are shared with the community and, in turn, on a raffle."""

from bench.load import Load, Target, measure, vacuum
from bench.pgbench import Pgbench
from bench.processes import Running, manage
from bench.result import Result, compared

ROUNDS = 3
WARM_UP_SECONDS = 3
BATCH = 100
HOT = ("hot-pot",)
FULL = ("full-jackpot", "hot-raffle")
EDGE_AT_LEAST = 3.0
API_AT_LEAST = 0.9
FULL_AT_LEAST = 3.0
BATCH_AT_LEAST = 10.0
YARDSTICK = "pgbench TPC-B-like, 64 clients"


def measure_doors(running: Running, pgbench: Pgbench) -> list[Result]:
    """Three rounds of pgbench before and after, three of each door between them; then the invariants."""
    edge, api = running.demo.edge_url, running.demo.web_url
    doors = {
        "contribute_edge": (_target(running, edge, HOT), EDGE_AT_LEAST),
        "contribute_api": (_target(running, api, HOT), API_AT_LEAST),
        "contribute_edge_full": (_target(running, edge, FULL), FULL_AT_LEAST),
        "contribute_batch": (_target(running, edge, FULL, BATCH), BATCH_AT_LEAST),
    }
    before = [pgbench.measure() for _ in range(ROUNDS)]
    loads = {name: _rounds(target) for name, (target, _) in doors.items()}
    after = [pgbench.measure() for _ in range(ROUNDS)]
    best = max(*before, *after, *(pgbench.measure(clients) for clients in (4, 16)))
    print(manage(running.demo, "check_invariants").strip())
    print(f"pgbench at its best of 4, 16 and 64 clients: {best:,.1f} transactions/s")
    for name, rounds in loads.items():
        print(f"{name}: p99 {max(load.p99_ms for load in rounds):.1f} ms")
    return [
        compared(
            name, [load.a_second for load in loads[name]], "contributions/s", YARDSTICK, [*before, *after], at_least
        )
        for name, (_, at_least) in doors.items()
    ]


def _target(running: Running, url: str, source_ids: tuple[str, ...], size: int | None = None) -> Target:
    return Target(url, running.token, "thrilltech:brand1", source_ids, running.demo.database_url, size)


def _rounds(target: Target) -> list[Load]:
    measure(target, WARM_UP_SECONDS)
    # pgbench's own preparation ends with the same: both are measured with what the planner knows of a used database.
    vacuum(target.database_url)
    return [measure(target) for _ in range(ROUNDS)]
