"""How a contribution is divided between the pots and the house."""

from functools import lru_cache
from typing import NamedTuple

from backoffice.core.money import split
from jackpots.rules.terms import LimitedShareTo


class Shares(NamedTuple):
    """The parts of one contribution, in micro-units; they sum to it exactly. `pots` is in the order of the terms."""

    household_micros: int
    pots: tuple[int, ...]


@lru_cache(maxsize=8192)
def divide(contribution_micros: int, household_ppm: int, pot_shares_ppm: tuple[int, ...]) -> Shares:
    """Divide by largest remainder at one micro-unit. Of equal claims the earlier pot has the micro, the house last."""
    parts = split(contribution_micros, (*pot_shares_ppm, household_ppm))
    return Shares(parts[-1], tuple(parts[:-1]))


class OpenShares(NamedTuple):
    """The parts of one contribution where a limited pot is closed; `reserves` go to the pots' reserves undivided. A
    closed pot has nothing of either."""

    household_micros: int
    pots: tuple[int, ...]
    reserves: tuple[int, ...]


@lru_cache(maxsize=8192)
def divide_open(
    contribution_micros: int,
    household_ppm: int,
    pot_shares_ppm: tuple[int, ...],
    closed: tuple[bool, ...],
    to: LimitedShareTo,
) -> OpenShares:
    """Divide among the pots that are open; what the closed ones would have had goes where the template says (G-14):
    to the open pots by their shares, to their reserves by their shares, or to the house, which also has it where no
    open pot has a share. By largest remainder at one micro-unit, of equal claims as in divide()."""
    opened = tuple(0 if shut else share for share, shut in zip(pot_shares_ppm, closed, strict=True))
    held, whole = sum(opened), sum(pot_shares_ppm)
    nothing = (0,) * len(opened)
    if not held or to == "house":
        parts = split(contribution_micros, (*opened, household_ppm + whole - held))
        return OpenShares(parts[-1], tuple(parts[:-1]), nothing)
    if to == "pots":
        # The house's part grows by the same factor as theirs, so that only the pots' parts change among each other.
        parts = split(contribution_micros, (*(share * whole for share in opened), household_ppm * held))
        return OpenShares(parts[-1], tuple(parts[:-1]), nothing)
    parts = split(contribution_micros, (*opened, whole - held, household_ppm))
    return OpenShares(parts[-1], tuple(parts[:-2]), tuple(split(parts[-2], opened)))
