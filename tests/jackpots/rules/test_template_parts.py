"""What keeps the newer parts of a template from being published: each fault names its field."""

from typing import Any

import pytest

from jackpots.rules.template import errors, validate_template
from jackpots.rules.terms import AmountTerms, PotTerms, PrizeTerms, StrategyTerms, TemplateTerms
from tests.jackpots.rules.kit import EURO, probability_pot, template, time_pot, value_pot

RAFFLE = template(
    PotTerms(
        code="raffle", position=0, share_ppm=800_000, seed_share_ppm=0, min_reseed_micros=0, initial_seed_micros=0,
        is_progressive=True, kind="raffle",
    ),
    jackpot_type="Raffle", ticket_price_micros=2 * EURO, ticket_metric="base_wager", duration_count=1,
    duration_unit="days",
    prizes=(
        PrizeTerms(rank=1, kind="share", share_ppm=500_000),
        PrizeTerms(rank=2, kind="amount", amount_micros=EURO, count=9),
    ),
)  # fmt: skip
EUR = AmountTerms(currency="EUR", default_micros=100_000, minimum_micros=100_000, maximum_micros=EURO)
CENTLESS = PrizeTerms(rank=1, kind="amount", amount_micros=5)
ACTIVE = StrategyTerms(position=0, kind="active", share_ppm=200_000, count=10, hours=24)


def codes(terms: TemplateTerms) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in errors(validate_template(terms))}


def with_parts(**changes: Any) -> TemplateTerms:
    return template(probability_pot(), time_pot(), **changes)


def changed(part: Any, **changes: Any) -> Any:
    return type(part)(**{name: getattr(part, name) for name in part.__struct_fields__} | changes)


def test_sound_templates_of_every_kind_have_no_error() -> None:
    assert codes(RAFFLE) == set()
    whole = with_parts(
        contribution_kind="variable", amounts=(EUR,), strategies=(ACTIVE,), limited_share_to="house",
        withhold_above_micros=1_000 * EURO, withhold_countries=("US",),
    )  # fmt: skip
    assert codes(whole) == set()
    assert codes(template(time_pot(), contribution_micros=0)) == set()


