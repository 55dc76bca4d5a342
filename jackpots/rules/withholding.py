"""Which wins are held back until somebody looks at them."""

from jackpots.rules.countries import normalise_country
from jackpots.rules.terms import TemplateTerms


def withheld_because(terms: TemplateTerms, amount_micros: int, country: str) -> str:
    """Why a win of so much, in micro-units of the jackpot's currency, by a player of this country is withheld; empty
    where it is not."""
    above = terms.withhold_above_micros
    if above is not None and amount_micros > above:
        return "It is above the amount from which wins are withheld."
    if terms.withhold_countries and normalise_country(country) in terms.withhold_countries:
        return "Wins of players of this country are withheld."
    return ""
