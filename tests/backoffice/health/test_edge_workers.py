"""The edge process with several workers, each of which looks at the database before it serves."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from deploy.local.private import CHECKOUT
from deploy.local.server import bound_command, free_port
from tests.services import with_path

APPLICATION = "tests.backoffice.health.careful_edge:application"
SECONDS = 60.0


@pytest.mark.req("B-31")
@pytest.mark.django_db
def test_two_workers_start_and_serve(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "edge.log"
    command = [sys.executable, "-m", "uvicorn", APPLICATION, "--port", str(port), "--workers", "2"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    url = with_path(settings.DATABASE_URL, f"/{connection.settings_dict['NAME']}")
    environment |= {"DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL, "ENVIRONMENT": "test"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            bound_command(command, "TERM"), cwd=CHECKOUT, env=environment, stdout=out, stderr=out
        )
    try:
        deadline = time.monotonic() + SECONDS
        while log.read_text().count("Application startup complete.") < 2 and time.monotonic() < deadline:
            assert process.poll() is None, log.read_text()
            assert "Error" not in log.read_text(), log.read_text()[-3000:]
            time.sleep(0.1)
        assert log.read_text().count("Application startup complete.") == 2, log.read_text()[-3000:]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            assert answer.status == 200
    finally:
        process.terminate()
        process.wait(timeout=30)
