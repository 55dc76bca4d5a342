"""What a pot does on average, in exact fractions, before anyone has played: turnover, payout, return to player.

A pot is taken alone; several pots together take hits from each other, which the simulation shows. Amounts are
micro-units as fractions. A pot that drops by time needs an assumption: `rate`, in contributions a second.
"""

from collections.abc import Iterator
from decimal import Context, Decimal
from fractions import Fraction
from itertools import pairwise

import msgspec

from jackpots.rules.drops.value import chance_below, mean_tip
from jackpots.rules.terms import PPM, PotTerms, TemplateTerms

_CONTEXT = Context(prec=60)
_DIGITS = 20


class PotTheory(msgspec.Struct, frozen=True):
    """The averages of one cycle of a pot. `rtp` = payout ÷ turnover; the deficit is what the house adds to a seed.

    Not exact is a pot with a ceiling, whose overflow lets some cycles begin above the minimum seed (the house then adds
    less), and a time pot with a reserve (the house then adds more).
    """

    contributions: Fraction
    turnover_micros: Fraction
    deficit_micros: Fraction
    payout_micros: Fraction
    rtp: Fraction
    is_exact: bool = True

    @property
    def seed_cost(self) -> Fraction:
        """What the house adds to seeds, as a part of what is contributed."""
        return self.deficit_micros / self.turnover_micros


class TemplateTheory(msgspec.Struct, frozen=True):
    """All pots in the order of the terms. `rtp` is None where a pot has no figure of its own: by zero contributions
    (POT-25), as a raffle, or by time without an assumed rate."""

    pots: tuple[PotTheory | None, ...]
    rtp: Fraction | None
    seed_cost: Fraction | None


def template_theory(terms: TemplateTerms, rate: Fraction | None = None) -> TemplateTheory:
    """The averages of every pot, and their sums: the return to players of all, and the house's cost of seeds."""
    pots = tuple(pot_theory(terms, pot, rate) for pot in terms.pots)
    known = [theory for theory in pots if theory is not None]
    if len(known) < len(pots):
        return TemplateTheory(pots, None, None)
    zero = Fraction(0)
    return TemplateTheory(
        pots, sum((theory.rtp for theory in known), zero), sum((theory.seed_cost for theory in known), zero)
    )


def pot_theory(terms: TemplateTerms, pot: PotTerms, rate: Fraction | None = None) -> PotTheory | None:
    """The averages, or None where there are none: nothing is contributed, or the pot can never drop."""
    contribution = Fraction(terms.contribution_micros)
    if not contribution:
        return None
    share = Fraction(pot.share_ppm, PPM)
    found = _cycle(pot, contribution, rate)
    if found is None:
        return None
    contributions, deficit = found
    turnover = contribution * contributions
    payout = share * turnover + deficit if pot.is_progressive else Fraction(pot.min_reseed_micros)
    highest = pot.highest_micros
    if highest is not None and payout > highest:
        payout = Fraction(highest)
    return PotTheory(contributions, turnover, deficit, payout, payout / turnover, _is_exact(pot))


def break_even_seed_share(terms: TemplateTerms, pot: PotTerms, rate: Fraction | None = None) -> Fraction | None:
    """The part of a contribution that would exactly fund the pot's seeds, were nothing else to fund them."""
    theory = pot_theory(terms, pot, rate)
    return Fraction(pot.min_reseed_micros) / theory.turnover_micros if theory else None


def variance_of_contributions(terms: TemplateTerms, pot: PotTerms) -> Fraction | None:
    """The variance of the contributions in a cycle, for a pot whose growth does not change within it; None for a pot
    that drops by time."""
    if pot.kind == "probability":
        chance = hit_chance(pot, Fraction(terms.contribution_micros))
        return (1 - chance) / chance**2 if chance else None
    increment = Fraction(pot.share_ppm * terms.contribution_micros, PPM)
    if pot.kind != "value" or not increment or pot.value_from_micros is None or pot.value_to_micros is None:
        return None
    low, high, weights = pot.value_from_micros, pot.value_to_micros, pot.segments or (1,)
    width = Fraction(high - low, len(weights))
    middles = [low + width * index + width / 2 for index in range(len(weights))]
    squares = sum((weight * middle**2 for weight, middle in zip(weights, middles, strict=True)), Fraction(0))
    return (squares / sum(weights) + width**2 / 12 - mean_tip(low, high, weights) ** 2) / increment**2


