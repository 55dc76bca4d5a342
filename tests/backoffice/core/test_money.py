"""Money: exact in, exact out, and no roundings but those that are written down."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core.money import (
    LIMIT_MICROS,
    MICROS,
    MoneyError,
    convert_micros,
    decimal_from_micros,
    floor_to_minor,
    format_micros,
    format_money,
    is_currency,
    micros_from_decimal,
    minor_unit_micros,
    payout,
    round_half_even_division,
    split,
    text_from_micros,
)

AMOUNTS = st.integers(min_value=-LIMIT_MICROS + 1, max_value=LIMIT_MICROS - 1)
POSITIVE = st.integers(min_value=0, max_value=LIMIT_MICROS - 1)
MULTIPLIERS = st.decimals(min_value="0.0001", max_value="100000", places=6)
EUR, GBP = Decimal("1.0"), Decimal("0.8592")


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("100.2175", 100_217_500),
        ("10", 10_000_000),
        ("1E+2", 100_000_000),
        ("-0", 0),
        ("0E+999999", 0),
        ("-0.5", -500_000),
        ("0.000001", 1),
        ("0.0000010", 1),
        ("999999999.999999", LIMIT_MICROS - 1),
    ],
)
@pytest.mark.req("CUR-07")
def test_a_decimal_becomes_its_exact_micros(text: str, micros: int) -> None:
    assert micros_from_decimal(Decimal(text), field="amount") == micros


@pytest.mark.parametrize(
    "text",
    ["NaN", "sNaN", "Infinity", "-Infinity", "0.0000001", "1E-400000", "1E+400000", "1000000000", "-1E+9", "1.0000001"],
)
@pytest.mark.req("CUR-07")
def test_what_cannot_be_kept_exactly_is_refused_by_field(text: str) -> None:
    with pytest.raises(MoneyError) as caught:
        micros_from_decimal(Decimal(text), field="base_wager")
    assert caught.value.field == "base_wager"
    assert isinstance(caught.value, ValueError)


def test_thousands_of_digits_are_no_trouble() -> None:
    assert micros_from_decimal(Decimal("1." + "0" * 60_000), field="amount") == MICROS
    with pytest.raises(MoneyError):
        micros_from_decimal(Decimal("1." + "1" * 60_000), field="amount")


@given(AMOUNTS)
def test_text_and_decimal_lead_back_to_the_amount(micros: int) -> None:
    text = text_from_micros(micros)
    assert micros_from_decimal(Decimal(text), field="amount") == micros
    assert micros_from_decimal(decimal_from_micros(micros), field="amount") == micros
    assert "E" not in text
    assert not ("." in text and text.endswith("0"))


@pytest.mark.parametrize(
    ("micros", "text"),
    [(100_217_500, "100.2175"), (10_000_000, "10"), (0, "0"), (1, "0.000001"), (-500_000, "-0.5"), (-1, "-0.000001")],
)
def test_the_text_is_the_shortest(micros: int, text: str) -> None:
    assert text_from_micros(micros) == text


@pytest.mark.parametrize(
    ("code", "coin"), [("EUR", 10_000), ("JPY", 1_000_000), ("BHD", 1_000), ("GBP", 10_000), ("KRW", 1_000_000)]
)
def test_the_smallest_coin_follows_iso_4217(code: str, coin: int) -> None:
    assert minor_unit_micros(code) == coin


@pytest.mark.parametrize("code", ["", "eur", "EURO", "XXX", "XTS", "XAU", "BTC", "E" * 100_000])
def test_what_nobody_is_paid_in_is_no_currency(code: str) -> None:
    assert not is_currency(code)
    with pytest.raises(MoneyError):
        minor_unit_micros(code)


@given(st.integers(), st.integers(min_value=1, max_value=12) | st.integers(min_value=1))
def test_division_rounds_to_the_nearest_and_halves_to_even(numerator: int, denominator: int) -> None:
    assert round_half_even_division(numerator, denominator) == round(Fraction(numerator, denominator))


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"), [(1, 2, 0), (3, 2, 2), (-1, 2, 0), (-3, 2, -2), (5, 10, 0), (15, 10, 2)]
)
def test_a_half_goes_to_the_even_neighbour(numerator: int, denominator: int, quotient: int) -> None:
    assert round_half_even_division(numerator, denominator) == quotient


@pytest.mark.parametrize("denominator", [0, -1])
def test_division_needs_a_positive_denominator(denominator: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        round_half_even_division(1, denominator)


@pytest.mark.req("B-02")
@given(POSITIVE, MULTIPLIERS, MULTIPLIERS)
def test_conversion_is_one_exact_fraction_rounded_once(micros: int, source: Decimal, target: Decimal) -> None:
    exact = micros * Fraction(target) / Fraction(source)
    assert convert_micros(micros, source, target) == round(exact)
    assert convert_micros(micros, source, source) == micros


@pytest.mark.parametrize(
    ("micros", "multiplier", "euros"),
    [(100_000, "0.85", 117_647), (100_000, "1.0762", 92_920), (1_000_000, "11.6761", 85_645)],
)
@pytest.mark.req("B-02", "CUR-07")
def test_f3_players_amounts_in_euro(micros: int, multiplier: str, euros: int) -> None:
    assert convert_micros(micros, Decimal(multiplier), Decimal(1)) == euros


@pytest.mark.parametrize("multiplier", ["0", "-1", "NaN", "Infinity", "1E+400000", "1E-400000"])
def test_what_is_no_multiplier_is_refused(multiplier: str) -> None:
    with pytest.raises(MoneyError):
        convert_micros(1, Decimal(1), Decimal(multiplier))


@pytest.mark.req("CUR-07", "B-11")
def test_f1_a_pot_paid_in_pounds() -> None:
    paid = payout(100_217_500, jackpot_multiplier=EUR, player_multiplier=GBP, player_currency="GBP")
    assert paid.pay_micros == 86_100_000
    assert paid.cost_micros == 100_209_497
    assert paid.residual_micros == 8_003


@pytest.mark.req("CUR-07")
def test_f2_increments_do_not_drift() -> None:
    increment = micros_from_decimal(Decimal("0.0025"), field="increment")
    value = 100 * MICROS
    for _ in range(87):
        value += increment
    assert text_from_micros(value) == "100.2175"


@pytest.mark.req("B-11", "CUR-07")
@given(POSITIVE, MULTIPLIERS, MULTIPLIERS, st.sampled_from(["EUR", "JPY", "BHD", "GBP"]))
def test_a_payout_loses_nothing(value: int, jackpot: Decimal, player: Decimal, currency: str) -> None:
    paid = payout(value, jackpot_multiplier=jackpot, player_multiplier=player, player_currency=currency)
    assert paid.cost_micros + paid.residual_micros == value
    assert paid.residual_micros >= 0
    assert paid.pay_micros % minor_unit_micros(currency) == 0
    assert abs(paid.pay_micros * Fraction(jackpot) / Fraction(player) - paid.cost_micros) <= Fraction(1, 2)
    exact = value * Fraction(player) / Fraction(jackpot)
    assert 0 <= exact - paid.pay_micros < minor_unit_micros(currency)


def cents(*amounts: str) -> list[int]:
    return [micros_from_decimal(Decimal(amount), field="part") for amount in amounts]


@pytest.mark.parametrize(
    ("amount", "weights", "unit", "parts"),
    [
        pytest.param("100.00", [1, 1, 1], 10_000, ["33.34", "33.33", "33.33"], id="F4-thirds"),
        pytest.param("50.01", [5, 3, 1], 10_000, ["27.78", "16.67", "5.56"], id="F4-weights"),
        pytest.param("1000", [1] * 7, 1_000_000, ["143"] * 6 + ["142"], id="F4-yen"),
        pytest.param("1003.37", [50, 20, 20, 10], 10_000, ["501.69", "200.67", "200.67", "100.34"], id="F5-T14"),
        pytest.param("200.67", [1, 1, 1], 10_000, ["66.89"] * 3, id="F5-three"),
        pytest.param("200.67", [1, 1], 10_000, ["100.34", "100.33"], id="F5-two"),
        pytest.param("20000", [70, 15, 15], 10_000, ["14000", "3000", "3000"], id="F6-percent"),
        pytest.param("3000", [1] * 7, 10_000, ["428.58"] + ["428.57"] * 6, id="F6-equally"),
        pytest.param(
            "3000", [5_000, 7_550, 12_025, 99_900], 10_000, ["120.51", "181.96", "289.82", "2407.71"], id="F6-stakes"
        ),
    ],
)
@pytest.mark.req("CUR-07")
def test_t5_worked_splits(amount: str, weights: list[int], unit: int, parts: list[str]) -> None:
    assert split(cents(amount)[0], weights, unit_micros=unit) == cents(*parts)


@given(
    POSITIVE,
    st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=30).filter(
        lambda weights: sum(weights) > 0
    ),
    st.sampled_from([1, 1_000, 10_000, 1_000_000]),
)
def test_a_split_sums_exactly_and_each_part_is_within_a_unit_of_its_claim(
    amount: int, weights: list[int], unit: int
) -> None:
    parts = split(amount, weights, unit_micros=unit)
    assert sum(parts) == amount
    assert len(parts) == len(weights)
    whole = amount - amount % unit
    for part, weight in zip(parts, weights, strict=True):
        assert part >= 0
        assert -unit < part - Fraction(whole * weight, sum(weights)) < unit + amount % unit


def test_of_equal_claims_the_earlier_part_has_the_micro() -> None:
    assert split(5, [1, 1, 1]) == [2, 2, 1]
    assert split(1, [1, 1]) == [1, 0]
    assert split(1, [0, 1]) == [0, 1]


@pytest.mark.parametrize(("amount", "weights"), [(-1, [1]), (1, []), (1, [0]), (1, [2, -1])])
def test_what_cannot_be_split_is_refused(amount: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="split"):
        split(amount, weights)


@pytest.mark.parametrize(
    ("micros", "currency", "shown"),
    [
        (1_234_567_899_999, "EUR", "EUR 1,234,567.89"),
        (999_999, "JPY", "JPY 0"),
        (1_234_567_800, "BHD", "BHD 1,234.567"),
        (5_000_000, "EUR", "EUR 5.00"),
        (-5_500_000, "EUR", "EUR -5.50"),
    ],
)
def test_money_is_shown_as_it_would_be_paid(micros: int, currency: str, shown: str) -> None:
    assert format_money(micros, currency) == shown


@given(POSITIVE, st.sampled_from(["EUR", "JPY", "BHD"]))
def test_no_more_is_shown_than_is_paid(micros: int, currency: str) -> None:
    shown = format_money(micros, currency).removeprefix(f"{currency} ").replace(",", "")
    paid = payout(micros, jackpot_multiplier=EUR, player_multiplier=EUR, player_currency=currency)
    assert micros_from_decimal(Decimal(shown), field="shown") == paid.pay_micros == floor_to_minor(micros, currency)


@pytest.mark.parametrize(
    ("micros", "shown"),
    [(1_234_500_000, "1,234.50"), (100_217_500, "100.2175"), (-1, "-0.000001"), (0, "0.00")],
)
def test_micros_are_shown_to_the_last_digit(micros: int, shown: str) -> None:
    assert format_micros(micros) == shown
