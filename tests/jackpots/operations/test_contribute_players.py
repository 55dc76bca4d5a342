"""What is counted of players, and what they chose: amounts by currency, preferred values, contributions since a win."""

from datetime import timedelta
from typing import Any

import pytest

from backoffice.core.errors import Refusal
from jackpots.models import Contribution, Instance, OptIn, OptInChange
from jackpots.operations.contribute import contribute
from jackpots.operations.opt_in import OptInRequest, opt_in
from jackpots.rules.terms import AmountTerms, StrategyTerms
from tests.cast import EUR, Cast, probability_pot, quiet_draft, value_pot
from tests.invariants import assert_invariants
from tests.jackpots.operations.answers import accepted

AMOUNTS = (
    AmountTerms(currency="GBP", default_micros=100_000, minimum_micros=100_000, maximum_micros=1_000_000,
                allowed_micros=(100_000, 200_000, 300_000)),
    AmountTerms(currency="SEK", default_micros=EUR, minimum_micros=EUR, maximum_micros=10 * EUR),
)  # fmt: skip


def asked(instance: Instance, **values: Any) -> OptInRequest:
    request: dict[str, Any] = {
        "operator_id": instance.operator_id, "instance_id": instance.pk, "brand_id": "thrilltech:brand1",
        "player_id": "player_00001", "player_country": "MT", "opt_in": True,
    }  # fmt: skip
    return OptInRequest(**(request | values))


@pytest.fixture
def variable(cast: Cast) -> Instance:
    return cast.house.open(quiet_draft(name="Choice", contribution_kind="variable", amounts=AMOUNTS))


def contributed(cast: Cast, instance: Instance, currency: str) -> tuple[int, int]:
    answer = accepted(contribute([cast.house.request(instance, currency=currency)], now=cast.now)[0])
    row = Contribution.objects.get(pk=answer.contribution_id)
    assert row.contribution_micros == answer.contribution_micros
    return row.contribution_micros, row.amount_micros


@pytest.mark.req("POT-22", "OPT-04", "OPT-05", "B-02")
def test_a_player_contributes_what_is_preferred_else_the_default(cast: Cast, variable: Instance) -> None:
    assert contributed(cast, variable, "GBP") == (100_000, 116_387)
    details = opt_in(asked(variable, preferred_micros=300_000, currency="GBP"), now=cast.now)
    assert details.preferred_contribution_micros == 300_000
    assert contributed(cast, variable, "GBP") == (300_000, 349_162)
    # In another currency another amount is meant; what was preferred stays.
    assert contributed(cast, variable, "SEK") == (EUR, 85_645)
    assert contributed(cast, variable, "EUR") == (100_000, 100_000)
    assert contributed(cast, variable, "GBP") == (300_000, 349_162)
    # Without a value the default applies again.
    opt_in(asked(variable, currency="GBP"), now=cast.now)
    assert contributed(cast, variable, "GBP") == (100_000, 116_387)
    assert_invariants()


@pytest.mark.req("OPT-04", "OPT-06", "POT-22")
def test_what_the_jackpot_does_not_offer_cannot_be_preferred(cast: Cast, variable: Instance) -> None:
    for changes in ({"preferred_micros": 250_000, "currency": "GBP"}, {"preferred_micros": EUR, "currency": "USD"}):
        with pytest.raises(Refusal) as refused:
            opt_in(asked(variable, **changes), now=cast.now)
        assert (refused.value.code, refused.value.field) == ("INVALID_REQUEST", "contribution_value")
    with pytest.raises(Refusal, match="fixed"):
        opt_in(asked(cast.instance, preferred_micros=100_000), now=cast.now)
    assert not OptIn.objects.exists()
    # Another value is told, but it is no second opt-in.
    for value in (200_000, 300_000, 300_000):
        opt_in(asked(variable, preferred_micros=value, currency="GBP"), now=cast.now)
    assert OptInChange.objects.count() == 1
    opt_in(asked(variable, opt_in=False), now=cast.now + timedelta(seconds=1))
    row = OptIn.objects.get()
    assert (row.opted_in, row.preferred_contribution_micros, row.currency) == (False, 300_000, "GBP")


PER_WIN = (StrategyTerms(position=0, kind="per_win", share_ppm=200_000, count=2),)


@pytest.mark.req("WIN-14", "WIN-15", "WIN-16")
def test_t11_a_win_resets_the_counters_of_its_pot_alone(cast: Cast) -> None:
    pots = (
        value_pot("quiet", share_ppm=100_000),
        probability_pot("sure", one_in=2, position=1, share_ppm=600_000, cost_per_attempt_micros=10 * EUR),
    )
    instance = cast.house.open(quiet_draft(name="Counted", pots=pots, strategies=PER_WIN))

    def counters(player: str) -> tuple[list[int], list[int], int]:
        row = OptIn.objects.get(player_id=player, instance=instance)
        return row.pot_cycles, row.pot_micros, row.contribution_micros

    one, two = (cast.house.request(instance, player) for player in ("one", "two"))
    contribute([one, two], now=cast.now)
    instance.pots.filter(code="sure").update(is_armed=False)
    before = Contribution.objects.filter(win_pot="sure").count()
    cycle = 1 + before
    if not before:
        assert counters("one") == ([1, 1], [100_000, 100_000], 100_000)
    # The pot is armed, so that the second of this batch wins it: what came before it is forgotten.
    instance.pots.filter(code="sure").update(is_armed=True)
    batch = [cast.house.request(instance, player) for player in ("one", "two", "two")]
    answers = [accepted(answer) for answer in contribute(batch, now=cast.now + timedelta(minutes=1))]
    assert answers[0].win_pot_id == "sure"
    wins = [answer.win_pot_id for answer in answers]
    cycle += sum(won == "sure" for won in wins)
    since = 2 - max(place for place, won in enumerate(wins) if won)
    assert counters("one") == ([1, cycle], [200_000, 0], 200_000)
    assert counters("two") == ([1, cycle], [300_000, 100_000 * since], 300_000)
    row = OptIn.objects.get(player_id="two", instance=instance)
    assert (row.currency, row.last_contributed_at) == ("EUR", cast.now + timedelta(minutes=1))
    # The next one adds to what counts.
    contribute([cast.house.request(instance, "two")], now=cast.now + timedelta(minutes=2))
    row.refresh_from_db()
    assert row.pot_micros[0] == 400_000
    assert_invariants()


@pytest.mark.req("OPT-08")
def test_without_a_strategy_per_win_nothing_is_counted_per_pot(cast: Cast) -> None:
    contribute([cast.request()], now=cast.now)
    row = OptIn.objects.get()
    assert (row.pot_cycles, row.pot_micros, row.last_contributed_at) == ([], [], cast.now)
