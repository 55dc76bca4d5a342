"""The winners' feeds, in the shape of WinEvent's data."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from backoffice.core import clock, json
from backoffice.events.models import OutboxEvent
from jackpots.models import Instance
from jackpots.operations.contribute import contribute
from jackpots.operations.withhold_win import withhold_win
from jackpots.rules.contribution import ContributionResult
from tests.cast import SYSTEM, Cast, probability_pot, sure_draft, value_pot
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db
Feed = Callable[..., Any]


@pytest.fixture
def won(cast: Cast) -> Instance:
    """A jackpot with a pot that every contribution wins and one that none does; five wins of two brands."""
    sure = probability_pot("main", one_in=1, position=0, share_ppm=400_000)
    instance = cast.house.open(sure_draft(pots=(sure, value_pot("quiet", position=1, share_ppm=300_000))))
    brands = [cast.brand1, cast.brand2, cast.brand1, cast.brand2, cast.brand1]
    for number, brand in enumerate(brands):
        player = f"player_{number}"
        request = cast.house.request(instance, player, brand_id=brand.pk, currency="SEK", metadata={"n": number})
        (result,) = contribute([request], now=cast.now)
        assert isinstance(result, ContributionResult)
        assert result.win_pot_id == "main"
    return instance


@pytest.fixture
def feed(cast: Cast, won: Instance) -> Feed:
    def read(kind: str, token: str | None = None, **query: Any) -> Any:
        answer = Client().get(
            f"/jackpots/instances/jackpot/{won.pk}/{kind}",
            query_params=query,
            headers={"Authorization": f"Bearer {token or cast.token}"},
        )
        return json.decode(answer.content)

    return read


@pytest.mark.req("WIN-18", "WIN-21", "B-27")
def test_winners_by_pot_have_every_pot_as_a_key(feed: Feed) -> None:
    by_pot = feed("pot_winners")
    assert list(by_pot) == ["main", "quiet"]
    assert len(by_pot["main"]) == 5
    assert by_pot["quiet"] == []
    assert len(feed("pot_winners", limit=2)["main"]) == 2
    assert_invariants()


@pytest.mark.req("WIN-19", "WIN-20", "WIN-21")
def test_the_latest_winners_over_all_pots(cast: Cast, feed: Feed) -> None:
    assert len(feed("latest_winners")) == 5
    assert len(feed("latest_winners", limit=3)) == 3
    ours = feed("latest_winners", brand_id=cast.brand1.pk)
    assert sorted(win["player_id"] for win in ours) == ["player_0", "player_2", "player_4"]
    assert {win["brand_id"] for win in ours} == {"thrilltech:brand1"}


@pytest.mark.req("WIN-18", "I-01", "I-04", "CUR-05", "EVT-09", "EDG-20")
def test_a_winner_is_the_win_events_data(cast: Cast, won: Instance, feed: Feed) -> None:
    winner = next(win for win in feed("latest_winners") if win["player_id"] == "player_0")
    win = won.wins.get(player_id="player_0")
    assert winner == {
        "brand_id": "thrilltech:brand1",
        "player_id": "player_0",
        "source_id": None,
        "instance_id": str(won.pk),
        "jackpot_name": won.name,
        "jackpot_currency": "EUR",
        "timestamp": clock.epoch_ms(cast.now),
        "win_pot_id": "main",
        "win_amount": Decimal(win.value_micros) / 1_000_000,
        "currency_multipliers": {
            "brand_id": "thrilltech:brand1",
            "base_currency": "EUR",
            "multipliers": {
                "EUR": 1, "GBP": Decimal("0.8592"), "JPY": Decimal("163.5"), "SEK": Decimal("11.6761"),
                "USD": Decimal("1.0762"),
            },
        },
        "games_in_jackpot": [],
        "seed": Decimal(win.seed_micros) / 1_000_000,
        "seed_deficit": Decimal(win.seed_deficit_micros) / 1_000_000,
        "win_withheld": False,
        "community_winners": None,
        "metadata": {"n": 0},
    }  # fmt: skip
    published = [json.decode(bytes(event.payload)) for event in OutboxEvent.objects.filter(kind="JackpotWinEvent")]
    assert winner in published, "the event and the list say the same"


@pytest.mark.req("WIN-02")
def test_a_withheld_win_says_so(cast: Cast, won: Instance, feed: Feed) -> None:
    win = won.wins.get(player_id="player_3")
    withhold_win(win.pk, reason="Check", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert [row["player_id"] for row in feed("latest_winners") if row["win_withheld"]] == ["player_3"]
    assert_invariants()


@pytest.mark.req("WIN-20", "B-27")
def test_a_token_of_one_brand_sees_other_brands_winners_without_their_players(cast: Cast, feed: Feed) -> None:
    cast.service.brand_ids = [cast.brand2.pk]
    cast.service.save()
    rows = feed("latest_winners")
    assert {(row["brand_id"], row["player_id"]) for row in rows} == {
        ("thrilltech:brand1", "***"),
        ("thrilltech:brand2", "player_1"),
        ("thrilltech:brand2", "player_3"),
    }
    assert {json.encode(row["metadata"]) for row in rows if row["player_id"] == "***"} == {b"null"}


@pytest.mark.req("B-06")
@pytest.mark.parametrize("limit", ["0", "-1", "1001", "x", "1.5"])
def test_a_limit_is_a_number_in_range(feed: Feed, limit: str) -> None:
    assert (feed("latest_winners", limit=limit)["code"], feed("pot_winners", limit=limit)["field"]) == (
        "INVALID_REQUEST",
        "limit",
    )


def test_the_rival_sees_nothing(cast: Cast, feed: Feed) -> None:
    assert feed("latest_winners", token=cast.rival_token)["code"] == "NOT_FOUND"
