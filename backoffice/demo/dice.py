"""Chance that is the same at every run: a demo is not a draw."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Choice = TypeVar("Choice")


class Dice:
    """Numbers from a name, one after the other."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0

    def below(self, bound: int) -> int:
        """A whole number from 0 up to and without `bound`."""
        self._count += 1
        digest = hashlib.sha256(f"{self._name}|{self._count}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % bound

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """One of them."""
        return choices[self.below(len(choices))]

    def weighted(self, choices: Sequence[Choice], weights: Sequence[int]) -> Choice:
        """One of them, by weight."""
        number = self.below(sum(weights))
        for choice, weight in zip(choices, weights, strict=True):
            number -= weight
            if number < 0:
                return choice
        raise ValueError("no choices")
