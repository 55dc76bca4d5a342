"""How a contribution is divided between the pots and the house."""

from functools import lru_cache
from typing import NamedTuple

from backoffice.core.money import split


class Shares(NamedTuple):
    """The parts of one contribution, in micro-units; they sum to it exactly. `pots` is in the order of the terms."""

    household_micros: int
    pots: tuple[int, ...]


@lru_cache(maxsize=8192)
def divide(contribution_micros: int, household_ppm: int, pot_shares_ppm: tuple[int, ...]) -> Shares:
    """Divide by largest remainder at one micro-unit. Of equal claims the earlier pot has the micro, the house last."""
    parts = split(contribution_micros, (*pot_shares_ppm, household_ppm))
    return Shares(parts[-1], tuple(parts[:-1]))
