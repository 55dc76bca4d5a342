"""A run ends, whatever hangs in it, and says where it hung."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from deploy.local.limit import OutOfTimeError, descendants, listens, started_at, time_limit
from deploy.local.private import CHECKOUT
from tests.deploy.conftest import processes_with, wait_for

# Runs a process that tells its stacks on SIGUSR1 and has a child; both are deaf to SIGTERM.
FAMILY = """
import faulthandler, signal, subprocess, sys, time
faulthandler.register(signal.SIGUSR1)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
def stands_here():
    print("up", flush=True)
    time.sleep(600)
stands_here()
"""
RUN = """
import subprocess, sys
from deploy.local import limit, testing
limit.STOP_SECONDS = limit.TELLING_SECONDS = 0.5
testing.test = lambda: testing.run([sys.executable, "-c", sys.argv[2]], None)
testing.LIMIT_SECONDS = float(sys.argv[1])
testing.main(["test"])
"""


def launch(marker: str, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(seconds), FAMILY],
        cwd=CHECKOUT,
        env=dict(os.environ) | {"POTLUCK_TEST_MARKER": marker},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_run_that_takes_too_long_tells_its_stacks_and_leaves_no_process(marker: str) -> None:
    process = launch(marker, 6)
    said, complained = process.communicate(timeout=120)
    assert process.returncode == 1
    assert said == "up\n"
    assert "in stands_here" in complained
    assert "This took longer than 6 s and was ended." in complained
    wait_for(lambda: not processes_with(marker), what="the end of every process")


def test_a_run_that_is_told_to_end_does_the_same(marker: str) -> None:
    process = launch(marker, 60)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.terminate()
    _, complained = process.communicate(timeout=120)
    assert process.returncode == 143
    assert "in stands_here" in complained
    wait_for(lambda: not processes_with(marker), what="the end of every process")


def test_the_limit_ends_with_its_block() -> None:
    with pytest.raises(OutOfTimeError), time_limit(0.05):
        time.sleep(30)
    with time_limit(0.05):
        pass
    time.sleep(0.1)


def test_who_descends_from_whom_and_who_listens() -> None:
    with subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert {process.pid, *descendants(process.pid)} <= set(descendants(os.getpid()))
        (child,) = descendants(process.pid)
        assert [listens(member, 10) for member in (process.pid, child)] == [True, False]  # type: ignore[arg-type]
        assert started_at(process.pid) != started_at(os.getpid())
        process.kill()
    os.kill(child, 9)
    assert started_at(process.pid) is None
    assert not listens(process.pid, 10)  # type: ignore[arg-type]


STUCK = """
import signal, threading
def test_waits_for_ever():
    threading.Event().wait()
def test_does_not_even_hear_the_alarm():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    threading.Event().wait()
def test_goes_on():
    pass
"""


@pytest.mark.parametrize("workers", [["-p", "no:xdist"], ["-n", "1"]], ids=["alone", "in workers"])
def test_a_test_that_waits_for_ever_fails_and_says_where(tmp_path: Path, workers: list[str]) -> None:
    (tmp_path / "test_stuck.py").write_text(textwrap.dedent(STUCK))
    limits = ["-o", "timeout=1", "-o", "faulthandler_timeout=2"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *limits, *workers]
    ours = ("POTLUCK_TEST_", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run(
        [*command, "-c", str(CHECKOUT / "pyproject.toml"), str(tmp_path)],
        cwd=CHECKOUT, env=kept | {"POTLUCK_NO_SERVERS": "1"}, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "Timeout (0:00:02)!" in said
    assert "in test_does_not_even_hear_the_alarm" in said
    if workers == ["-n", "1"]:
        assert "FAILED" in said
        assert "2 failed, 1 passed" in said
