"""What a player contributes: the template's amount for the currency, what the player prefers, or a conversion."""

from decimal import Decimal

import pytest

from jackpots.rules.amounts import Amounts, Multipliers, choice_fault, contribution_amounts, is_allowed
from jackpots.rules.terms import AmountTerms, TemplateTerms
from tests.jackpots.rules.kit import EURO, ONE, probability_pot, template

POUNDS = AmountTerms(currency="GBP", default_micros=100_000, minimum_micros=50_000, maximum_micros=1_000_000)
KRONOR = AmountTerms(
    currency="SEK",
    default_micros=1_000_000,
    minimum_micros=1_000_000,
    maximum_micros=10_000_000,
    allowed_micros=(1_000_000, 2_000_000, 10_000_000),
)
GBP, SEK, USD = (Multipliers(ONE, Decimal(rate)) for rate in ("0.85", "11.6761", "1.0762"))


def fixed(**changes: object) -> TemplateTerms:
    return template(probability_pot(), amounts=(POUNDS, KRONOR), **changes)


def variable() -> TemplateTerms:
    return fixed(contribution_kind="variable")


@pytest.mark.parametrize(
    ("currency", "multipliers", "jackpot"),
    [("GBP", GBP, 117_647), ("SEK", SEK, 85_645)],
)
@pytest.mark.req("B-02", "POT-22")
def test_f3_always_fair_amounts_are_worth_what_they_are_worth(
    currency: str, multipliers: Multipliers, jackpot: int
) -> None:
    found = contribution_amounts(fixed(), currency, multipliers)
    amount = fixed().amount_in(currency)
    assert amount is not None
    assert found == Amounts(amount.default_micros, jackpot)


@pytest.mark.req("B-02")
def test_f3_without_an_amount_of_its_own_a_currency_is_converted() -> None:
    assert contribution_amounts(fixed(), "EUR", Multipliers(ONE, ONE)) == (100_000, 100_000)
    assert contribution_amounts(fixed(), "USD", USD) == (107_620, 100_000)
    # What the player pays is a number of cents, at least one, and worth what it is worth.
    paid = fixed(operator_contribution_ppm=0)
    assert contribution_amounts(paid, "USD", USD) == (110_000, 102_211)
    tiny = fixed(operator_contribution_ppm=0, contribution_micros=1_000)
    assert contribution_amounts(tiny, "USD", USD) == (10_000, 9_292)
    assert contribution_amounts(fixed(contribution_micros=0, operator_contribution_ppm=0), "USD", USD) == (0, 0)


@pytest.mark.parametrize(
    ("preferred", "player"),
    [
        pytest.param(None, 1_000_000, id="the default"),
        pytest.param(2_000_000, 2_000_000, id="one of the values"),
        pytest.param(3_000_000, 1_000_000, id="none of them"),
        pytest.param(20_000_000, 1_000_000, id="above the largest"),
    ],
)
@pytest.mark.req("POT-22", "OPT-04", "OPT-05")
def test_a_player_chooses_within_what_is_allowed(preferred: int | None, player: int) -> None:
    found = contribution_amounts(variable(), "SEK", SEK, preferred)
    assert found is not None
    assert found.player_micros == player
    assert contribution_amounts(fixed(), "SEK", SEK, preferred) == (1_000_000, 85_645)


@pytest.mark.req("POT-22", "OPT-04")
def test_why_a_value_cannot_be_preferred() -> None:
    assert choice_fault(fixed(), "SEK", 2_000_000) == "the jackpot's contribution is fixed"
    assert choice_fault(variable(), "SEK", 2_000_000) is None
    assert "values to choose from in EUR" in (choice_fault(variable(), "EUR", EURO) or "")
    assert "does not allow" in (choice_fault(variable(), "SEK", 3_000_000) or "")
    assert is_allowed(POUNDS, 770_001)
    assert not is_allowed(POUNDS, 49_999)


@pytest.mark.req("B-02")
def test_an_amount_that_no_row_holds_is_none() -> None:
    assert contribution_amounts(fixed(contribution_micros=10**14), "JPY", Multipliers(ONE, Decimal(163))) is None
