"""What a template must fulfil before it may be published, and what its author should be warned of."""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Literal

import msgspec

from backoffice.core.money import LIMIT_MICROS, format_money, is_currency, minor_unit_micros
from jackpots.rules.terms import PPM, PotTerms, TemplateTerms
from jackpots.rules.theory import pot_theory

__all__ = ["MAX_MAGIC_NUMBER", "PPM", "PotTerms", "Problem", "TemplateTerms", "errors", "validate_template"]

MAX_MAGIC_NUMBER = 10**9
MAX_ODDS = 10**18
MAX_POTS = 20
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)


class Problem(msgspec.Struct, frozen=True):
    """`field` is a path ("pots.minor.share_ppm"), `code` is for machines, `message` for people.

    An error keeps the template from being published; a warning only wants to be read.
    """

    field: str
    code: str
    message: str
    severity: Literal["error", "warning"] = "error"


def validate_template(terms: TemplateTerms, *, wallet_exists: bool = False) -> list[Problem]:
    """Every problem of the template; the averages are only looked at once nothing else is wrong with it."""
    problems = [*_of_template(terms), *_of_funding(terms, wallet_exists=wallet_exists), *_of_shares(terms)]
    for pot in terms.pots:
        problems.extend(_of_pot(terms, pot))
    if not problems:
        problems.extend(_of_returns(terms))
    return problems


def errors(problems: list[Problem]) -> list[Problem]:
    """Those that keep the template from being published."""
    return [problem for problem in problems if problem.severity == "error"]


def _of_template(terms: TemplateTerms) -> Iterator[Problem]:
    if not is_currency(terms.currency):
        yield Problem("currency", "currency_unknown", f"{terms.currency} is not an ISO 4217 currency.")
    if not 0 <= terms.contribution_micros < LIMIT_MICROS:
        yield Problem("contribution_micros", "out_of_range", "The contribution must be from 0 to below 10^9 units.")
    yield from _of_bets(terms)
    if not 1 <= len(terms.pots) <= MAX_POTS:
        yield Problem("pots", "pot_count", f"A jackpot has from 1 to {MAX_POTS} pots.")
    for name in ("code", "position"):
        if len({getattr(pot, name) for pot in terms.pots}) != len(terms.pots):
            yield Problem("pots", f"{name}_twice", f"Two pots have the same {name}.")


def _of_bets(terms: TemplateTerms) -> Iterator[Problem]:
    low, high = terms.minimum_base_wager_micros, terms.maximum_base_wager_micros
    if low is not None and not 0 <= low < LIMIT_MICROS:
        yield Problem("minimum_base_wager_micros", "out_of_range", "The smallest bet must be from 0 to 10^9 units.")
    if high is not None and not 0 < high < LIMIT_MICROS:
        yield Problem("maximum_base_wager_micros", "out_of_range", "The largest bet must be above 0.")
    if low is not None and high is not None and low > high:
        yield Problem("maximum_base_wager_micros", "bounds", "The largest bet is below the smallest.")


def _of_funding(terms: TemplateTerms, *, wallet_exists: bool) -> Iterator[Problem]:
    field = "operator_contribution_ppm"
    if not 0 <= terms.operator_contribution_ppm <= PPM:
        yield Problem(field, "out_of_range", "The operator's part must be from 0 to 100 %.")
    elif not terms.is_operator_funded and not wallet_exists:
        yield Problem(
            field,
            "wallet_missing",
            "Players pay a part of this contribution, and the operator has no wallet to debit them by. "
            "Set up a wallet first, or let the operator fund 100 %.",
        )
    if not terms.is_zero_value:
        return
    if not terms.is_operator_funded:
        yield Problem(field, "zero_value_not_funded", "A contribution of zero must be funded by the operator in full.")
    for pot in terms.pots:
        if pot.kind == "value":
            yield Problem(
                f"pots.{pot.code}.kind",
                "zero_value_by_value",
                "Contributions of zero never move a pot, so none may drop by value.",
            )


def _of_shares(terms: TemplateTerms) -> Iterator[Problem]:
    if not 0 <= terms.household_ppm <= PPM:
        yield Problem("household_ppm", "out_of_range", "The house's share must be from 0 to 100 %.")
    total = terms.household_ppm + sum(pot.share_ppm for pot in terms.pots)
    if total != PPM:
        shown = _percent(Fraction(total, PPM))
        yield Problem("household_ppm", "shares_sum", f"The shares of the pots and the house sum to {shown}, not 100 %.")