def hit_chance(pot: PotTerms, contribution: Fraction) -> Fraction | None:
    """The chance of one contribution of this many micro-units, the same throughout a cycle; None where it is not."""
    if pot.kind != "probability" or not pot.max_magic_number:
        return None
    if not contribution:
        return Fraction(1, pot.max_magic_number)
    if not pot.cost_per_attempt_micros:
        return None
    return min(Fraction(1), contribution / (pot.cost_per_attempt_micros * pot.max_magic_number))


def chance_within(chance: Fraction, contributions: int) -> Decimal:
    """The chance of at least one hit within so many contributions of equal chance."""
    return 1 - _power(1 - chance, contributions)


def median_contributions(chance: Fraction) -> int:
    """The smallest count by which a hit is at least as likely as not."""
    return contributions_until(chance, Fraction(1, 2))


def contributions_until(chance: Fraction, part: Fraction) -> int:
    """The smallest count by which a hit has come with at least this probability (below 1)."""
    if chance >= 1 or part <= 0:
        return 1
    ratio = _CONTEXT.divide(_CONTEXT.ln(decimal_of(1 - part)), _CONTEXT.ln(decimal_of(1 - chance)))
    return max(1, int(ratio.to_integral_value(rounding="ROUND_CEILING")))


def chance_of_fallback(arrivals: Fraction) -> Decimal:
    """The chance that nobody contributes between the hidden instant and the deadline of a window, in which so many
    contributions arrive on average, at random: (1 - e^-n) ÷ n."""
    if not arrivals:
        return Decimal(1)
    expected = decimal_of(arrivals)
    return _CONTEXT.divide(1 - _CONTEXT.exp(-expected), expected)


def decimal_of(value: Fraction) -> Decimal:
    """The fraction to 60 digits."""
    return _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))


def growth(terms: TemplateTerms, pot: PotTerms) -> tuple[Fraction, Fraction]:
    """What a contribution adds to pot and reserve together, and how much of it is put by until a seed is collected."""
    pot_share = Fraction(terms.contribution_micros) * pot.share_ppm / PPM
    return pot_share, pot_share * pot.seed_share_ppm / PPM


def _cycle(pot: PotTerms, contribution: Fraction, rate: Fraction | None) -> tuple[Fraction, Fraction] | None:
    pot_share = contribution * pot.share_ppm / PPM
    if pot.kind == "value":
        return _by_value(pot, pot_share)
    if pot.kind == "time":
        return _by_time(pot, pot_share, rate)
    return _by_probability(pot, contribution, pot_share)


def _is_exact(pot: PotTerms) -> bool:
    if pot.kind == "time":
        return not (pot.share_ppm and pot.seed_share_ppm) and pot.ceiling_micros is None and pot.is_progressive
    return pot.kind == "value" or pot.ceiling_micros is None or not pot.is_progressive


def _by_probability(pot: PotTerms, contribution: Fraction, pot_share: Fraction) -> tuple[Fraction, Fraction] | None:
    chance = hit_chance(pot, contribution)
    if chance is None:
        return None
    if not pot.is_progressive:
        # What a fixed pot does not need stays for the cycles after it, so that only the long run counts.
        return 1 / chance, max(Fraction(0), pot.min_reseed_micros - pot_share / chance)
    return 1 / chance, _rounded(_expected_deficit(pot, pot_share, chance))


