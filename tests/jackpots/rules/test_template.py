"""What keeps a template from being published, and what it warns of."""

from typing import Any

import pytest

from jackpots.rules.template import Problem, errors, validate_template
from jackpots.rules.terms import PPM, PotTerms, TemplateTerms
from tests.jackpots.rules.kit import EURO, probability_pot, template, value_pot

GOOD = template(value_pot(share_ppm=400_000), probability_pot())


def codes(terms: TemplateTerms, *, wallet_exists: bool = False) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in errors(validate_template(terms, wallet_exists=wallet_exists))}


def test_a_sound_template_has_no_problem() -> None:
    assert validate_template(GOOD) == []


@pytest.mark.parametrize(
    ("pot", "field", "code"),
    [
        (value_pot(code="Mega Pot"), "pots.Mega Pot.code", "code_form"),
        (value_pot(code="a|b"), "pots.a|b.code", "code_form"),
        (value_pot(seed_share_ppm=PPM + 1), "pots.mega.seed_share_ppm", "out_of_range"),
        (value_pot(min_reseed_micros=-1), "pots.mega.min_reseed_micros", "out_of_range"),
        (value_pot(initial_seed_micros=10**15), "pots.mega.initial_seed_micros", "out_of_range"),
        (value_pot(value_from_micros=None), "pots.mega.value_to_micros", "bounds"),
        (value_pot(value_to_micros=500 * EURO), "pots.mega.value_to_micros", "bounds"),
        (value_pot(value_to_micros=10**15), "pots.mega.value_to_micros", "bounds"),
        (value_pot(min_reseed_micros=501 * EURO), "pots.mega.min_reseed_micros", "seed_above_range"),
        (value_pot(initial_seed_micros=501 * EURO), "pots.mega.initial_seed_micros", "seed_above_range"),
        (value_pot(is_progressive=False), "pots.mega.is_progressive", "fixed_by_value"),
        (value_pot(share_ppm=0), "pots.mega.share_ppm", "never_grows"),
        (
            value_pot(value_from_micros=0, min_reseed_micros=0, initial_seed_micros=0),
            "pots.mega.value_from_micros",
            "below_smallest_coin",
        ),
        (probability_pot(max_magic_number=0), "pots.minor.max_magic_number", "out_of_range"),
        (probability_pot(max_magic_number=None), "pots.minor.max_magic_number", "out_of_range"),
        (probability_pot(max_magic_number=10**9 + 1), "pots.minor.max_magic_number", "out_of_range"),
        (
            probability_pot(max_magic_number=10**9, cost_per_attempt_micros=10**10),
            "pots.minor.max_magic_number",
            "odds_too_long",
        ),
        (probability_pot(cost_per_attempt_micros=-1), "pots.minor.cost_per_attempt_micros", "out_of_range"),
        (probability_pot(min_reseed_micros=9_999), "pots.minor.min_reseed_micros", "below_smallest_coin"),
        (probability_pot(initial_seed_micros=0), "pots.minor.initial_seed_micros", "below_smallest_coin"),
        (
            probability_pot(is_progressive=False, initial_seed_micros=20 * EURO),
            "pots.minor.initial_seed_micros",
            "fixed_seeds_differ",
        ),
    ],
)
@pytest.mark.req("POT-12", "POT-19", "POT-20")
def test_a_pot_that_cannot_work_is_refused(pot: PotTerms, field: str, code: str) -> None:
    assert (field, code) in codes(template(pot))


@pytest.mark.parametrize("cost", [None, 0])
@pytest.mark.req("B-08")
def test_an_attempt_has_a_cost_where_contributions_have_a_value(cost: int | None) -> None:
    pot = probability_pot(cost_per_attempt_micros=cost)
    assert codes(template(pot)) == {("pots.minor.cost_per_attempt_micros", "attempt_without_cost")}
    assert codes(template(pot, contribution_micros=0)) == set()


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"household_ppm": 150_001}, "household_ppm", "shares_sum"),
        ({"household_ppm": 149_999}, "household_ppm", "shares_sum"),
        ({"household_ppm": PPM + 1}, "household_ppm", "out_of_range"),
        ({"currency": "XXX"}, "currency", "currency_unknown"),
        ({"contribution_micros": -1}, "contribution_micros", "out_of_range"),
        ({"contribution_micros": 10**15}, "contribution_micros", "out_of_range"),
        ({"operator_contribution_ppm": PPM + 1}, "operator_contribution_ppm", "out_of_range"),
        ({"minimum_base_wager_micros": -1}, "minimum_base_wager_micros", "out_of_range"),
        ({"maximum_base_wager_micros": 0}, "maximum_base_wager_micros", "out_of_range"),
        ({"minimum_base_wager_micros": 2, "maximum_base_wager_micros": 1}, "maximum_base_wager_micros", "bounds"),
        ({"pots": ()}, "pots", "pot_count"),
        ({"pots": (value_pot(), probability_pot(code="mega"))}, "pots", "code_twice"),
        ({"pots": (value_pot(), probability_pot(position=0))}, "pots", "position_twice"),
    ],
)
def test_a_template_that_cannot_work_is_refused(changes: dict[str, Any], field: str, code: str) -> None:
    assert (field, code) in codes(template(value_pot(), probability_pot(), **changes))


def test_a_player_funded_template_waits_for_a_wallet() -> None:
    for part in (0, PPM // 2):
        terms = template(value_pot(), probability_pot(), operator_contribution_ppm=part)
        assert codes(terms) == {("operator_contribution_ppm", "wallet_missing")}
        assert codes(terms, wallet_exists=True) == set()
        (problem,) = validate_template(terms)
        assert "wallet" in problem.message


@pytest.mark.req("POT-23", "POT-24", "POT-26", "B-08")
def test_t10_zero_value_needs_the_operators_money_and_pots_by_probability() -> None:
    chances = template(probability_pot(), contribution_micros=0)
    assert codes(chances) == set()
    assert codes(template(probability_pot(is_progressive=False), contribution_micros=0)) == set()
    with_value = template(value_pot(), probability_pot(), contribution_micros=0)
    assert codes(with_value) == {("pots.mega.kind", "zero_value_by_value")}
    with_players = template(probability_pot(), contribution_micros=0, operator_contribution_ppm=PPM - 1)
    assert codes(with_players, wallet_exists=True) == {("operator_contribution_ppm", "zero_value_not_funded")}


@pytest.mark.req("POT-25")
def test_t10_no_return_is_computed_for_contributions_of_zero() -> None:
    assert validate_template(template(probability_pot(max_magic_number=1), contribution_micros=0)) == []


S2 = template(
    probability_pot(code="minor", position=0, seed_share_ppm=850_000, max_magic_number=5),
    probability_pot(
        code="major",
        position=1,
        seed_share_ppm=850_000,
        max_magic_number=25,
        min_reseed_micros=100 * EURO,
        initial_seed_micros=100 * EURO,
    ),
    household_ppm=500_000,
)


@pytest.mark.req("B-11")
def test_t4_s2_the_public_sample_is_flagged_with_its_figures() -> None:
    problems = validate_template(S2)
    assert errors(problems) == []
    by_field = {problem.field: problem for problem in problems}
    assert by_field["pots.minor"] == Problem(
        "pots.minor",
        "rtp_above_100",
        "Pot minor alone returns 2,003.75 % of what is contributed: on average it pays EUR 10.01 for EUR 0.50 of "
        "contributions, and the house adds EUR 9.89 to each seed.",
        "warning",
    )
    assert "4,003.75 %" in by_field["pots.major"].message
    assert "6,007.50 %" in by_field["pots"].message
