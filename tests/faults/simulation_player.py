"""A worker that is killed in the middle of a simulation, as a process of its own on the database of DATABASE_URL.

`python -m tests.faults.simulation_player PARTS`: kill -9 while the part after so many is played, before it is written.
"""

import os
import signal
import sys

import django

django.setup()

from jackpots.operations import play_simulation  # noqa: E402
from jackpots.rules.play import play as play_on  # noqa: E402
from jackpots.tasks import play_simulations  # noqa: E402

_played = 0


def main(parts: int) -> None:
    """Play until the part comes."""

    def play(*args, **kwargs) -> None:
        global _played  # noqa: PLW0603
        play_on(*args, **kwargs)
        _played += 1
        if _played > parts:
            os.kill(os.getpid(), signal.SIGKILL)

    play_simulation.play = play  # type: ignore[attr-defined]
    play_simulations()
    raise SystemExit("there were not so many parts")


if __name__ == "__main__":
    main(int(sys.argv[1]))
