"""What a template must fulfil before it may be published, and what its author should be warned of."""

from collections.abc import Iterator
from fractions import Fraction

from backoffice.core.money import LIMIT_MICROS, format_money, is_currency
from jackpots.rules.problems import Problem, errors
from jackpots.rules.template_parts import (
    problems_of_amounts,
    problems_of_raffle,
    problems_of_strategies,
    problems_of_withholding,
)
from jackpots.rules.template_pots import MAX_MAGIC_NUMBER, problems_of_pot
from jackpots.rules.terms import PPM, PotTerms, TemplateTerms
from jackpots.rules.theory import pot_theory

__all__ = ["MAX_MAGIC_NUMBER", "MAX_POTS", "PPM", "PotTerms", "Problem", "TemplateTerms", "errors", "validate_template"]

MAX_POTS = 20


def validate_template(terms: TemplateTerms, *, wallet_exists: bool = False) -> list[Problem]:
    """Every problem of the template; the averages are only looked at once nothing else is wrong with it."""
    problems = [*_of_template(terms), *_of_funding(terms, wallet_exists=wallet_exists), *_of_shares(terms)]
    for pot in terms.pots:
        problems.extend(problems_of_pot(terms, pot))
    problems.extend(problems_of_amounts(terms))
    problems.extend(problems_of_strategies(terms))
    problems.extend(problems_of_raffle(terms))
    problems.extend(problems_of_withholding(terms))
    if not problems:
        problems.extend(_of_returns(terms))
    return problems


def _of_template(terms: TemplateTerms) -> Iterator[Problem]:
    if not is_currency(terms.currency):
        yield Problem("currency", "currency_unknown", f"{terms.currency} is not an ISO 4217 currency.")
    if not 0 <= terms.contribution_micros < LIMIT_MICROS:
        yield Problem("contribution_micros", "out_of_range", "The contribution must be from 0 to below 10^9 units.")
    yield from _of_bets(terms)
    if terms.limited_share_to not in ("pots", "house", "seed"):
        message = "The share of a closed pot goes to the other pots, to the house or to the seeds."
        yield Problem("limited_share_to", "kind_unknown", message)
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
