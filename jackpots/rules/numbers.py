"""Numbers that look like chance and come from a seed: the same seed gives the same numbers, from any place in them.

They play simulations and decide nothing: jackpots.randomness draws what players win.
"""

from hashlib import blake2b
from struct import Struct
from typing import Final

_WORDS: Final = Struct("<8Q")
_RANGE: Final = 2**64


class Numbers:
    """The numbers of a seed from a place on; `place` counts the words that were used."""

    __slots__ = ("_key", "_words", "place")

    def __init__(self, seed: int, place: int = 0) -> None:
        self._key = seed.to_bytes(8, "big", signed=True)
        self.place = place
        self._words = self._block() if place % 8 else ()

    def below(self, n: int) -> int:
        """A number from 0 to below n, each as likely as any other."""
        while True:
            word = self._word()
            if n <= _RANGE:
                if word < _RANGE - _RANGE % n:
                    return word % n
            else:
                wide = word * _RANGE + self._word()
                if wide < _RANGE**2 - _RANGE**2 % n:
                    return wide % n

    def _word(self) -> int:
        at = self.place % 8
        if not at:
            self._words = self._block()
        self.place += 1
        return self._words[at]

    def _block(self) -> tuple[int, ...]:
        number = self.place // 8
        return _WORDS.unpack(blake2b(number.to_bytes(16, "big"), digest_size=64, key=self._key).digest())
