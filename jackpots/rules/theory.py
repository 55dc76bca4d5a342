"""What a pot does on average, in exact fractions, before anyone has played: turnover, payout, return to player.

A pot is taken alone; several pots together take hits from each other, which the simulation shows. Amounts are
micro-units as fractions.
"""

from decimal import Context, Decimal
from fractions import Fraction

import msgspec

from jackpots.rules.terms import PPM, PotTerms, TemplateTerms

_CONTEXT = Context(prec=60)
_DIGITS = 20


class PotTheory(msgspec.Struct, frozen=True):
    """The averages of one cycle of a pot. `rtp` = payout ÷ turnover."""

    contributions: Fraction
    turnover_micros: Fraction
    deficit_micros: Fraction
    payout_micros: Fraction
    rtp: Fraction


def pot_theory(terms: TemplateTerms, pot: PotTerms) -> PotTheory | None:
    """The averages, or None where there are none: nothing is contributed, or the pot can never drop."""
    contribution = Fraction(terms.contribution_micros)
    if not contribution:
        return None
    share = Fraction(pot.share_ppm, PPM)
    found = _by_value(pot, share * contribution) if pot.kind == "value" else _by_probability(pot, contribution)
    if found is None:
        return None
    contributions, deficit = found
    turnover = contribution * contributions
    payout = share * turnover + deficit if pot.is_progressive else Fraction(pot.min_reseed_micros)
    return PotTheory(contributions, turnover, deficit, payout, payout / turnover)


def break_even_seed_share(terms: TemplateTerms, pot: PotTerms) -> Fraction | None:
    """The part of a contribution that would exactly fund the pot's seeds, were nothing else to fund them."""
    theory = pot_theory(terms, pot)
    return Fraction(pot.min_reseed_micros) / theory.turnover_micros if theory else None


def variance_of_contributions(terms: TemplateTerms, pot: PotTerms) -> Fraction | None:
    """The variance of the contributions in a cycle, for a pot whose growth does not change within it."""
    increment = Fraction(pot.share_ppm * terms.contribution_micros, PPM)
    if pot.kind == "value":
        if not increment or pot.value_from_micros is None or pot.value_to_micros is None:
            return None
        return Fraction(pot.value_to_micros - pot.value_from_micros) ** 2 / 12 / increment**2
    chance = _hit_chance(pot, Fraction(terms.contribution_micros))
    return (1 - chance) / chance**2 if chance else None


def chance_within(chance: Fraction, contributions: int) -> Decimal:
    """The chance of at least one hit within so many contributions of equal chance."""
    return 1 - _power(1 - chance, contributions)


def median_contributions(chance: Fraction) -> int:
    """The smallest count by which a hit is at least as likely as not."""
    if chance >= 1:
        return 1
    ratio = _CONTEXT.divide(_CONTEXT.ln(Decimal("0.5")), _CONTEXT.ln(_decimal(1 - chance)))
    return int(ratio.to_integral_value(rounding="ROUND_CEILING"))


def _hit_chance(pot: PotTerms, contribution: Fraction) -> Fraction | None:
    if not pot.max_magic_number:
        return None
    if not contribution:
        return Fraction(1, pot.max_magic_number)
    if not pot.cost_per_attempt_micros:
        return None
    return min(Fraction(1), contribution / (pot.cost_per_attempt_micros * pot.max_magic_number))


def _by_probability(pot: PotTerms, contribution: Fraction) -> tuple[Fraction, Fraction] | None:
    chance = _hit_chance(pot, contribution)
    if chance is None:
        return None
    seed = Fraction(pot.min_reseed_micros)
    pot_share = contribution * pot.share_ppm / PPM
    if not pot.is_progressive:
        # What a fixed pot does not need stays for the cycles after it, so that only the long run counts.
        return 1 / chance, max(Fraction(0), seed - pot_share / chance)
    put_by = pot_share * pot.seed_share_ppm / PPM
    if not put_by:
        return 1 / chance, seed
    # The reserve after N contributions is min(seed, N * put_by), and N is geometric.
    full = int(seed / put_by)
    missed = _fraction(_power(1 - chance, full))
    collected = put_by * (1 - missed) / chance + (seed - full * put_by) * missed
    return 1 / chance, _rounded(seed - collected)


def _by_value(pot: PotTerms, pot_share: Fraction) -> tuple[Fraction, Fraction] | None:
    if not pot_share or pot.value_from_micros is None or pot.value_to_micros is None:
        return None
    low, high = Fraction(pot.value_from_micros), Fraction(pot.value_to_micros)
    if low >= high:
        return None
    seed = Fraction(pot.min_reseed_micros)
    put_by = pot_share * pot.seed_share_ppm / PPM
    if not put_by:
        return ((low + high) / 2 - seed) / pot_share + Fraction(1, 2), seed
    # The pot grows slowly until the reserve is full, at the value `bend`, and by the whole share from there on.
    until_full = seed / put_by
    bend = seed + (pot_share - put_by) * until_full
    slow, fast = _part(low, min(bend, high)), _part(max(bend, low), high)
    width = high - low
    count = Fraction(1, 2)
    deficit = Fraction(0)
    if slow.width:
        until_middle = (slow.middle - seed) / (pot_share - put_by)
        count += slow.width / width * until_middle
        missing = seed - put_by * (until_middle + Fraction(1, 2))
        deficit = slow.width / width * max(Fraction(0), missing)
    if fast.width:
        count += fast.width / width * (until_full + (fast.middle - bend) / pot_share)
    return count, deficit


class _Part(msgspec.Struct, frozen=True):
    width: Fraction
    middle: Fraction


def _part(low: Fraction, high: Fraction) -> _Part:
    return _Part(max(Fraction(0), high - low), (low + high) / 2)


def _power(base: Fraction, exponent: int) -> Decimal:
    return _CONTEXT.power(_decimal(base), exponent)


def _decimal(value: Fraction) -> Decimal:
    return _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))


def _fraction(value: Decimal) -> Fraction:
    return Fraction(0) if value.adjusted() < -4 * _DIGITS else Fraction(value)


def _rounded(value: Fraction) -> Fraction:
    return Fraction(round(value * 10**_DIGITS), 10**_DIGITS)
