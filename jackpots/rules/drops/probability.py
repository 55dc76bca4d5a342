"""Pots that drop by odds, and the odds of a contribution of any size."""

from jackpots.rules.drops.chances import CERTAIN, Chance


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
