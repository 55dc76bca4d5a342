"""Compares docs/spec-status.md with the requirements that tests say they prove (``@pytest.mark.req``).

The page holds tables of ``| id | proven or waits | note |``. A row that claims ``proven`` needs a collected test that
names its id; a row that waits needs a reason; a requirement that tests name needs a row.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from deploy.local.private import CHECKOUT, fail, say

PAGE = CHECKOUT / "docs" / "spec-status.md"
ROW = re.compile(r"^\|\s*`?([A-Z]{3}-\d+)`?\s*\|\s*(\w+)\s*\|\s*(.*?)\s*\|\s*$")
REQUIREMENT = re.compile(r"[A-Z]{3}-\d+")


@dataclass(frozen=True)
class Status:
    status: str
    note: str


class Collector:
    """Counts, for each id, the collected tests that name it."""

    def __init__(self) -> None:
        self.tests: Counter[str] = Counter()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            ids = {name for mark in item.iter_markers("req") for name in mark.args}
            self.tests.update(ids)


def read_page(text: str) -> dict[str, Status]:
    """The rows of the page's tables by id."""
    rows: dict[str, Status] = {}
    for line in text.splitlines():
        match = ROW.match(line)
        if match is None:
            continue
        name, status, note = match.groups()
        if name in rows:
            fail(f"{PAGE.name} names {name} twice.")
        rows[name] = Status(status.lower(), note)
    return rows


def problems(rows: Mapping[str, Status], tests: Mapping[str, int]) -> list[str]:
    """What the page claims wrongly, one line each."""
    found = []
    for name, row in rows.items():
        if row.status not in {"proven", "waits"}:
            found.append(f"{name}: the status is proven or waits, not {row.status!r}")
        elif row.status == "proven" and not tests.get(name):
            found.append(f"{name}: called proven, and no test names it")
        elif row.status == "waits" and not row.note:
            found.append(f"{name}: waits without a reason")
    missing = sorted(name for name in tests if REQUIREMENT.fullmatch(name) and name not in rows)
    return found + [f"{name}: named by {tests[name]} tests, and missing from the page" for name in missing]


def collect() -> Counter[str]:
    # Collecting needs no server: nothing answers at these addresses, and nobody asks.
    os.environ |= {
        "POTLUCK_NO_SERVERS": "0",
        "POTLUCK_SERVERS_ONLY": "0",
        "POTLUCK_TEST_RUN": "0",
        "POTLUCK_TEST_REDIS_GIVEN": "redis://127.0.0.1:1",
    }
    os.environ |= {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/potluck", "AMQP_URL": "amqp://127.0.0.1:1/"}
    os.environ |= dict.fromkeys(("KAFKA_BOOTSTRAP_SERVERS", "TEST_KAFKA_SASL", "TEST_KAFKA_TLS"), "127.0.0.1:1")
    os.environ["TEST_KAFKA_AUTHORITY"] = "nobody"
    collector = Collector()
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider"], plugins=[collector])
    if code != pytest.ExitCode.OK:
        fail(f"The tests could not be collected.\n{said.getvalue()[-3000:]}")
    return collector.tests


def main() -> None:
    if not PAGE.exists():
        fail(f"{PAGE.relative_to(CHECKOUT)} is missing.")
    rows = read_page(PAGE.read_text())
    tests = collect()
    wrong = problems(rows, tests)
    if wrong:
        fail("docs/spec-status.md and the tests disagree:\n  " + "\n  ".join(wrong))
    proven = [name for name, row in rows.items() if row.status == "proven"]
    say(
        f"{len(proven)} requirements proven by {sum(tests[name] for name in proven)} tests; "
        f"{len(rows) - len(proven)} wait."
    )


if __name__ == "__main__":
    main()
    sys.exit(0)
