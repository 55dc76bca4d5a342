"""What holds before and after limited pots close."""

from fractions import Fraction

import pytest

from jackpots.rules.stages import stages, without
from jackpots.rules.terms import PPM
from tests.jackpots.rules.kit import probability_pot, template, value_pot

TERMS = template(
    value_pot(share_ppm=300_000, max_drops=1), probability_pot(share_ppm=200_000, max_drops=2),
    probability_pot(code="third", position=2, share_ppm=100_000, seed_share_ppm=500_000),
)  # fmt: skip


@pytest.mark.parametrize(
    ("to", "household", "shares"),
    [
        ("pots", 400_000, [400_000, 200_000]),
        ("house", 700_000, [200_000, 100_000]),
        ("seed", 400_000, [400_000, 200_000]),
    ],
)
@pytest.mark.req("G-14", "POT-27")
def test_where_a_closed_pots_share_goes(to: str, household: int, shares: list[int]) -> None:
    then = without(template(*TERMS.pots, limited_share_to=to), ["mega"])
    assert then.household_ppm == household
    assert [pot.share_ppm for pot in then.pots] == shares
    assert then.household_ppm + sum(shares) == PPM
    # To the seeds: what was added is put by whole.
    assert [pot.seed_share_ppm for pot in then.pots] == ([500_000, 750_000] if to == "seed" else [0, 500_000])


@pytest.mark.req("G-14")
def test_the_return_before_and_after_is_shown() -> None:
    found = list(stages(TERMS))
    assert [stage.closed for stage in found] == [(), ("mega",), ("minor",), ("mega", "minor")]
    rtps = [stage.theory.rtp for stage in found]
    assert None not in rtps
    assert rtps[0] != rtps[1]
    # The third pot alone has all the others had: 60 % of contributions, and its seed.
    assert found[3].terms.pots[0].share_ppm == 600_000
    assert found[3].theory.rtp is not None
    assert found[3].theory.rtp > Fraction(6, 10)


@pytest.mark.req("POT-07")
def test_no_stage_is_left_when_the_last_pot_has_closed() -> None:
    terms = template(probability_pot(max_drops=1))
    assert [stage.closed for stage in stages(terms)] == [()]
    with pytest.raises(ValueError, match="ended"):
        without(terms, ["minor"])


def test_the_house_has_what_no_open_pot_can_take() -> None:
    terms = template(probability_pot(max_drops=1), probability_pot(code="still", position=2, share_ppm=0))
    assert without(terms, ["minor"]).household_ppm == PPM
