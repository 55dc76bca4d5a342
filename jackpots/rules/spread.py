"""How far a pot strays from its averages: the time to a hit, and what stands in pot and reserve.

Like the theory, a pot alone, in a cycle that begins with its minimum seed and an empty reserve. A pot by time needs an
assumed `rate`, in contributions a second; contributions are taken to come at that rate evenly.
"""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import msgspec

from jackpots.rules.drops.value import chance_below, quantile
from jackpots.rules.terms import PotTerms, TemplateTerms
from jackpots.rules.theory import (
    contributions_until,
    growth,
    hit_chance,
    pot_theory,
    value_pieces,
    variance_of_contributions,
)

_STEPS = 64
P5, P50, P95, P99 = Fraction(1, 20), Fraction(1, 2), Fraction(19, 20), Fraction(99, 100)


class TimeToHit(msgspec.Struct, frozen=True):
    """The contributions after which a pot has dropped with these probabilities; in seconds by `seconds()`."""

    p5: int
    median: int
    p95: int

    def seconds(self, rate: Fraction) -> tuple[int, int, int]:
        """The same in whole seconds, at so many contributions a second."""
        return (round(self.p5 / rate), round(self.median / rate), round(self.p95 / rate))


class Quantiles(msgspec.Struct, frozen=True):
    """Amounts in micro-units that are not exceeded with these probabilities."""

    p50: int
    p95: int
    p99: int


class Liability(msgspec.Struct, frozen=True):
    """What stands in pot and reserve together: when the pot drops, and at any time."""

    at_drop: Quantiles
    at_any_time: Quantiles


class ClosingTime(msgspec.Struct, frozen=True):
    """After how many contributions a limited pot closes, on average, and the variance."""

    mean: Fraction
    variance: Fraction | None


Ages = Callable[[Fraction], Fraction]
"""A part from 0 to 1 -> how many contributions old a cycle is at most, with this probability."""


def time_to_hit(terms: TemplateTerms, pot: PotTerms, rate: Fraction | None = None) -> TimeToHit | None:
    """How many contributions until the pot drops; None where it never does, or by time without a rate."""
    ages = _ages_at_drop(terms, pot, rate)
    if ages is None:
        return None
    return TimeToHit(*(max(1, _ceiling(ages(part))) for part in (P5, P50, P95)))


def liability(terms: TemplateTerms, pot: PotTerms, rate: Fraction | None = None) -> Liability | None:
    """What stands in the pot and its reserve; None where nothing is contributed, or it never drops."""
    at_drop, at_any_time = _ages_at_drop(terms, pot, rate), _ages_at_any_time(terms, pot, rate)
    if at_drop is None or at_any_time is None or terms.is_zero_value:
        return None
    pot_share, _ = growth(terms, pot)

    def held(ages: Ages) -> Quantiles:
        return Quantiles(*(round(pot.min_reseed_micros + pot_share * ages(part)) for part in (P50, P95, P99)))

    return Liability(held(at_drop), held(at_any_time))


def closing_time(terms: TemplateTerms, pot: PotTerms, rate: Fraction | None = None) -> ClosingTime | None:
    """When a limited pot drops for the last time: the sum of so many equal cycles; None for a pot without a limit."""
    theory = pot_theory(terms, pot, rate)
    chance = hit_chance(pot, Fraction(terms.contribution_micros))
    mean = 1 / chance if chance else theory.contributions if theory else None
    if pot.max_drops is None or mean is None:
        return None
    variance = variance_of_contributions(terms, pot)
    return ClosingTime(mean * pot.max_drops, variance * pot.max_drops if variance is not None else None)


def _ages_at_drop(terms: TemplateTerms, pot: PotTerms, rate: Fraction | None) -> Ages | None:
    if pot.kind == "time":
        return _time_ages(pot, rate, _span)
    chance = hit_chance(pot, Fraction(terms.contribution_micros))
    if chance is not None:
        return lambda part: Fraction(contributions_until(chance, part))
    counts = _value_counts(terms, pot)
    if counts is None:
        return None
    low, high = pot.value_from_micros or 0, pot.value_to_micros or 0
    return lambda part: counts(quantile(part, low, high, pot.segments))


