"""Secrets and ids that are the same in every run, so that a run that fails can be run again."""

from hashlib import sha256

# What the cast draws for its own jackpots comes before.
FIRST_THROW = 1_000


class Dice:
    """Bytes, one throw after the other."""

    def __init__(self) -> None:
        self._thrown = 0

    def bytes(self, length: int) -> bytes:
        """The next throw."""
        self._thrown += 1
        return sha256(f"{self._thrown}".encode()).digest()[:length]

    def begin_again(self) -> None:
        """As at the beginning of each run."""
        self._thrown = FIRST_THROW
