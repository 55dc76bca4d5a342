"""The chance that a contribution hits a pot, as a fraction of two integers."""

from typing import NamedTuple

from jackpots.rules.terms import PotTerms


class Chance(NamedTuple):
    """A hit if a number drawn below the denominator is below the numerator."""

    numerator: int
    denominator: int


CERTAIN = Chance(1, 1)
IMPOSSIBLE = Chance(0, 1)


def by_value(before_micros: int, after_micros: int, from_micros: int, to_micros: int) -> Chance:
    """The hazard of a pot that went from `before` to `after` and drops between two values.

    Over a cycle it gives the same law as a tipping point drawn uniformly in advance, but no such secret exists.
    """
    if after_micros <= from_micros or after_micros <= before_micros:
        return CERTAIN if after_micros >= to_micros else IMPOSSIBLE
    if after_micros >= to_micros:
        return CERTAIN
    low = max(before_micros, from_micros)
    return Chance(after_micros - low, to_micros - low)


def by_probability(contribution_micros: int, cost_per_attempt_micros: int | None, max_magic_number: int) -> Chance:
    """One in `max_magic_number` for each attempt, proportional to what the contribution is of an attempt's cost.

    Of a contribution without value each one is an attempt.
    """
    if not contribution_micros:
        return Chance(1, max_magic_number)
    if not cost_per_attempt_micros:
        raise ValueError("a contribution with a value needs the cost of an attempt")
    whole = cost_per_attempt_micros * max_magic_number
    return CERTAIN if contribution_micros >= whole else Chance(contribution_micros, whole)


def chance(pot: PotTerms, *, contribution_micros: int, before_micros: int, after_micros: int, armed: bool) -> Chance:
    """The chance of this contribution on this pot. A pot that is armed is hit for certain."""
    if armed:
        return CERTAIN
    if pot.value_from_micros is not None and pot.value_to_micros is not None:
        return by_value(before_micros, after_micros, pot.value_from_micros, pot.value_to_micros)
    if pot.max_magic_number is None:
        raise ValueError(f"pot {pot.code!r} has neither two values nor a magic number")
    return by_probability(contribution_micros, pot.cost_per_attempt_micros, pot.max_magic_number)
