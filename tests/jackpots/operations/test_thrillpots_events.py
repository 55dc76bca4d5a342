"""What campaigns are told by jackpots: one event for each winner, prize and opt-in, with exactly the known fields."""

from datetime import timedelta
from typing import Any

import pytest

from backoffice.core import json
from backoffice.events.models import OutboxEvent
from jackpots.models import Credit, Win
from jackpots.operations.contribute import contribute
from jackpots.operations.opt_in import OptInRequest, opt_in
from jackpots.rules.terms import AmountTerms, StrategyTerms
from tests.cast import EUR, Cast, quiet_draft, sure_draft
from tests.raffles import HOUR, bet, open_raffle, resolved

pytestmark = pytest.mark.django_db


def told(kind: str) -> list[tuple[OutboxEvent, dict[str, Any]]]:
    """The events of a kind with their data, in the order they were written."""
    rows = OutboxEvent.objects.filter(kind=kind).order_by("position")
    return [(row, json.decode(bytes(row.payload))) for row in rows]


@pytest.mark.req("DRP-03", "DRP-10", "I-48")
def test_a_win_is_told_with_the_fields_that_campaigns_know(cast: Cast) -> None:
    instance = cast.house.open(sure_draft())
    request = cast.house.request(instance, "ann", currency="SEK", metadata={"game_id": "10911"})
    contribute([request], now=cast.now)
    win = Win.objects.get()
    ((row, event),) = told("ThrillPotsWinEvent")
    assert (row.operator_id, row.brand_id, row.object_id) == ("thrilltech", "thrilltech:brand1", str(win.pk))
    assert json.encode(event.pop("contribution")) == b"1.16761"
    assert event.pop("amount") * EUR == win.pay_micros
    assert event == {
        "jackpot_id": str(instance.template.lineage_id),
        "instance_id": str(instance.pk),
        "pot_id": "main",
        "player_brand_id": "thrilltech:brand1",
        "player_id": "ann",
        "currency": "SEK",
        "game_id": "10911",
        "contribution_currency": "SEK",
        "payout_type": "Main",
    }


@pytest.mark.req("DRP-10", "I-48")
def test_each_of_the_community_is_told_of_by_an_event_of_its_own(cast: Cast) -> None:
    strategy = StrategyTerms(position=0, kind="active", share_ppm=100_000, count=5, hours=24)
    instance = cast.house.open(sure_draft(strategies=(strategy,)))
    for player in ("ann", "bob", "cid"):
        contribute([cast.house.request(instance, player)], now=cast.now)
    events = [event for _, event in told("ThrillPotsWinEvent")]
    main = [event for event in events if event["payout_type"] == "Main"]
    community = [event for event in events if event["payout_type"] == "Community"]
    assert [event["player_id"] for event in main] == ["ann", "bob", "cid"]
    assert len(community) == Credit.objects.count() > 0
    assert {event["player_id"] for event in community} == set(Credit.objects.values_list("player_id", flat=True))
    assert {(event["contribution"], event["contribution_currency"]) for event in community} == {(None, None)}
    assert len({row.event_id for row, _ in told("ThrillPotsWinEvent")}) == len(events)


@pytest.mark.req("DRP-03", "DRP-11")
def test_a_prize_of_a_raffle_is_told_to_campaigns(cast: Cast) -> None:
    raffle = open_raffle(cast.house)
    bet(cast.house, raffle, "ann", 10, cast.now)
    resolved(raffle, cast.now + HOUR + timedelta(seconds=2))
    credit = Credit.objects.get()
    ((row, event),) = told("ThrillPotsRaffleWinEvent")
    assert row.brand_id == "thrilltech:brand1"
    assert event.pop("amount") * EUR == credit.pay_micros
    assert event == {
        "raffle_id": str(raffle.template.lineage_id),
        "instance_id": str(raffle.pk),
        "prize_id": "1",
        "player_brand_id": "thrilltech:brand1",
        "player_id": "ann",
        "currency": "EUR",
    }


@pytest.mark.req("DRP-03", "DRP-12")
def test_going_in_is_told_once_and_going_out_is_not(cast: Cast) -> None:
    offered = AmountTerms(currency="EUR", default_micros=100_000, minimum_micros=100_000, maximum_micros=1_000_000)
    instance = cast.house.open(quiet_draft(opt_in_required=True, contribution_kind="variable", amounts=(offered,)))
    for goes_in in (True, True, False):
        opt_in(
            OptInRequest(
                operator_id="thrilltech", instance_id=instance.pk, brand_id="thrilltech:brand1", player_id="ann",
                player_country="MT", opt_in=goes_in, preferred_micros=200_000 if goes_in else None,
            ),
            now=cast.now,
        )  # fmt: skip
    ((_, event),) = told("ThrillPotsOptInEvent")
    assert json.encode(event.pop("contribution")) == b"0.2"
    assert event == {
        "player_brand_id": "thrilltech:brand1",
        "player_id": "ann",
        "jackpot_id": str(instance.template.lineage_id),
        "currency": "EUR",
    }
