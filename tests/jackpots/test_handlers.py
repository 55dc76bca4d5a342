"""Bets of a feed become contributions; bets that were taken back leave a mark."""

from typing import Any

import pytest
from django.db import transaction

from integrations.wire.bets import Bet, BetResult
from jackpots.handlers import contribute_bets
from jackpots.models import Contribution
from jackpots.operations.contribute import contribute
from tests.cast import EUR, Cast
from tests.invariants import assert_invariants


def bet(cast: Cast, activity: str, **values: Any) -> Bet:
    made: dict[str, Any] = {
        "operator_id": "thrilltech", "brand_id": cast.brand1.pk, "source_id": cast.source.source_id,
        "player_id": "player_00001", "player_country": "", "gameround_id": activity, "currency": "EUR",
        "base_wager_micros": EUR, "metadata": {"round_id": "r-1"},
    }  # fmt: skip
    return Bet(**(made | values))


def codes(results: list[BetResult]) -> list[str]:
    return [result.code for result in results]


@pytest.mark.req("B-18", "GEN-10", "FTC-08")
def test_bets_contribute_once_and_refusals_are_told_in_their_place(cast: Cast) -> None:
    bets = [bet(cast, "1"), bet(cast, "2", source_id="nowhere"), bet(cast, "1"), bet(cast, "3")]
    assert codes(contribute_bets(bets, cast.now)) == ["ACCEPTED", "GAME_NOT_FOUND", "REPLAYED", "ACCEPTED"]
    assert codes(contribute_bets(bets[:1], cast.now)) == ["REPLAYED"]
    assert Contribution.objects.get(gameround_id="1").metadata == {"round_id": "r-1"}
    assert contribute_bets([], cast.now) == []
    assert_invariants()


@pytest.mark.req("B-18")
def test_a_rollback_marks_what_was_contributed_and_leaves_the_pots(cast: Cast) -> None:
    contribute_bets([bet(cast, "1"), bet(cast, "2")], cast.now)
    values = list(cast.instance.pots.values_list("value_micros", flat=True))
    taken_back = [bet(cast, "1", is_rollback=True), bet(cast, "never", is_rollback=True), bet(cast, "3")]
    assert codes(contribute_bets(taken_back, cast.now)) == ["MARKED", "NO_CONTRIBUTION", "ACCEPTED"]
    assert codes(contribute_bets(taken_back[:1], cast.now)) == ["MARKED"]
    marks = Contribution.objects.order_by("gameround_id").values_list("gameround_id", "mark")
    assert list(marks) == [("1", "bet_rolled_back"), ("2", ""), ("3", "")]
    grown = list(cast.instance.pots.values_list("value_micros", flat=True))
    assert all(now > before for now, before in zip(grown, values, strict=True))
    assert_invariants()


@pytest.mark.req("B-18")
def test_a_bet_and_its_rollback_in_one_batch(cast: Cast) -> None:
    bets = [bet(cast, "1"), bet(cast, "1", is_rollback=True)]
    assert codes(contribute_bets(bets, cast.now)) == ["ACCEPTED", "MARKED"]
    assert Contribution.objects.get().mark == "bet_rolled_back"


@pytest.mark.req("B-18", "POT-16")
def test_a_country_rule_refuses_players_of_no_known_country(cast: Cast) -> None:
    instance = cast.house.open(cast.template, allowed_countries=("MT",))
    source = cast.house.source_for(instance)
    results = contribute_bets([bet(cast, "1", source_id=source.source_id)], cast.now)
    assert codes(results) == ["SOURCE_JACKPOTS_NOT_ALLOWED"]
    assert not results[0].is_used


@pytest.mark.req("GEN-01")
def test_bets_of_several_operators_are_settled_each_by_their_own(cast: Cast) -> None:
    rival = bet(cast, "1", operator_id="rival", brand_id="rival:brand1", source_id=cast.rival_source.source_id)
    foreign = bet(cast, "2", brand_id="rival:brand1")
    assert codes(contribute_bets([bet(cast, "1"), rival, foreign], cast.now)) == [
        "ACCEPTED", "ACCEPTED", "UNSUPPORTED_BRAND",
    ]  # fmt: skip
    assert set(Contribution.objects.values_list("operator_id", "instance_id")) == {
        ("thrilltech", cast.instance.pk), ("rival", cast.rival_instance.pk),
    }  # fmt: skip
    assert_invariants()


@pytest.mark.req("B-03")
def test_they_are_undone_with_the_callers_transaction(cast: Cast) -> None:
    with transaction.atomic():
        contribute_bets([bet(cast, "1")], cast.now)
        transaction.set_rollback(True)
    assert Contribution.objects.count() == 0
    assert codes(contribute_bets([bet(cast, "1")], cast.now)) == ["ACCEPTED"]


@pytest.mark.req("GEN-12", "B-01")
def test_by_feed_or_by_hand_it_is_the_same_contribution(cast: Cast) -> None:
    contribute_bets([bet(cast, "1")], cast.now)
    request = cast.request(gameround_id="1", player_country="", metadata={"round_id": "r-1"})
    assert contribute([request], now=cast.now)[0].is_replay  # type: ignore[union-attr]
