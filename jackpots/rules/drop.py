"""The chance that a contribution hits a pot, whatever makes the pot drop."""

from typing import NamedTuple

from jackpots.rules.drops.chances import CERTAIN, IMPOSSIBLE, Chance
from jackpots.rules.drops.probability import by_probability
from jackpots.rules.drops.time import Window, first_after
from jackpots.rules.drops.value import by_value
from jackpots.rules.terms import PotTerms

__all__ = ["CERTAIN", "IMPOSSIBLE", "At", "Chance", "by_probability", "by_value", "chance"]


class At(NamedTuple):
    """When a contribution was accepted, in milliseconds since 1970, and in what window of a time pot."""

    at_ms: int
    window: Window


def chance(
    pot: PotTerms,
    *,
    contribution_micros: int,
    before_micros: int,
    after_micros: int,
    armed: bool,
    at: At | None = None,
) -> Chance:
    """The chance of this contribution on this pot. A pot that is armed is hit for certain.

    `at` matters to time pots only. ValueError for terms without a law.
    """
    if armed:
        return CERTAIN
    if pot.kind == "value" and pot.value_from_micros is not None and pot.value_to_micros is not None:
        return by_value(before_micros, after_micros, pot.value_from_micros, pot.value_to_micros, pot.segments)
    if pot.kind == "probability" and pot.max_magic_number is not None:
        return by_probability(contribution_micros, pot.cost_per_attempt_micros, pot.max_magic_number)
    if pot.kind == "time" and at is not None:
        return first_after(*at) if pot.time_rule == "first_after" else IMPOSSIBLE
    if pot.kind == "raffle":
        return IMPOSSIBLE
    raise ValueError(f"pot {pot.code!r} has neither two values, nor a magic number, nor a window")
