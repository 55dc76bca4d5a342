"""Early pytest plugin: every process of a run can be asked where it stands, and ends.

A test that takes longer than `timeout` fails, and one that even that does not stop loses its process at
`faulthandler_timeout`; both stand in pyproject.toml. Here is the rest: on SIGUSR1, which deploy/local/limit.py sends
when the whole run takes too long, a process writes down the stack of each of its threads; and one that does not end
after its last test does the same and is ended.
"""

import faulthandler
import os
import signal

import pytest

SECONDS_TO_END = 60
# This plugin is there before pytest begins to keep what tests write.
STANDARD_ERROR = os.dup(2)

faulthandler.register(signal.SIGUSR1, file=STANDARD_ERROR, all_threads=True)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    faulthandler.dump_traceback_later(SECONDS_TO_END, exit=True, file=STANDARD_ERROR)
