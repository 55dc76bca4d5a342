"""/metrics of a web server with two workers tells the counts of both, whichever answers."""

import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.site import own_database, site_of

REQUESTS = 60


def counted(text: str) -> float:
    """Requests for a page that there is not."""
    found = re.findall(r'^django_http_responses_total_by_status_total\{.*status="404".*\} (\S+)$', text, re.MULTILINE)
    return sum(map(float, found))


@pytest.mark.usefixtures("django_db_setup")
def test_two_workers_counts_sum() -> None:
    with own_database() as url, site_of(url) as site:
        left = site.directory / "metrics"
        left.mkdir()
        (left / "counter_1.db").write_bytes(b"what an earlier run left")
        site.start("web")
        for _ in range(REQUESTS):
            # Each in a connection of its own, which either worker may take.
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(f"{site.web_url}/office/nothing-here/", timeout=10)
        for _ in range(6):
            with urllib.request.urlopen(f"{site.web_url}/metrics", timeout=10) as answer:
                assert counted(answer.read().decode()) == REQUESTS
        assert len(processes_in(left)) == 2


def processes_in(directory: Path) -> set[str]:
    return {path.stem.rpartition("_")[2] for path in directory.glob("counter_*.db")}
