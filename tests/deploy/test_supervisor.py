"""The launcher starts the dead again, gives up in time, and leaves no process however it ends."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.deploy.conftest import Launch, is_alive, processes_with, wait_for

KEEP = """
with supervisor.signals():
    try:
        for child in children:
            supervisor.start(child)
        supervisor.run()
    except ChildFailedError as error:
        print(f"ENDED: {error}", flush=True)
        supervisor.stop()
        sys.exit(1)
    finally:
        supervisor.stop()
        supervisor.close()
"""

# A child with a child of its own, as a web server has its workers; both tell their ids.
FAMILY = """
children = [python("family", '''
import os, subprocess, sys, time
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("ids", os.getpid(), worker.pid, flush=True)
time.sleep(600)
''') for _ in range(2)]
"""


def log_of(directory: Path) -> str:
    path = directory / "log"
    return path.read_text() if path.exists() else ""


def told_ids(directory: Path) -> list[int]:
    lines = [line.split("ids ")[1] for line in log_of(directory).splitlines() if "ids " in line]
    return [int(word) for line in lines for word in line.split()]


def test_a_child_that_dies_is_started_again(launch: Launch, tmp_path: Path) -> None:
    process = launch(FAMILY, KEEP)
    wait_for(lambda: len(told_ids(tmp_path)) == 4, what="the start of both families")
    first, first_worker, second, _ = told_ids(tmp_path)

    os.kill(first, signal.SIGKILL)

    wait_for(lambda: len(told_ids(tmp_path)) == 6, what="the new start")
    assert "family ended (SIGKILL); starting it again" in log_of(tmp_path)
    assert not is_alive(first_worker), "the dead child's own child was left behind"
    assert is_alive(second), "the other child was disturbed"
    process.terminate()
    assert process.wait(15) == 0


def test_five_deaths_within_a_minute_end_the_launcher_with_the_last_lines(launch: Launch, tmp_path: Path) -> None:
    process = launch(
        """
        children = [
            python("steady", "import time; time.sleep(600)"),
            python("broken", "import sys; print('the disk is made of cheese', flush=True); sys.exit(3)"),
        ]
        """,
        KEEP,
    )
    said, _ = process.communicate(timeout=30)

    assert process.returncode == 1
    assert "broken died 5 times within a minute" in said
    assert "the disk is made of cheese" in said.split("ENDED:")[1]
    assert log_of(tmp_path).count("broken ended (exit code 3); starting it again") == 4


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_no_process_is_left(launch: Launch, tmp_path: Path, marker: str, how: signal.Signals) -> None:
    # Under SIGKILL the kernel tells the children; each child then looks after its own, as servers do.
    family = FAMILY.replace("import os,", "import signal, os,").replace(
        'print("ids"', 'signal.signal(signal.SIGTERM, lambda *_: (worker.kill(), sys.exit(0)))\nprint("ids"'
    )
    process = launch(family, KEEP)
    wait_for(lambda: len(told_ids(tmp_path)) == 4, what="the start of both families")
    assert set(told_ids(tmp_path)) <= processes_with(marker)

    process.send_signal(how)

    wait_for(lambda: not processes_with(marker), seconds=10, what="the end of every process")
    assert process.wait(5) == (-9 if how is signal.SIGKILL else 0)


def test_children_stop_in_the_reverse_order(launch: Launch, tmp_path: Path) -> None:
    process = launch(
        """
        code = "import signal, sys, time; print('up', flush=True); "
        code += "signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(0))); time.sleep(600)"
        children = [python(name, code) for name in ("database", "web", "traffic")]
        """,
        KEEP,
    )
    wait_for(lambda: log_of(tmp_path).count(" up") == 3, what="the start of all")
    process.terminate()
    assert process.wait(15) == 0
    words = [line.split()[1] for line in log_of(tmp_path).splitlines() if line.endswith(" bye")]
    assert words == ["traffic", "web", "database"]


def test_a_child_that_will_not_stop_is_killed(launch: Launch, tmp_path: Path, marker: str) -> None:
    process = launch(
        """
        import deploy.local.supervisor
        deploy.local.supervisor.STOP_SECONDS = 0.5
        code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); "
        children = [python("stubborn", code + "time.sleep(600)")]
        """,
        KEEP,
    )
    wait_for(lambda: " up" in log_of(tmp_path), what="the start")
    started = time.monotonic()
    process.terminate()
    assert process.wait(15) == 0
    assert time.monotonic() - started < 5
    assert not processes_with(marker)


def test_a_step_that_fails_says_its_last_words(launch: Launch) -> None:
    process = launch(
        """
        step = python("migrate", "import sys; print('no such table', flush=True); sys.exit(2)", restarts=False)
        try:
            supervisor.run_step(step)
        except ChildFailedError as error:
            print(f"ENDED: {error}")
        """
    )
    said, _ = process.communicate(timeout=15)
    assert "ENDED: migrate failed.\nno such table" in said


def test_the_log_names_who_speaks_and_keeps_the_last_words(launch: Launch, tmp_path: Path) -> None:
    process = launch(
        r"""
        code = "import sys; print('\x1b[31mred\x1b[0m'); sys.stdout.write('unfinished')"
        supervisor.run_step(python("painter", code, restarts=False))
        """
    )
    said, _ = process.communicate(timeout=15)
    assert process.returncode == 0
    spoken = [line.split(maxsplit=1)[1] for line in log_of(tmp_path).splitlines()]
    assert spoken == ["painter   red", "painter   unfinished"]
    assert "\x1b" not in said, "colours went to something that is no terminal"
