"""How much a contribution is: in the player's currency, and in the jackpot's."""

from decimal import Decimal
from typing import NamedTuple

from backoffice.core.money import LIMIT_MICROS, convert_micros, minor_unit_micros, round_half_even_division
from jackpots.rules.terms import AmountTerms, TemplateTerms


class Multipliers(NamedTuple):
    """What one unit of the operator's base currency is in the jackpot's and in the player's."""

    of_jackpot: Decimal
    of_player: Decimal


class Amounts(NamedTuple):
    """A contribution in both currencies, in micro-units of each."""

    player_micros: int
    jackpot_micros: int


def contribution_amounts(
    terms: TemplateTerms, currency: str, multipliers: Multipliers, preferred_micros: int | None = None
) -> Amounts | None:
    """What a player of this currency contributes; None for an amount that no row holds.

    The template's amount for the currency is the authority where there is one, or what the player prefers where the
    template allows it; it is worth what it is worth in the jackpot's currency (rule B-02). Otherwise the template's
    own amount is converted: exactly where the operator pays it all, else to the player's smallest coin and back.
    """
    amount = terms.amount_in(currency)
    if amount is not None:
        player = players_choice(terms, amount, preferred_micros)
    elif currency == terms.currency:
        player = terms.contribution_micros
    else:
        player = convert_micros(terms.contribution_micros, multipliers.of_jackpot, multipliers.of_player)
        if terms.is_operator_funded:
            return _within(Amounts(player, terms.contribution_micros))
        player = _to_coins(player, currency) if terms.contribution_micros else 0
    if currency == terms.currency:
        return _within(Amounts(player, player))
    return _within(Amounts(player, convert_micros(player, multipliers.of_player, multipliers.of_jackpot)))


def players_choice(terms: TemplateTerms, amount: AmountTerms, preferred_micros: int | None) -> int:
    """What the player prefers if the template allows it, else the template's default."""
    if terms.is_variable and preferred_micros is not None and is_allowed(amount, preferred_micros):
        return preferred_micros
    return amount.default_micros


def is_allowed(amount: AmountTerms, micros: int) -> bool:
    """Whether a player may contribute so much: within the bounds, and one of the values where they are listed."""
    if not amount.minimum_micros <= micros <= amount.maximum_micros:
        return False
    return not amount.allowed_micros or micros in amount.allowed_micros


def choice_fault(terms: TemplateTerms, currency: str, micros: int) -> str | None:
    """Why a player of this currency cannot prefer so much, or None."""
    if not terms.is_variable:
        return "the jackpot's contribution is fixed"
    amount = terms.amount_in(currency)
    if amount is None:
        return f"the jackpot has no values to choose from in {currency}"
    if not is_allowed(amount, micros):
        return f"the jackpot does not allow this value in {currency}"
    return None


def _to_coins(micros: int, currency: str) -> int:
    coin = minor_unit_micros(currency)
    return max(coin, round_half_even_division(micros, coin) * coin)


def _within(amounts: Amounts) -> Amounts | None:
    return amounts if max(amounts) < LIMIT_MICROS else None
