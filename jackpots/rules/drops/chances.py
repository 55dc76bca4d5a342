"""A chance: a fraction of two integers that a drawn number is held against."""

from typing import Final, NamedTuple


class Chance(NamedTuple):
    """A hit if a number drawn below the denominator is below the numerator."""

    numerator: int
    denominator: int


CERTAIN: Final = Chance(1, 1)
IMPOSSIBLE: Final = Chance(0, 1)
