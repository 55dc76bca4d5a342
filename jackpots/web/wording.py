"""A pot's terms in words and figures, for people. Plain values in, text out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from backoffice.core.money import decimals_of, format_micros, format_money
from backoffice.web.words import BLANK, lasting
from jackpots.rules.drop import chance
from jackpots.rules.terms import PPM, PotTerms, TemplateTerms
from jackpots.rules.theory import pot_theory
from jackpots.web.phrases import percent_of_ppm


@dataclass(frozen=True)
class PotWords:
    """One pot, said."""

    code: str
    kind: str
    share: str
    seed_share: str
    drops: str
    seed: str
    grows: str
    rtp: str
    contributions: str
    payout: str
    is_above_100: bool


def percent(ratio: Fraction) -> str:
    """`66.67 %`, rounded to hundredths."""
    hundredths = round(ratio * 10_000)
    return f"{hundredths // 100:,}.{hundredths % 100:02d} %"


def plain(number: Decimal) -> str:
    """`1.0762`, `250`: exact, without an exponent and without zeros at the end."""
    return f"{number.normalize():f}"


def one_in(numerator: int, denominator: int) -> str:
    """`1 in 1,234`, `1 in 3.5`, `certain`, `none`."""
    if numerator <= 0:
        return "none"
    ratio = Fraction(denominator, numerator)
    if ratio <= 1:
        return "certain"
    if ratio >= 100:
        return f"1 in {round(ratio):,}"
    tenths = round(ratio * 10)
    return f"1 in {tenths // 10}" + (f".{tenths % 10}" if tenths % 10 else "")


def drops_text(terms: TemplateTerms, pot: PotTerms) -> str:
    """What makes the pot drop."""
    if pot.kind in ("time", "raffle"):
        return _time_text(pot)
    if pot.kind == "value":
        low, high = pot.value_from_micros, pot.value_to_micros
        if low is None or high is None:
            return "Between two values that are not given yet"
        return f"Between {format_money(low, terms.currency)} and {format_money(high, terms.currency)}"
    if not pot.max_magic_number:
        return "By odds that are not given yet"
    odds = f"1 in {pot.max_magic_number:,}"
    if terms.is_zero_value or not pot.cost_per_attempt_micros:
        return f"{odds} at each contribution"
    return f"{odds} for each {format_money(pot.cost_per_attempt_micros, terms.currency)} contributed"


def _time_text(pot: PotTerms) -> str:
    if pot.kind == "raffle":
        return "By tickets, at the end of each round"
    if not pot.period_seconds:
        return "By time, in windows that are not given yet"
    every = lasting(pot.period_seconds).removeprefix("1 ")
    if pot.time_rule == "stake_weighted":
        return f"Every {every}, to one of all by stake"
    return f"Every {every}, to the first after a hidden instant"


def odds_now(terms: TemplateTerms, pot: PotTerms, value_micros: int) -> str:
    """The chance that the next contribution makes the pot drop, by what everybody may know."""
    if pot.kind in ("time", "raffle"):
        return "by time"
    growth = terms.contribution_micros * pot.share_ppm // PPM
    numerator, denominator = chance(
        pot,
        contribution_micros=terms.contribution_micros,
        before_micros=value_micros,
        after_micros=value_micros + growth,
        armed=False,
    )
    if not numerator:
        return "not yet: it has to grow first"
    return one_in(numerator, denominator)


def pot_words(terms: TemplateTerms, pot: PotTerms) -> PotWords:
    """All of a pot; the averages are a dash where there are none."""
    theory = pot_theory(terms, pot)
    return PotWords(
        code=pot.code,
        kind=_KINDS[pot.kind],
        share=percent_of_ppm(pot.share_ppm),
        seed_share=percent_of_ppm(pot.seed_share_ppm),
        drops=drops_text(terms, pot),
        seed=_seed_text(terms, pot),
        grows="Progressive" if pot.is_progressive else "Fixed",
        rtp=percent(theory.rtp) if theory else BLANK,
        contributions=f"{round(theory.contributions):,}" if theory else BLANK,
        payout=format_money(round(theory.payout_micros), terms.currency) if theory else BLANK,
        is_above_100=theory is not None and theory.rtp > 1,
    )


def _seed_text(terms: TemplateTerms, pot: PotTerms) -> str:
    first, later = (format_money(micros, terms.currency) for micros in (pot.initial_seed_micros, pot.min_reseed_micros))
    return first if first == later else f"{first}, then {later}"


def total_rtp(terms: TemplateTerms) -> str:
    """What all pots together return on average."""
    found = [theory for pot in terms.pots if (theory := pot_theory(terms, pot)) is not None]
    return percent(sum((theory.rtp for theory in found), Fraction(0))) if found else BLANK


def terms_sentences(terms: TemplateTerms) -> list[str]:
    """The rules of a template, a sentence each."""
    money = format_money(terms.contribution_micros, terms.currency)
    if terms.is_zero_value:
        said = ["A contribution is an attempt without money; the pots hold what the house puts in."]
    else:
        said = [f"Each contribution is {money}. {_funding(terms)}"]
        said.append(f"The house keeps {percent_of_ppm(terms.household_ppm)} of it; the pots share the rest.")
    said.append("Players must opt in first." if terms.opt_in_required else "Players take part without opting in.")
    said.append(bets_text(terms))
    said.append("Of several pots hit at once the most valuable is paid; the others drop with the next contribution.")
    return said


def _funding(terms: TemplateTerms) -> str:
    if terms.is_operator_funded:
        return "The operator pays all of it."
    if not terms.operator_contribution_ppm:
        return "The player pays all of it."
    return f"The operator pays {percent_of_ppm(terms.operator_contribution_ppm)} of it, the player the rest."


def bets_text(terms: TemplateTerms) -> str:
    """Which bets contribute."""
    low, high = terms.minimum_base_wager_micros, terms.maximum_base_wager_micros
    if low is None and high is None:
        return "Bets of every size contribute."
    parts = [] if low is None else [f"from {format_money(low, terms.currency)}"]
    parts += [] if high is None else [f"up to {format_money(high, terms.currency)}"]
    return f"Bets {' '.join(parts)} contribute."


@dataclass(frozen=True)
class SplitPart:
    """A part of the bar that shows where one contribution goes; `start` and `width` are percent as text."""

    name: str
    share: str
    amount: str
    start: str
    width: str
    tone: str


def split_of(terms: TemplateTerms) -> Sequence[SplitPart]:
    """Pots, reserves and the house, in the order of the bar. Shares over 100 % run out of it."""
    shares: list[tuple[str, int, str]] = []
    for number, pot in enumerate(terms.pots):
        put_by = pot.share_ppm * pot.seed_share_ppm // PPM
        shares.append((pot.code or "pot", pot.share_ppm - put_by, str(number * 2 % 8)))
        shares.append((f"{pot.code or 'pot'}, next seed", put_by, str((number * 2 + 1) % 8)))
    shares.append(("house", terms.household_ppm, "house"))
    parts, start = [], 0
    for name, ppm, tone in shares:
        if ppm > 0:
            amount = exact_money(terms.contribution_micros * ppm // PPM, terms.currency)
            parts.append(SplitPart(name, percent_of_ppm(ppm), amount, _at(start), _at(ppm), tone))
            start += ppm
    return parts


def exact_money(micros: int, currency: str) -> str:
    """`EUR 0.028`: to the last micro-unit, where a coin is too coarse; never fewer decimals than the currency has."""
    return f"{currency} {format_micros(micros, decimals=decimals_of(currency))}"


def _at(ppm: int) -> str:
    return f"{ppm // 10_000}.{ppm % 10_000:04d}%"


_KINDS = {"value": "By value", "probability": "By probability", "time": "By time", "raffle": "By tickets"}