def _expected_deficit(pot: PotTerms, pot_share: Fraction, chance: Fraction) -> Fraction:
    """What is missing of the seed after N contributions, which is max(0, min(seed - put by, ceiling - all)), averaged
    over the geometric N of a cycle that begins with the minimum seed."""
    seed, put_by = Fraction(pot.min_reseed_micros), pot_share * pot.seed_share_ppm / PPM

    def missing(number: int) -> Fraction:
        left = seed - put_by * number
        if pot.ceiling_micros is not None:
            left = min(left, pot.ceiling_micros - pot_share * number)
        return max(Fraction(0), left)

    bends = sorted({0, *_bends(pot, seed, put_by, pot_share)})
    expected = missing(0)
    for bend, following in zip(bends, [*bends[1:], None], strict=True):
        # The step that crosses the bend, and then equal steps up to the next one.
        expected += (missing(bend + 1) - missing(bend)) * _survival(chance, bend)
        if following is not None and following > bend + 1:
            step = missing(bend + 2) - missing(bend + 1)
            expected += step * (_survival(chance, bend + 1) - _survival(chance, following)) / chance
    return expected


def _bends(pot: PotTerms, seed: Fraction, put_by: Fraction, pot_share: Fraction) -> Iterator[int]:
    """The counts at which what is missing begins to fall faster, or ends."""
    if put_by:
        yield int(seed / put_by)
    if pot.ceiling_micros is not None and pot_share:
        yield int(pot.ceiling_micros / pot_share)
        if pot_share > put_by:
            yield int((pot.ceiling_micros - seed) / (pot_share - put_by))


def _survival(chance: Fraction, contributions: int) -> Fraction:
    return _fraction(_power(1 - chance, contributions))


def _by_value(pot: PotTerms, pot_share: Fraction) -> tuple[Fraction, Fraction] | None:
    if not pot_share or pot.value_from_micros is None or pot.value_to_micros is None:
        return None
    low, high = pot.value_from_micros, pot.value_to_micros
    if low >= high:
        return None
    seed = Fraction(pot.min_reseed_micros)
    put_by = pot_share * pot.seed_share_ppm / PPM
    if not put_by:
        return (mean_tip(low, high, pot.segments) - seed) / pot_share + Fraction(1, 2), seed
    # The pot grows slowly until the reserve is full, at the value `bend`, and by the whole share from there on.
    until_full = seed / put_by
    bend = seed + (pot_share - put_by) * until_full
    count, deficit = Fraction(1, 2), Fraction(0)
    for start, end in value_pieces(pot, bend):
        likely = chance_below(end, low, high, pot.segments) - chance_below(start, low, high, pot.segments)
        middle = (start + end) / 2
        if end <= bend:
            until_middle = (middle - seed) / (pot_share - put_by)
            count += likely * until_middle
            deficit += likely * max(Fraction(0), seed - put_by * (until_middle + Fraction(1, 2)))
        else:
            count += likely * (until_full + (middle - bend) / pot_share)
    return count, deficit


def value_pieces(pot: PotTerms, *bends: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
    """The range in which a value pot drops, in pieces within which nothing bends: neither its law nor its growth."""
    low, high = Fraction(pot.value_from_micros or 0), Fraction(pot.value_to_micros or 0)
    number = len(pot.segments) or 1
    edges = {low + (high - low) * index / number for index in range(number + 1)}
    ordered = sorted(edges | {bend for bend in bends if low < bend < high})
    yield from pairwise(ordered)


def _by_time(pot: PotTerms, pot_share: Fraction, rate: Fraction | None) -> tuple[Fraction, Fraction] | None:
    """A window drops the pot once if anybody contributes in it, which with arrivals at random is 1 - e^-n of all."""
    if rate is None or rate <= 0 or not pot.period_seconds:
        return None
    arrivals = rate * pot.period_seconds
    contributions = arrivals / _fraction(1 - _CONTEXT.exp(-decimal_of(arrivals)))
    put_by = pot_share * (pot.seed_share_ppm if pot.is_progressive else PPM) / PPM
    return _rounded(contributions), _rounded(max(Fraction(0), pot.min_reseed_micros - put_by * contributions))


def _power(base: Fraction, exponent: int) -> Decimal:
    # Nothing to the power of nothing is one, which Decimal leaves undefined.
    return _CONTEXT.power(decimal_of(base), exponent) if exponent else Decimal(1)


def _fraction(value: Decimal) -> Fraction:
    return Fraction(0) if value.adjusted() < -4 * _DIGITS else Fraction(value)


def _rounded(value: Fraction) -> Fraction:
    return Fraction(round(value * 10**_DIGITS), 10**_DIGITS)
