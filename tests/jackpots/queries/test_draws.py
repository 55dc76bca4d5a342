"""Every recorded draw can be recomputed, and one that was touched is found."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Contribution, Instance, PotCycle, Win
from jackpots.operations.contribute import contribute
from jackpots.queries.draws import contributions_of_cycle, cycle_of, draws_of, revealed_secret
from jackpots.queries.verification import verify_draws
from jackpots.randomness import commit
from tests.cast import EUR, Cast, probability_pot, quiet_draft, sure_draft, value_pot


@pytest.fixture
def instance(cast: Cast) -> Instance:
    """A jackpot with wins by value, by odds, and by having been armed."""
    pots = (
        value_pot("value", start=2, end=3, share_ppm=400_000, min_reseed_micros=EUR, initial_seed_micros=EUR),
        probability_pot(
            "small",
            one_in=4,
            cost_per_attempt_micros=EUR // 2,
            share_ppm=100_000,
            min_reseed_micros=EUR,
            initial_seed_micros=EUR,
        ),
        probability_pot("large", one_in=4, cost_per_attempt_micros=EUR // 2, position=2, share_ppm=200_000),
    )
    opened = cast.house.open(quiet_draft(contribution_micros=EUR // 2, pots=pots))
    for _ in range(6):
        contribute([cast.house.request(opened) for _ in range(20)], now=cast.now)
    return opened


def touched(statement: str) -> None:
    """A row changed behind the back of every trigger."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SET LOCAL session_replication_role = replica; {statement}; SET LOCAL session_replication_role = origin"
        )


@pytest.mark.req("B-10", "B-09")
def test_all_draws_follow_from_their_secrets(cast: Cast, instance: Instance) -> None:
    verification = verify_draws(cast.house.scope)
    assert verification.mismatches == []
    assert verification.draw_count == 360
    assert verification.cycle_count == PotCycle.objects.count() == 2 + 3 + Win.objects.count()
    armed = [draw for row in Contribution.objects.filter(instance=instance) for draw in draws_of(row) if draw.was_armed]
    assert armed, "no pot was armed, so that this has proved too little"
    assert verify_draws(Scope("rival")).draw_count == 0


@pytest.mark.req("B-10")
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE jackpots_contribution SET draws = jsonb_set(draws, '{0,4}', '\"7\"') WHERE draws->0->>3 <> '1'",
            "recorded is 7",
        ),
        (
            "UPDATE jackpots_contribution SET draws = jsonb_set(draws, '{2,2}', '\"3\"') WHERE draws->2->>3 <> '1'",
            "chance",
        ),
        (
            "UPDATE jackpots_contribution SET draws = jsonb_set(draws, '{1,5}', 'true') WHERE draws->1->>5 = 'false'",
            "hit",
        ),
        ("UPDATE jackpots_contribution SET draws = jsonb_set(draws, '{1,6}', 'true')", "armed"),
        ("UPDATE jackpots_contribution SET win_pot = NULL", "recorded as the win and was not"),
        ("UPDATE jackpots_potcycle SET commitment = decode(repeat('00', 32), 'hex')", "not what was committed to"),
        ("UPDATE jackpots_potcycle SET ended_at = NULL", "has not ended"),
        ("DELETE FROM jackpots_potcycle WHERE cycle = 1", "no such cycle"),
    ],
)
def test_what_was_touched_is_found(cast: Cast, instance: Instance, statement: str, said: str) -> None:
    assert instance.state == "Active"
    touched(statement)
    details = [mismatch.detail for mismatch in verify_draws(cast.house.scope).mismatches]
    assert any(said in detail for detail in details), details[:5]


@pytest.mark.req("B-10")
def test_a_secret_is_shown_once_its_cycle_has_ended(cast: Cast, instance: Instance) -> None:
    pot = instance.pots.get(code="value")
    ended, running = cycle_of(cast.house.scope, pot.pk, 1), cycle_of(cast.house.scope, pot.pk, pot.cycle)
    secret = revealed_secret(ended)
    assert secret is not None
    assert commit(secret) == bytes(ended.commitment).hex()
    assert revealed_secret(running) is None
    drawn = contributions_of_cycle(ended)
    assert drawn.filter(win_pot="value").count() == 1
    with pytest.raises(Refusal, match="NOT_FOUND"):
        cycle_of(Scope("rival"), pot.pk, 1)


@pytest.mark.req("B-10")
def test_a_contribution_belongs_to_the_cycle_it_was_drawn_in_whatever_its_clock_said(cast: Cast) -> None:
    instance = cast.house.open(sure_draft())
    source = cast.house.source_for(instance)
    early, late = cast.house.request(source), cast.house.request(source)
    contribute([late], now=cast.now + timedelta(seconds=1))
    contribute([early], now=cast.now)
    pot = instance.pots.get()
    drawn = [contributions_of_cycle(cycle_of(cast.house.scope, pot.pk, number)).get().pk for number in (1, 2)]
    assert drawn == [late.contribution_id, early.contribution_id]
    assert verify_draws(cast.house.scope).mismatches == []


@pytest.fixture
def run() -> Callable[..., tuple[int, str]]:
    def command(*arguments: str) -> tuple[int, str]:
        output = io.StringIO()
        try:
            call_command(*arguments, stdout=output)
        except SystemExit as end:
            return int(str(end.code)), output.getvalue()
        return 0, output.getvalue()

    return command


@pytest.mark.req("B-10")
def test_the_command_says_so(cast: Cast, instance: Instance, run: Callable[..., tuple[int, str]]) -> None:
    code, said = run("verify_draws")
    assert (code, said.splitlines()[-1][:9]) == (0, "360 draws")
    assert run("verify_draws", "--operator", "rival")[1].startswith("0 draws")
    assert run("verify_draws", "--instance", str(cast.instance.pk))[1].startswith("0 draws of 2 cycles")
    pot = instance.pots.get(code="value")
    touched(f"UPDATE jackpots_win SET contribution_id = gen_random_uuid() WHERE pot_id = '{pot.pk}'")
    code, said = run("verify_draws")
    assert code == 1
    assert "answered as the win and is not recorded as it" in said
