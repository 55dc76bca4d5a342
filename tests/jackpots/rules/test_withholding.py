"""Which wins are held back."""

import pytest

from jackpots.rules.withholding import withheld_because
from tests.jackpots.rules.kit import EURO, probability_pot, template


@pytest.mark.parametrize(
    ("terms", "amount", "country", "is_withheld"),
    [
        pytest.param({}, 10**12, "US", False, id="nothing is asked for"),
        pytest.param({"withhold_above_micros": EURO}, EURO, "MT", False, id="at the threshold"),
        pytest.param({"withhold_above_micros": EURO}, EURO + 1, "MT", True, id="above it"),
        pytest.param({"withhold_above_micros": 0}, 1, "MT", True, id="every win"),
        pytest.param({"withhold_countries": ("US",)}, 1, "USA", True, id="a country in another spelling"),
        pytest.param({"withhold_countries": ("US",)}, 1, "MT", False, id="another country"),
        pytest.param({"withhold_countries": ("US",)}, 1, "??", False, id="no country"),
    ],
)
@pytest.mark.req("WIN-02", "G-12")
def test_why(terms: dict[str, object], amount: int, country: str, *, is_withheld: bool) -> None:
    assert bool(withheld_because(template(probability_pot(), **terms), amount, country)) == is_withheld