def _ages_at_any_time(terms: TemplateTerms, pot: PotTerms, rate: Fraction | None) -> Ages | None:
    """A cycle is met at an age with the probability that it reaches that age, divided by its mean length."""
    if pot.kind == "time":
        return _time_ages(pot, rate, _age)
    chance = hit_chance(pot, Fraction(terms.contribution_micros))
    if chance is not None:
        return lambda part: Fraction(contributions_until(chance, part) - 1)
    counts = _value_counts(terms, pot)
    if counts is None:
        return None
    pieces = _lived(terms, pot, counts)
    whole = sum((lived for _, _, lived in pieces), Fraction(0))

    def age(part: Fraction) -> Fraction:
        wanted = part * whole
        for start, end, lived in pieces:
            if wanted <= lived:
                return counts(_within_piece(pot, counts, (start, end), wanted))
            wanted -= lived
        return counts(Fraction(pot.value_to_micros or 0))

    return age


def _value_counts(terms: TemplateTerms, pot: PotTerms) -> Callable[[Fraction], Fraction] | None:
    """How many contributions bring a value pot from its seed to a value."""
    pot_share, put_by = growth(terms, pot)
    if pot.kind != "value" or not pot_share or not pot.value_to_micros or pot_theory(terms, pot) is None:
        return None
    seed = Fraction(pot.min_reseed_micros)
    until_full = seed / put_by if put_by else Fraction(0)
    bend = seed + (pot_share - put_by) * until_full

    def counts(value: Fraction) -> Fraction:
        if value < bend:
            return (value - seed) / (pot_share - put_by)
        return until_full + (value - bend) / pot_share

    return counts


def _lived(
    terms: TemplateTerms, pot: PotTerms, counts: Callable[[Fraction], Fraction]
) -> list[tuple[Fraction, Fraction, Fraction]]:
    """From the seed to the upper end in pieces, each with the contributions that a cycle spends there on average."""
    pot_share, put_by = growth(terms, pot)
    seed = Fraction(pot.min_reseed_micros)
    bend = seed + (pot_share - put_by) * seed / put_by if put_by else seed
    low = Fraction(pot.value_from_micros or 0)
    before = sorted({seed, low, *([bend] if seed < bend < low else [])})
    pieces = [*pairwise(before), *value_pieces(pot, bend)]
    return [(start, end, _lived_until(pot, counts, start, end)) for start, end in pieces]


def _lived_until(pot: PotTerms, counts: Callable[[Fraction], Fraction], start: Fraction, end: Fraction) -> Fraction:
    """The contributions between two values of a piece, each counted with the chance that the cycle gets there."""
    low, high = pot.value_from_micros or 0, pot.value_to_micros or 0
    reached = [1 - chance_below(value, low, high, pot.segments) for value in (start, end)]
    return (counts(end) - counts(start)) * sum(reached, Fraction(0)) / 2


def _within_piece(
    pot: PotTerms, counts: Callable[[Fraction], Fraction], piece: tuple[Fraction, Fraction], wanted: Fraction
) -> Fraction:
    start, end = piece
    return start + (end - start) * _solve(
        lambda part: _lived_until(pot, counts, start, start + (end - start) * part), wanted, Fraction(1)
    )


def _time_ages(pot: PotTerms, rate: Fraction | None, ages: Callable[[PotTerms, Fraction], Fraction]) -> Ages | None:
    if rate is None or rate <= 0 or not pot.period_seconds:
        return None
    in_window = rate * pot.period_seconds
    return lambda part: in_window * ages(pot, part)


def _span(pot: PotTerms, part: Fraction) -> Fraction:
    """From drop to drop, in windows: always one at the deadline; between two hidden instants a triangle from 0 to 2."""
    if pot.time_rule == "stake_weighted":
        return Fraction(1)
    if part <= P50:
        return _root(2 * part)
    return 2 - _root(2 * (1 - part))


def _age(pot: PotTerms, part: Fraction) -> Fraction:
    """Since the last drop, in windows, at any time."""
    if pot.time_rule == "stake_weighted":
        return part
    return _solve(_reached, part, Fraction(2))


def _reached(age: Fraction) -> Fraction:
    return age - age**3 / 6 if age <= 1 else 1 - (2 - age) ** 3 / 6


def _solve(rising: Callable[[Fraction], Fraction], wanted: Fraction, highest: Fraction) -> Fraction:
    """Where a rising function reaches a value, to 2^-64 of the range."""
    low, high = Fraction(0), highest
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if rising(middle) < wanted:
            low = middle
        else:
            high = middle
    return high


def _root(value: Fraction) -> Fraction:
    return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


def _ceiling(value: Fraction) -> int:
    return -int(-value // 1)
