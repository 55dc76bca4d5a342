"""Terms, chances and shares in words."""

from decimal import Decimal
from fractions import Fraction

import pytest

from backoffice.web.words import lasting
from jackpots.rules.terms import TemplateTerms
from jackpots.web import wording
from jackpots.web.phrases import counted, percent_of_ppm, sentence_list
from tests.cast import EUR, probability_pot, quiet_draft, value_pot


def terms(**values: object) -> TemplateTerms:
    return quiet_draft(**values).terms("t")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        ((1, 1), "certain"), ((0, 1), "none"), ((1, 2), "1 in 2"), ((2, 7), "1 in 3.5"),
        ((1, 1234567), "1 in 1,234,567"),
        ((40_000, 2_520_000), "1 in 63"), ((5, 4), "certain"),
    ],
)  # fmt: skip
def test_a_chance_is_one_in_so_many(chance: tuple[int, int], said: str) -> None:
    assert wording.one_in(*chance) == said


def test_figures_are_exact_where_coins_are_too_coarse() -> None:
    assert wording.exact_money(28_000, "EUR") == "EUR 0.028"
    assert wording.exact_money(1_234_000_000, "EUR") == "EUR 1,234.00"
    assert wording.exact_money(200_000, "EUR") == "EUR 0.20"
    assert wording.exact_money(5_000_000, "JPY") == "JPY 5"
    assert wording.plain(Decimal("1E+1")) == "10"
    assert wording.plain(Decimal("0.8592000")) == "0.8592"
    assert wording.percent(Fraction(2, 3)) == "66.67 %"
    assert percent_of_ppm(125) == "0.0125 %"


def test_the_parts_of_the_bar_fill_it_exactly() -> None:
    parts = wording.split_of(terms())
    assert [part.name for part in parts] == ["minor", "minor, next seed", "mega", "mega, next seed", "house"]
    assert sum(Decimal(part.width.rstrip("%")) for part in parts) == 100
    assert parts[-1].start == "70.0000%"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "The operator pays all of it."),
        ({"operator_contribution_ppm": 0}, "The player pays all of it."),
        ({"operator_contribution_ppm": 250_000}, "The operator pays 25 % of it, the player the rest."),
        ({"contribution_micros": 0}, "A contribution is an attempt without money"),
        ({"opt_in_required": True}, "Players must opt in first."),
        ({"minimum_base_wager_micros": EUR, "maximum_base_wager_micros": 9 * EUR}, "from EUR 1.00 up to EUR 9.00"),
    ],
)
def test_terms_are_told_in_sentences(values: dict[str, object], said: str) -> None:
    assert said in " ".join(wording.terms_sentences(terms(**values)))


def test_what_a_pot_waits_for_is_told() -> None:
    of = terms()
    assert wording.drops_text(of, value_pot()) == "Between EUR 1,000.00 and EUR 2,000.00"
    assert wording.drops_text(of, probability_pot(one_in=500)) == "1 in 500 for each EUR 0.10 contributed"
    assert wording.odds_now(of, value_pot(), 10 * EUR) == "not yet: it has to grow first"
    assert wording.odds_now(of, probability_pot(one_in=500), 10 * EUR) == "1 in 500"
    assert wording.odds_now(of, value_pot(), 2_000 * EUR) == "certain"


def test_words_are_counted_and_listed() -> None:
    assert (counted(1, "source"), counted(1_204, "player")) == ("1 source", "1,204 players")
    assert sentence_list(["a", "b", "c"]) == "a, b and c"
    assert sentence_list(["a"]) == "a"
    assert [lasting(seconds) for seconds in (604_800, 7_200, 5_400)] == ["1 week", "2 hours", "90 minutes"]
