"""What the verification of draws sees of pots by time, deadlines, triggers and communities: nothing wrong where nothing
is, and every kind of fault where the rules or the secret would have it otherwise."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from jackpots.models import Instance, PotTrigger, Win
from jackpots.operations.contribute import contribute
from jackpots.operations.resolve_deadlines import resolve_deadlines
from jackpots.operations.trigger_pot import PotTriggering, trigger_pot
from jackpots.queries import community_check, verification
from jackpots.queries.verification import verify_draws
from jackpots.rules.terms import PotTerms, StrategyTerms
from tests.cast import EUR, SYSTEM, Cast, probability_pot, quiet_draft
from tests.invariants import assert_invariants

HOUR = timedelta(hours=1)
COMMUNITY = (StrategyTerms(position=0, kind="active", share_ppm=200_000, count=2, hours=24),)


@pytest.fixture
def played(cast: Cast) -> Instance:
    """An hour of a jackpot by stake, drawn and shared with the community; then its other pot is armed and won."""
    pots = (
        PotTerms(
            code="hourly", position=0, share_ppm=400_000, seed_share_ppm=0, min_reseed_micros=10 * EUR,
            initial_seed_micros=10 * EUR, is_progressive=True, kind="time", time_rule="stake_weighted",
            period_seconds=3_600,
        ),
        probability_pot("wheel", position=1, share_ppm=300_000, allows_external_trigger=True),
    )  # fmt: skip
    instance = cast.house.open(quiet_draft(name="Played", pots=pots, strategies=COMMUNITY))
    for number in range(8):
        contribute([cast.house.request(instance, f"player_{number}")], now=cast.now + timedelta(minutes=number))
    assert resolve_deadlines(now=cast.now + HOUR + timedelta(seconds=2)) == 1
    wheel = PotTriggering(instance_id=instance.pk, pot_code="wheel", trigger_id="one")
    trigger_pot(wheel, scope=cast.house.scope, actor=SYSTEM, now=cast.now + HOUR)
    contribute([cast.house.request(instance, "next")], now=cast.now + HOUR + timedelta(minutes=1))
    assert sorted(Win.objects.values_list("pot__code", "cause")) == [("hourly", "deadline"), ("wheel", "draw")]
    return instance


def details(cast: Cast) -> set[str]:
    return {mismatch.detail for mismatch in verify_draws(cast.house.scope).mismatches}


@pytest.mark.req("B-10", "POT-21", "WIN-10")
def test_all_is_as_recorded(cast: Cast, played: Instance) -> None:
    found = verify_draws(cast.house.scope)
    assert found.mismatches == []
    assert found.draw_count == 18
    assert Win.objects.get(pot__code="hourly").community_micros > 0
    assert_invariants()


@pytest.mark.parametrize(
    ("mutant", "detail"),
    [
        (
            (verification, "chosen_of_window", lambda *_: None),
            "its deadline was won by another contribution than is chosen",
        ),
        ((verification, "IMPOSSIBLE", (0, 2)), "the chance is not 0 of 1"),
        ((community_check, "shuffled", lambda *_: iter(())), "the players of strategy 0 are not those that were drawn"),
        ((verification, "number_of", lambda *_: 10**9 + 7), "the number is 1000000007 of 1, recorded is 0"),
    ],
)
def test_a_fault_is_told(
    cast: Cast, played: Instance, monkeypatch: pytest.MonkeyPatch, mutant: tuple[Any, ...], detail: str
) -> None:
    monkeypatch.setattr(*mutant)
    assert detail in details(cast)


def test_a_pot_that_was_armed_by_nobody_is_told(cast: Cast, played: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody: Callable[..., Any] = PotTrigger.objects.none
    monkeypatch.setattr(PotTrigger.objects, "filter", lambda **_: nobody())
    assert details(cast) == {"it is recorded as armed, and no hit had armed it"}
