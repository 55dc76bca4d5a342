"""Rates of the time, buckets of bets, and what one brand gave."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core.money import LIMIT_MICROS
from jackpots.rules.liability import Flows
from reporting.rules.brand_flows import part_of_brands
from reporting.rules.figures import BALANCES, FIGURES, FLOWS, INTERNAL
from reporting.rules.rates import Rate, RateHistory
from reporting.rules.wagers import STEPS, UPPER_ENDS, between, label, upper_end

NOW = datetime(2026, 3, 14, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
EUR = 1_000_000


@pytest.mark.req("G-19")
def test_the_rate_in_force_is_taken() -> None:
    history = RateHistory("EUR", [Rate(None, "USD", LATER, Decimal(2)), Rate(None, "USD", NOW, Decimal(4))])
    assert history.in_base(8 * EUR, "o:b", "USD", NOW) == 2 * EUR
    assert history.in_base(8 * EUR, "o:b", "USD", LATER - timedelta(microseconds=1)) == 2 * EUR
    assert history.in_base(8 * EUR, "o:b", "USD", LATER) == 4 * EUR
    assert history.in_base(8 * EUR, "o:b", "USD", NOW - timedelta(days=9)) == 2 * EUR  # the first that is known
    assert history.cuts == [NOW, LATER]


@pytest.mark.req("G-19")
def test_a_brands_own_rate_goes_first_and_the_base_needs_none() -> None:
    history = RateHistory("EUR", [Rate(None, "USD", NOW, Decimal(4)), Rate("o:b", "USD", NOW, Decimal(2))])
    assert history.in_base(8 * EUR, "o:b", "USD", LATER) == 4 * EUR
    assert history.in_base(8 * EUR, "o:c", "USD", LATER) == 2 * EUR
    assert history.in_base(7, "o:b", "EUR", LATER) == 7
    assert history.in_base(7, "o:b", "SEK", LATER) is None


@pytest.mark.req("OFF-07")
@given(st.integers(min_value=0, max_value=LIMIT_MICROS - 1))
def test_every_bet_has_one_bucket(wager: int) -> None:
    end = upper_end(wager)
    below = [step for step in (0, *STEPS) if step < end]
    assert wager < end
    assert wager >= below[-1]


@pytest.mark.req("OFF-07")
def test_buckets_say_where_they_begin_and_end() -> None:
    assert label(UPPER_ENDS[0]) == "under 0.01"
    assert label(upper_end(EUR // 2)) == "0.5 \N{EN DASH} 1"
    assert label(LIMIT_MICROS) == "5,000 and more"
    assert between([]) == []
    assert between([2 * EUR, EUR // 2]) == [EUR // 2, EUR, 2 * EUR]


@pytest.mark.req("B-15")
def test_a_brands_part_of_the_flows() -> None:
    whole = Flows(contributions_to_pots=100, contributions_to_seeds=50, house_funding=70, payouts=30)
    funding = [
        ("contributions", "o:a", 120), ("contributions", "o:b", 60),
        ("opening", None, 50), ("reseed", "o:a", 20), ("settlement", "o:b", -30),
    ]  # fmt: skip
    assert part_of_brands(whole, funding, {"o:a"}) == Flows(
        contributions_to_pots=67, contributions_to_seeds=33, house_funding=20
    )
    assert part_of_brands(whole, funding, {"o:b"}) == Flows(
        contributions_to_pots=33, contributions_to_seeds=17, payouts=30
    )
    assert part_of_brands(whole, funding, set()) == Flows()


@pytest.mark.req("G-20")
def test_every_kind_of_transfer_belongs_to_one_figure() -> None:
    kinds = (
        "opening",
        "contributions",
        "win",
        "rounding",
        "excess",
        "reseed",
        "boost",
        "settlement",
        "withholding",
        "release",
        "transfer",
    )
    for kind in kinds:
        for account in ("pot", "seed", "boost", "payable", "withheld"):
            owners = [
                name
                for name, figure in FLOWS.items()
                if account in figure.account_kinds
                and (figure.transfer_kinds is None or kind in figure.transfer_kinds)
                and kind not in figure.but_not
            ]
            assert len(owners) == (0 if kind in INTERNAL else 1), (kind, account)
    assert set(FIGURES) == set(FLOWS) | set(BALANCES)
