"""A template before and after limited pots close: the terms that hold then, so that theory and simulation show both."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import msgspec

from backoffice.core.money import split
from jackpots.rules.terms import PPM, PotTerms, TemplateTerms
from jackpots.rules.theory import TemplateTheory, template_theory


class Stage(msgspec.Struct, frozen=True):
    """What holds while these pots are closed: the terms of the others, and their averages."""

    closed: tuple[str, ...]
    terms: TemplateTerms
    theory: TemplateTheory


def stages(terms: TemplateTerms, rate: Fraction | None = None) -> Iterator[Stage]:
    """The template as it begins, then with each of its limited pots closed alone, then with all of them closed unless
    that ends the jackpot."""
    limited = [pot.code for pot in terms.pots if pot.max_drops is not None]
    cases: list[tuple[str, ...]] = [(), *((code,) for code in limited)]
    if len(limited) > 1:
        cases.append(tuple(limited))
    for closed in cases:
        if len(closed) < len(terms.pots):
            then = without(terms, closed)
            yield Stage(closed, then, template_theory(then, rate))


def without(terms: TemplateTerms, closed: Iterable[str]) -> TemplateTerms:
    """The terms while these pots are closed: what they had goes where the template says (G-14), to the nearest part in
    a million. ValueError where no pot is left."""
    gone = frozenset(closed)
    left = [pot for pot in terms.pots if pot.code not in gone]
    if not left:
        raise ValueError("a jackpot without an open pot has ended")
    freed = sum(pot.share_ppm for pot in terms.pots if pot.code in gone)
    if terms.limited_share_to == "house" or not any(pot.share_ppm for pot in left):
        return msgspec.structs.replace(terms, pots=tuple(left), household_ppm=terms.household_ppm + freed)
    more = split(freed, [pot.share_ppm for pot in left])
    to_seed = terms.limited_share_to == "seed"
    grown = tuple(_grown(pot, extra, to_seed=to_seed) for pot, extra in zip(left, more, strict=True))
    return msgspec.structs.replace(terms, pots=grown)


def _grown(pot: PotTerms, extra_ppm: int, *, to_seed: bool) -> PotTerms:
    share = pot.share_ppm + extra_ppm
    if not to_seed or not share:
        return msgspec.structs.replace(pot, share_ppm=share)
    put_by = round(Fraction(pot.share_ppm * pot.seed_share_ppm + extra_ppm * PPM, share))
    return msgspec.structs.replace(pot, share_ppm=share, seed_share_ppm=put_by)
