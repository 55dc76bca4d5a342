"""A resolver that is killed in the middle of a step, as a process of its own on the database of DATABASE_URL.

`python -m tests.faults.raffle_resolver STATE inside|after NOW`: kill -9 as a round is written down to be in STATE, or
right after that was committed.
"""

import os
import signal
import sys
from datetime import datetime
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402

from jackpots.models import RaffleRound  # noqa: E402
from jackpots.operations.resolve_raffles import resolve_raffles  # noqa: E402

_save = RaffleRound.save


def die() -> None:
    """As the kernel would end it."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(state: str, when: str, now: datetime) -> None:
    """Resolve until the step comes."""

    def save(self: RaffleRound, *args: Any, **kwargs: Any) -> None:
        _save(self, *args, **kwargs)
        if self.state == state:
            if when == "inside":
                die()
            transaction.on_commit(die)

    RaffleRound.save = save  # type: ignore[method-assign, assignment]
    resolve_raffles(now=now)
    raise SystemExit(f"nothing became {state}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3]))