def _of_pot(terms: TemplateTerms, pot: PotTerms) -> Iterator[Problem]:
    path = f"pots.{pot.code}"
    if not _CODE.fullmatch(pot.code):
        yield Problem(f"{path}.code", "code_form", "A code is of small letters, digits, hyphens and underscores.")
    for name in ("share_ppm", "seed_share_ppm"):
        if not 0 <= getattr(pot, name) <= PPM:
            yield Problem(f"{path}.{name}", "out_of_range", "A share must be from 0 to 100 %.")
    for name in ("min_reseed_micros", "initial_seed_micros"):
        if not 0 <= getattr(pot, name) < LIMIT_MICROS:
            yield Problem(f"{path}.{name}", "out_of_range", "A seed must be from 0 to below 10^9 units.")
    if not pot.is_progressive and pot.initial_seed_micros != pot.min_reseed_micros:
        yield Problem(
            f"{path}.initial_seed_micros", "fixed_seeds_differ", "A fixed pot pays the same the first time as after it."
        )
    kinds: dict[str, Callable[[TemplateTerms, PotTerms, str], Iterator[Problem]]] = {
        "value": _of_value_pot,
        "probability": _of_probability_pot,
    }
    if pot.kind in kinds:
        yield from kinds[pot.kind](terms, pot, path)
    else:
        yield Problem(f"{path}.kind", "kind_unknown", "A pot drops by value or by probability.")


def _of_value_pot(terms: TemplateTerms, pot: PotTerms, path: str) -> Iterator[Problem]:
    if not pot.is_progressive:
        yield Problem(f"{path}.is_progressive", "fixed_by_value", "A pot of fixed value cannot drop by value.")
    low, high = pot.value_from_micros, pot.value_to_micros
    if low is None or high is None or not 0 <= low < high < LIMIT_MICROS:
        yield Problem(f"{path}.value_to_micros", "bounds", "It must drop between two values, the first the smaller.")
        return
    for name in ("min_reseed_micros", "initial_seed_micros"):
        if getattr(pot, name) > low:
            yield Problem(f"{path}.{name}", "seed_above_range", "The pot must start at or below where it may drop.")
    if is_currency(terms.currency) and low < minor_unit_micros(terms.currency):
        yield Problem(f"{path}.value_from_micros", "below_smallest_coin", "It could drop with less than a coin in it.")
    if not pot.share_ppm:
        yield Problem(f"{path}.share_ppm", "never_grows", "A pot that drops by value needs a share to grow by.")


def _of_probability_pot(terms: TemplateTerms, pot: PotTerms, path: str) -> Iterator[Problem]:
    odds, cost = pot.max_magic_number, pot.cost_per_attempt_micros
    if odds is None or not 1 <= odds <= MAX_MAGIC_NUMBER:
        yield Problem(f"{path}.max_magic_number", "out_of_range", f"The odds must be one in 1 to {MAX_MAGIC_NUMBER:,}.")
    if cost is not None and not 0 <= cost < LIMIT_MICROS:
        yield Problem(f"{path}.cost_per_attempt_micros", "out_of_range", "The cost of an attempt is out of range.")
    elif not terms.is_zero_value and not cost:
        yield Problem(
            f"{path}.cost_per_attempt_micros", "attempt_without_cost", "The cost of an attempt must be above zero."
        )
    elif odds and cost and odds * cost > MAX_ODDS:
        yield Problem(f"{path}.max_magic_number", "odds_too_long", "Odds times cost must not exceed 10^12 units.")
    if is_currency(terms.currency):
        coin = minor_unit_micros(terms.currency)
        for name in ("min_reseed_micros", "initial_seed_micros"):
            if 0 <= getattr(pot, name) < coin:
                yield Problem(
                    f"{path}.{name}",
                    "below_smallest_coin",
                    f"It can be hit at its start, so it starts at {format_money(coin, terms.currency)} or more.",
                )


def _of_returns(terms: TemplateTerms) -> Iterator[Problem]:
    total = Fraction(0)
    for pot in terms.pots:
        theory = pot_theory(terms, pot)
        if theory is None:
            continue
        total += theory.rtp
        if theory.rtp > 1:
            money = [
                format_money(round(figure), terms.currency)
                for figure in (theory.payout_micros, theory.turnover_micros, theory.deficit_micros)
            ]
            yield Problem(
                f"pots.{pot.code}",
                "rtp_above_100",
                f"Pot {pot.code} alone returns {_percent(theory.rtp)} of what is contributed: on average it pays "
                f"{money[0]} for {money[1]} of contributions, and the house adds {money[2]} to each seed.",
                "warning",
            )
    if total > 1:
        yield Problem(
            "pots",
            "rtp_total_above_100",
            f"The pots together return {_percent(total)} of what is contributed; the rest is the house's to pay.",
            "warning",
        )


def _percent(ratio: Fraction) -> str:
    hundredths = round(ratio * 10_000)
    return f"{hundredths // 100:,}.{hundredths % 100:02d} %"
