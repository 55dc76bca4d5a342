"""What a switch to another template makes of the pots: who takes over what, and what stands in the way."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from backoffice.core.money import format_money, split
from jackpots.rules.terms import PPM, PotTerms, TemplateTerms

ShareMapping = Mapping[str, Mapping[str, int]]


class PotHeld(msgspec.Struct, frozen=True, kw_only=True):
    """A pot with what its three accounts hold, in micro-units of the jackpot's currency."""

    code: str
    value_micros: int = 0
    reserve_micros: int = 0
    boost_micros: int = 0

    @property
    def total_micros(self) -> int:
        """All that it holds."""
        return self.value_micros + self.reserve_micros + self.boost_micros


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The pots before and after, each in the order of its template. With `problems` nothing may be switched; `notes`
    say what else changes."""

    before: tuple[PotHeld, ...]
    after: tuple[PotHeld, ...]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_conserved(self) -> bool:
        """Whether nothing was lost and nothing made."""
        return sum(pot.total_micros for pot in self.before) == sum(pot.total_micros for pot in self.after)


def plan_switch(pots: Sequence[PotHeld], mapping: ShareMapping, old: TemplateTerms, new: TemplateTerms) -> Plan:
    """Divide what each pot holds among the pots of the new template, by shares in parts per million.

    Values, reserves and boosts are divided each for itself by largest remainder; of equal claims the earlier target
    has the micro. Where the mapping is wrong, the pots after are as if nothing were taken over.
    """
    problems = [*_misfits(old, new), *_wrong_shares(pots, mapping, new)]
    taken = {pot.code: [0, 0, 0] for pot in new.pots}
    if not problems:
        codes = [pot.code for pot in new.pots]
        for pot in pots:
            shares = [mapping.get(pot.code, {}).get(code, 0) for code in codes]
            for place, amount in enumerate((pot.value_micros, pot.reserve_micros, pot.boost_micros)):
                for code, part in zip(codes, split(amount, shares) if amount else [0] * len(codes), strict=True):
                    taken[code][place] += part
    after = tuple(
        PotHeld(code=code, value_micros=held[0], reserve_micros=held[1], boost_micros=held[2])
        for code, held in taken.items()
    )
    if not problems:
        problems += [text for terms, pot in zip(new.pots, after, strict=True) for text in _too_much(terms, pot, new)]
    return Plan(before=tuple(pots), after=after, problems=tuple(problems), notes=tuple(_notes(old, new, after)))


def _misfits(old: TemplateTerms, new: TemplateTerms) -> Iterator[str]:
    if old.is_raffle or new.is_raffle:
        yield "A raffle's model cannot be switched: its tickets were bought by its own terms."
    if old.currency != new.currency:
        yield f"The jackpot is in {old.currency}, the template in {new.currency}: amounts are not converted."
    if old.template_id == new.template_id:
        yield "The jackpot runs by this template already."
    if not new.is_operator_funded and old.is_operator_funded:
        yield "The template lets players pay a part, which players of this jackpot have not agreed to."


def _wrong_shares(pots: Sequence[PotHeld], mapping: ShareMapping, new: TemplateTerms) -> Iterator[str]:
    known, targets = {pot.code for pot in pots}, {pot.code for pot in new.pots}
    for code in mapping:
        if code not in known:
            yield f"{code} is no pot of the jackpot."
    for pot in pots:
        shares = mapping.get(pot.code, {})
        for code in sorted(shares.keys() - targets):
            yield f"{code} is no pot of the template."
        if any(not 0 <= share <= PPM for share in shares.values()) or sum(shares.values()) != PPM:
            given = _percent(sum(shares.values()))
            yield f"The shares of {pot.code} are {given} together, and must be 100 %."


def _too_much(terms: PotTerms, pot: PotHeld, template: TemplateTerms) -> Iterator[str]:
    currency = template.currency
    holds = f"{terms.code} would hold {format_money(pot.value_micros, currency)}"
    if terms.kind == "value" and terms.value_to_micros is not None and pot.value_micros >= terms.value_to_micros:
        yield f"{holds} and drop at once: its end is {format_money(terms.value_to_micros, currency)}."
    elif terms.ceiling_micros is not None and pot.value_micros > terms.ceiling_micros:
        yield f"{holds}, above its ceiling of {format_money(terms.ceiling_micros, currency)}."
    if terms.initial_seed_micros and not pot.value_micros:
        seed = format_money(terms.initial_seed_micros, currency)
        yield f"{terms.code} starts at {seed} and takes nothing over: give it a share of a pot."


def _notes(old: TemplateTerms, new: TemplateTerms, after: Sequence[PotHeld]) -> Iterator[str]:
    yield "Every running cycle ends and its secret is shown; the next ones begin with new commitments."
    yield "Players stay opted in, and what they have contributed stays counted."
    if old.contribution_micros != new.contribution_micros:
        was, will = (format_money(one.contribution_micros, new.currency) for one in (old, new))
        yield f"A contribution is {will} from then on; it was {was}."
    if new.opt_in_required and not old.opt_in_required:
        yield "Players must opt in from then on; those who have not are refused until they do."
    for terms, pot in zip(new.pots, after, strict=True):
        if not terms.is_progressive and pot.value_micros != terms.min_reseed_micros:
            later = format_money(terms.min_reseed_micros, new.currency)
            now = format_money(pot.value_micros, new.currency)
            yield f"{terms.code} is of fixed value: it pays {now} once, and {later} from its next start."


def _percent(ppm: int) -> str:
    whole, rest = divmod(ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + " %"


def written(mapping: ShareMapping) -> dict[str, dict[str, int]]:
    """The mapping as a request keeps it, so that it reads well: {"mini": {"to_mega_ppm": 400000}}; no empty shares."""
    return {
        code: {f"to_{target}_ppm": share for target, share in shares.items() if share}
        for code, shares in mapping.items()
    }


def read(kept: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, int]]:
    """The mapping that a request keeps."""
    return {
        code: {name.removeprefix("to_").removesuffix("_ppm"): int(str(share)) for name, share in shares.items()}
        for code, shares in kept.items()
    }


def amounts(pots: Sequence[PotHeld]) -> dict[str, dict[str, int]]:
    """The amounts by pot, as requests, logs and switches keep them."""
    return {
        pot.code: {
            "value_micros": pot.value_micros,
            "seed_reserve_micros": pot.reserve_micros,
            "boost_micros": pot.boost_micros,
        }
        for pot in pots
    }
