"""Pots that drop between two values: the hazard of a step, and the law it comes from."""

from fractions import Fraction

from jackpots.rules.drops.chances import CERTAIN, IMPOSSIBLE, Chance


def by_value(
    before_micros: int, after_micros: int, from_micros: int, to_micros: int, segments: tuple[int, ...] = ()
) -> Chance:
    """The hazard of a pot that went from `before` to `after` and drops between two values.

    Over a cycle it gives the same law as a tipping point drawn in advance, but no such secret exists: uniform, or, with
    segments, uniform within each of so many equal parts, which are as likely as their weights say.
    """
    if after_micros <= from_micros or after_micros <= before_micros:
        return CERTAIN if after_micros >= to_micros else IMPOSSIBLE
    if after_micros >= to_micros:
        return CERTAIN
    low = max(before_micros, from_micros)
    if len(segments) < 2:
        return Chance(after_micros - low, to_micros - low)
    width = to_micros - from_micros
    passed = _mass(low - from_micros, width, segments)
    left = width * sum(segments) - passed
    return Chance(_mass(after_micros - from_micros, width, segments) - passed, left)


def chance_below(value_micros: Fraction, from_micros: int, to_micros: int, segments: tuple[int, ...] = ()) -> Fraction:
    """F: the chance that the tipping point is at or below a value."""
    if value_micros <= from_micros:
        return Fraction(0)
    if value_micros >= to_micros:
        return Fraction(1)
    weights = segments or (1,)
    place = (value_micros - from_micros) * len(weights) / (to_micros - from_micros)
    index = int(place)
    return (sum(weights[:index]) + weights[index] * (place - index)) / sum(weights)


def quantile(part: Fraction, from_micros: int, to_micros: int, segments: tuple[int, ...] = ()) -> Fraction:
    """The value at or below which the tipping point is with this chance, from 0 to 1."""
    weights = segments or (1,)
    width = Fraction(to_micros - from_micros, len(weights))
    left = part * sum(weights)
    for index, weight in enumerate(weights):
        if left <= weight:
            return from_micros + width * (index + left / weight)
        left -= weight
    return Fraction(to_micros)


def mean_tip(from_micros: int, to_micros: int, segments: tuple[int, ...] = ()) -> Fraction:
    """The average of the tipping point."""
    weights = segments or (1,)
    width = Fraction(to_micros - from_micros, len(weights))
    middles = (from_micros + width * index + width / 2 for index in range(len(weights)))
    return sum((weight * middle for weight, middle in zip(weights, middles, strict=True)), Fraction(0)) / sum(weights)


def _mass(offset: int, width: int, segments: tuple[int, ...]) -> int:
    """F at an offset from the lower value, in whole parts: all of it is `width` times the sum of the weights."""
    index, within = divmod(offset * len(segments), width)
    return sum(segments[:index]) * width + segments[index] * within
