"""What a switch makes of the pots: sums conserved to the micro, and what stands in the way said."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackpots.rules.switching import Plan, PotHeld, plan_switch, read, written
from jackpots.rules.terms import PPM, PotTerms, TemplateTerms
from tests.cast import EUR, probability_pot, value_pot


def terms(name: str, *pots: PotTerms, **values: Any) -> TemplateTerms:
    common: dict[str, Any] = {
        "template_id": name, "currency": "EUR", "contribution_micros": EUR // 10, "operator_contribution_ppm": PPM,
        "household_ppm": 0, "opt_in_required": False,
    }  # fmt: skip
    return TemplateTerms(**(common | values), pots=pots)


def open_pot(code: str, **values: Any) -> PotTerms:
    return probability_pot(code, **({"initial_seed_micros": 0} | values))


OLD = terms("old", open_pot("mini"), open_pot("mega"))
HELD = (
    PotHeld(code="mini", value_micros=10 * EUR + 1, reserve_micros=5, boost_micros=7),
    PotHeld(code="mega", value_micros=100 * EUR, reserve_micros=2 * EUR),
)


def planned(new: TemplateTerms, **shares: dict[str, int]) -> Plan:
    return plan_switch(HELD, shares, OLD, new)


@pytest.mark.req("SED-01", "B-14")
def test_shares_move_values_reserves_and_boosts_each_for_itself() -> None:
    new = terms("new", open_pot("mega"), open_pot("major"), open_pot("mini"))
    third = {"mega": 333_333, "major": 333_333, "mini": 333_334}
    plan = planned(new, mini=third, mega={"major": PPM})
    assert plan.problems == ()
    assert [(pot.code, pot.value_micros, pot.reserve_micros, pot.boost_micros) for pot in plan.after] == [
        ("mega", 3_333_330, 2, 2),
        ("major", 103_333_330, 2 * EUR + 1, 2),
        ("mini", 3_333_341, 2, 3),
    ]
    assert plan.is_conserved


@pytest.mark.req("POT-01")
@pytest.mark.parametrize(
    ("new", "shares", "problem"),
    [
        (terms("new", open_pot("mini"), open_pot("mega")), {"mini": {"mini": PPM}}, "mega are 0 % together"),
        (terms("new", open_pot("all")), {"mini": {"all": PPM}, "mega": {"all": 999_999}}, "99.9999 % together"),
        (terms("new", open_pot("all")), {"mini": {"all": PPM}, "mega": {"mini": PPM}}, "mini is no pot of the templ"),
        (terms("new", open_pot("all")), {"x": {}, "mini": {"all": PPM}, "mega": {"all": PPM}}, "x is no pot of the j"),
        (terms("new", open_pot("all"), currency="GBP"), {"mini": {"all": PPM}, "mega": {"all": PPM}}, "not converted"),
        (terms("old", open_pot("all")), {"mini": {"all": PPM}, "mega": {"all": PPM}}, "by this template already"),
        (
            terms("new", open_pot("all"), jackpot_type="Raffle"),
            {"mini": {"all": PPM}, "mega": {"all": PPM}},
            "raffle's model cannot",
        ),
        (
            terms("new", open_pot("all"), operator_contribution_ppm=0),
            {"mini": {"all": PPM}, "mega": {"all": PPM}},
            "players pay a part",
        ),
        (
            terms("new", open_pot("all"), value_pot("fresh")),
            {"mini": {"all": PPM}, "mega": {"all": PPM}},
            "fresh starts at EUR 10.00 and takes nothing over",
        ),
        (
            terms("new", value_pot("all", start=50, end=110, initial_seed_micros=0)),
            {"mini": {"all": PPM}, "mega": {"all": PPM}},
            "drop at once: its end is EUR 110.00",
        ),
        (
            terms("new", open_pot("all", ceiling_micros=100 * EUR)),
            {"mini": {"all": PPM}, "mega": {"all": PPM}},
            "above its ceiling of EUR 100.00",
        ),
    ],
)
def test_what_stands_in_the_way(new: TemplateTerms, shares: dict[str, dict[str, int]], problem: str) -> None:
    plan = plan_switch(HELD, shares, OLD, new)
    assert any(problem in text for text in plan.problems), plan.problems


@pytest.mark.req("OPT-01", "POT-01")
def test_what_else_changes_is_said() -> None:
    fixed = open_pot("mega", is_progressive=False, min_reseed_micros=50 * EUR)
    new = terms("new", open_pot("mini"), fixed, opt_in_required=True, contribution_micros=EUR)
    notes = " ".join(planned(new, mini={"mini": PPM}, mega={"mega": PPM}).notes)
    for words in ("EUR 1.00 from then on; it was EUR 0.10", "must opt in", "pays EUR 100.00 once, and EUR 50.00"):
        assert words in notes


amounts = st.integers(0, 10**12)
cuts = st.lists(st.integers(0, PPM), min_size=2, max_size=2)


@pytest.mark.req("B-12")
@given(st.lists(st.tuples(amounts, amounts, amounts, cuts), min_size=1, max_size=5))
def test_no_micro_is_lost_or_made(rows: list[tuple[int, int, int, list[int]]]) -> None:
    old = terms("old", *(open_pot(f"p{number}") for number in range(len(rows))))
    new = terms("new", *(open_pot(code) for code in ("a", "b", "c")))
    held, mapping = [], {}
    for number, (value, reserve, boost, (one, two)) in enumerate(rows):
        low, high = sorted((one, two))
        held.append(PotHeld(code=f"p{number}", value_micros=value, reserve_micros=reserve, boost_micros=boost))
        mapping[f"p{number}"] = {"a": low, "b": high - low, "c": PPM - high}
    plan = plan_switch(held, mapping, old, new)
    assert plan.problems == ()
    assert plan.is_conserved
    for name in ("value_micros", "reserve_micros", "boost_micros"):
        assert sum(getattr(pot, name) for pot in held) == sum(getattr(pot, name) for pot in plan.after)
    assert read(written(mapping)) == {code: {k: v for k, v in shares.items() if v} for code, shares in mapping.items()}