@pytest.mark.parametrize(
    ("pot", "field", "code"),
    [
        (value_pot(segments=(0, 1)), "mega.segments", "out_of_range"),
        (value_pot(segments=(1,) * 51), "mega.segments", "out_of_range"),
        (
            value_pot(segments=(1_000,) * 50, value_to_micros=10**14),
            "mega.segments",
            "odds_too_long",
        ),
        (value_pot(ceiling_micros=EURO), "mega.ceiling_micros", "ceiling_by_value"),
        (probability_pot(segments=(1, 2)), "minor.segments", "of_another_kind"),
        (probability_pot(ceiling_micros=0), "minor.ceiling_micros", "out_of_range"),
        (probability_pot(ceiling_micros=9 * EURO), "minor.ceiling_micros", "ceiling_below_seed"),
        (probability_pot(max_drops=0), "minor.max_drops", "out_of_range"),
        (probability_pot(period_seconds=60), "minor.period_seconds", "of_another_kind"),
        (time_pot(time_rule=""), "hourly.time_rule", "time_rule_missing"),
        (time_pot(period_seconds=59), "hourly.period_seconds", "out_of_range"),
        (time_pot(period_seconds=None), "hourly.period_seconds", "out_of_range"),
        (time_pot(min_reseed_micros=0, initial_seed_micros=0), "hourly.min_reseed_micros", "below_smallest_coin"),
        (time_pot(kind="raffle", time_rule="", period_seconds=None), "hourly.kind", "raffle_only"),
        (time_pot(kind="coin"), "hourly.kind", "kind_unknown"),
    ],
)
@pytest.mark.req("POT-19", "POT-20", "POT-21", "POT-27")
def test_pots(pot: PotTerms, field: str, code: str) -> None:
    assert (f"pots.{field}", code) in codes(template(pot))


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"limited_share_to": "nobody"}, "limited_share_to", "kind_unknown"),
        ({"contribution_kind": "free"}, "contribution_kind", "kind_unknown"),
        ({"contribution_kind": "variable"}, "amounts", "nothing_to_choose"),
        ({"amounts": (EUR, EUR)}, "amounts", "currency_twice"),
        ({"amounts": (changed(EUR, currency="EUX"),)}, "amounts.EUX.currency", "currency_unknown"),
        ({"amounts": (changed(EUR, minimum_micros=0),)}, "amounts.EUR.default_micros", "out_of_range"),
        ({"amounts": (changed(EUR, maximum_micros=99_999),)}, "amounts.EUR.default_micros", "out_of_range"),
        ({"amounts": (changed(EUR, allowed_micros=(2 * EURO,)),)}, "amounts.EUR.allowed_micros", "allowed_bounds"),
        ({"amounts": (changed(EUR, allowed_micros=(EURO,)),)}, "amounts.EUR.default_micros", "default_not_allowed"),
        ({"amounts": (changed(EUR, default_micros=200_000),)}, "amounts.EUR.default_micros", "two_amounts"),
        ({"strategies": (changed(ACTIVE, share_ppm=1_000_000),)}, "strategies", "shares_sum"),
        ({"strategies": (ACTIVE, ACTIVE)}, "strategies", "position_twice"),
        ({"strategies": (changed(ACTIVE, hours=721),)}, "strategies.0.hours", "out_of_range"),
        ({"strategies": (changed(ACTIVE, kind="lifetime"),)}, "strategies.0.hours", "out_of_range"),
        ({"strategies": (changed(ACTIVE, count=10_001),)}, "strategies.0.count", "out_of_range"),
        ({"community_unspent_to": "nobody"}, "community_unspent_to", "kind_unknown"),
        ({"withhold_above_micros": -1}, "withhold_above_micros", "out_of_range"),
        ({"withhold_countries": ("UK",)}, "withhold_countries", "out_of_range"),
        ({"ticket_price_micros": EURO}, "ticket_price_micros", "raffle_only"),
        ({"jackpot_type": "Lottery"}, "jackpot_type", "kind_unknown"),
        ({"jackpot_type": "Raffle"}, "pots", "raffle_pot"),
    ],
)
@pytest.mark.req("POT-22", "POT-28", "G-11", "G-14", "OPT-04")
def test_parts(changes: dict[str, Any], field: str, code: str) -> None:
    assert (field, code) in codes(with_parts(**changes))


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"ticket_price_micros": None}, "ticket_price_micros", "out_of_range"),
        ({"ticket_metric": ""}, "ticket_metric", "metric_missing"),
        ({"ticket_metric": "contribution", "contribution_micros": 0}, "ticket_metric", "never_earns"),
        ({"duration_unit": ""}, "duration_count", "out_of_range"),
        ({"duration_count": 53, "duration_unit": "weeks"}, "duration_count", "out_of_range"),
        ({"prizes": ()}, "prizes", "prizes_missing"),
        ({"prizes": RAFFLE.prizes * 2}, "prizes", "rank_twice"),
        ({"prizes": (PrizeTerms(rank=1, kind="share", share_ppm=400_000, count=3),)}, "prizes", "shares_sum"),
        ({"prizes": (CENTLESS,)}, "prizes.1.amount_micros", "below_smallest_coin"),
        ({"prizes": (PrizeTerms(rank=1, kind="amount"),)}, "prizes.1.amount_micros", "out_of_range"),
        ({"prizes_per_player": 0}, "prizes_per_player", "out_of_range"),
        ({"strategies": (ACTIVE,)}, "strategies", "jackpot_only"),
    ],
)  # fmt: skip
@pytest.mark.req("POT-09", "POT-29", "G-15")
def test_raffles(changes: dict[str, Any], field: str, code: str) -> None:
    assert (field, code) in codes(changed(RAFFLE, **changes))


@pytest.mark.req("POT-23", "POT-24", "POT-26")
def test_t10_zero_value_is_for_funded_templates_without_value_pots() -> None:
    zero: dict[str, Any] = {"contribution_micros": 0}
    assert codes(template(probability_pot(), time_pot(), **zero)) == set()
    assert ("pots.mega.kind", "zero_value_by_value") in codes(template(value_pot(), **zero))
    assert ("operator_contribution_ppm", "zero_value_not_funded") in codes(
        template(probability_pot(), operator_contribution_ppm=0, **zero)
    )
    assert ("amounts", "zero_value_with_amounts") in codes(template(probability_pot(), amounts=(EUR,), **zero))
