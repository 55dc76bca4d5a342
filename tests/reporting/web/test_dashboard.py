"""The dashboard: its figures by hand, its filters, who sees what, and what it costs."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.accounts.models import StaffUser
from backoffice.web.charts import Bar, Chart
from jackpots.models import Instance, OptInChange
from jackpots.operations.set_multipliers import set_multipliers
from reporting.web.widget import Card, Delta
from reporting.web.widgets import NAMES, widgets
from tests.cast import EUR, SYSTEM, Cast, quiet_draft, sure_draft
from tests.reporting.kit import fold_all, give

pytestmark = pytest.mark.django_db(transaction=True)
BUDGETS: dict[str, int] = json.loads((Path(__file__).parent.parent / "budgets.json").read_text())
BrowserOf = Callable[[StaffUser], Client]


@pytest.fixture(autouse=True)
def _clock(now: datetime) -> Any:
    with time_machine.travel(now + timedelta(hours=3), tick=False):
        yield


def cards(client: Client, query: str = "") -> dict[str, Card]:
    """The widgets of the page, by name."""
    response = client.get(f"/office/{query}")
    assert response.status_code == 200
    return {shown.widget.name: shown.card for shown in response.context["cards"]}


def bars(card: Card) -> Sequence[Bar]:
    assert card.bars is not None
    return card.bars.bars


def chart(card: Card) -> Chart:
    assert card.chart is not None
    return card.chart


def values(card: Card, series: int = 0) -> list[Any]:
    return [value for value in chart(card).series[series].values if value]


@pytest.mark.req("OFF-03", "OFF-04", "OFF-06", "OFF-11", "G-19")
def test_contributions_winners_and_ggr(cast: Cast, now: datetime, browser_of: BrowserOf) -> None:
    sure = cast.house.open(sure_draft())
    give(cast.house, cast.source, now, times=3)
    (won,) = give(cast.house, sure, now + timedelta(hours=1))
    give(cast.house, cast.source, now - timedelta(days=7), times=2)
    found = cards(browser_of(cast.manager), "?range=7d")
    assert found["contributions"].headline == "EUR 0.40"
    assert found["contributions"].subline == "4 contributions"
    assert found["contributions"].delta == Delta("+100.0 %", "up", "on the period before")
    assert values(found["contributions"]) == [Decimal("0.4")]
    assert values(found["contributions"], 1) == [Decimal("0.2")]
    assert (found["winners"].headline, values(found["winners"])) == ("1", [1])
    assert values(found["ggr"]) == [Decimal(400_000 - won.win_micros) / EUR]
    assert values(found["ggr"])[0] < 0


@pytest.mark.req("OFF-05")
def test_opted_in_players_count_once(cast: Cast, now: datetime, browser_of: BrowserOf) -> None:
    other = cast.house.open(quiet_draft(name="Other"))

    def change(instance: Instance, player: str, at: datetime, *, opted_in: bool = True) -> None:
        OptInChange.objects.create(
            operator=cast.operator,
            instance=instance,
            brand=cast.brand1,
            player_id=player,
            opted_in=opted_in,
            changed_at=at,
        )

    change(cast.instance, "early", now - timedelta(days=20))
    change(cast.instance, "twice", now - timedelta(days=1))
    change(other, "twice", now)
    change(cast.instance, "gone", now - timedelta(days=2))
    change(cast.instance, "gone", now, opted_in=False)
    card = cards(browser_of(cast.manager), "?range=7d")["opted_in"]
    assert card.headline == "2"
    assert card.subline == "+1 in this period"
    assert values(card) == [1, 1, 1, 1, 2, 3, 2]


@pytest.mark.req("OFF-07", "OFF-08", "OFF-09", "OFF-10")
def test_bets_and_top_lists(cast: Cast, now: datetime, browser_of: BrowserOf) -> None:
    sure = cast.house.open(sure_draft())
    give(cast.house, cast.source, now, times=3, player="player_00007", base_wager_micros=3 * EUR)
    give(cast.house, cast.source, now, player="player_00008", base_wager_micros=EUR // 2)
    (won,) = give(cast.house, sure, now, player="player_00009")
    fold_all(now)
    found = cards(browser_of(cast.manager), "?range=7d")
    assert found["bets"].headline == "5"
    assert dict(zip(chart(found["bets"]).labels, chart(found["bets"]).series[0].values, strict=True)) == {
        "0.5 \N{EN DASH} 1": 1, "1 \N{EN DASH} 2": 1, "2 \N{EN DASH} 5": 3,
    }  # fmt: skip
    top = [(bar.name.partition(" ")[0], bar.text) for bar in bars(found["top_contributors"])]
    assert top == [("player_00007", "EUR 0.30"), ("player_00008", "EUR 0.10"), ("player_00009", "EUR 0.10")]
    net = [bar.name.partition(" ")[0] for bar in bars(found["top_net"])]
    assert net == ["player_00007", "player_00008", "player_00009"]
    (win,) = bars(found["top_wins"])
    assert win.name.startswith("player_00009, Sure")
    assert won.win_micros > 100 * EUR


@pytest.mark.req("OFF-11", "B-15")
def test_pieces_of_days_are_the_viewers_own(cast: Cast, now: datetime, browser_of: BrowserOf) -> None:
    """In New York the day began at 04:00 UTC; the rollups are of UTC days."""
    StaffUser.objects.filter(pk=cast.manager.pk).update(time_zone="America/New_York")
    cast.manager.refresh_from_db()
    midnight = datetime(2026, 3, 14, 4, tzinfo=UTC)
    give(cast.house, cast.source, midnight - timedelta(seconds=1), player="yesterday", base_wager_micros=EUR // 2)
    give(cast.house, cast.source, midnight, player="today", times=2, base_wager_micros=3 * EUR)
    fold_all(now)
    found = cards(browser_of(cast.manager), "?range=today")
    assert found["contributions"].subline == "2 contributions"
    assert [bar.name.partition(" ")[0] for bar in bars(found["top_contributors"])] == ["today"]
    assert found["bets"].headline == "2"
    yesterday = cards(browser_of(cast.manager), "?range=yesterday")
    assert [bar.name.partition(" ")[0] for bar in bars(yesterday["top_contributors"])] == ["yesterday"]
    assert yesterday["bets"].headline == "1"


@pytest.mark.req("G-19")
def test_currencies_meet_in_the_base_currency_at_their_own_rates(
    cast: Cast, now: datetime, browser_of: BrowserOf
) -> None:
    dollars = cast.house.open(quiet_draft(currency="USD", name="Dollars"))
    fold_all(now)
    give(cast.house, dollars, now)
    set_multipliers(
        {"USD": Decimal(4)}, operator_id="thrilltech", brand_id=None, scope=cast.house.scope, actor=SYSTEM,
        now=now + timedelta(hours=1),
    )  # fmt: skip
    give(cast.house, dollars, now + timedelta(hours=2), times=2)
    give(cast.house, cast.source, now)
    fold_all(now)
    card = cards(browser_of(cast.manager), "?range=today")["contributions"]
    expected = 100_000 + round(100_000 / Decimal("1.0762")) + 50_000
    assert sum(values(card)) == Decimal(expected) / EUR


@pytest.mark.req("G-19")
def test_what_has_no_rate_is_named_and_not_added(cast: Cast, now: datetime, browser_of: BrowserOf) -> None:
    dollars = cast.house.open(quiet_draft(currency="USD", name="Dollars"))
    give(cast.house, dollars, now)
    give(cast.house, cast.source, now)
    card = cards(browser_of(cast.manager))["contributions"]
    assert card.headline == "EUR 0.10"
    assert card.notes == ["Left out for want of a rate: USD 0.10 contributed and USD 0.00 won."]


@pytest.mark.req("OFF-20")
def test_brands_one_several_all_and_none_of_others(cast: Cast, now: datetime, browser_of: BrowserOf) -> None:
    give(cast.house, cast.source, now)
    give(cast.house, cast.source, now, times=2, brand_id=cast.brand2.pk)
    give(cast.rival_house, cast.rival_source, now, times=5)
    client = browser_of(cast.manager)
    counted = {
        query: cards(client, query)["contributions"].subline.partition(" ")[0]
        for query in (
            "",
            "?brand=thrilltech:brand1",
            "?brand=thrilltech:brand2",
            "?brand=thrilltech:brand1,thrilltech:brand2",
            "?brand=rival:brand1",
        )
    }
    assert list(counted.values()) == ["3", "1", "2", "3", "3"]
    StaffUser.objects.filter(pk=cast.analyst.pk).update(brand_ids=[cast.brand2.pk])
    cast.analyst.refresh_from_db()
    limited = browser_of(cast.analyst)
    assert cards(limited)["contributions"].subline == "2 contributions"
    assert cards(limited, "?brand=thrilltech:brand1")["contributions"].subline == "2 contributions"


@pytest.mark.req("OFF-20")
def test_the_platform_looks_at_one_operator_at_a_time(cast: Cast, now: datetime, browser_of: BrowserOf) -> None:
    give(cast.house, cast.source, now)
    give(cast.rival_house, cast.rival_source, now, times=5)
    client = browser_of(cast.root)
    assert cards(client, "?operator=thrilltech")["contributions"].subline == "1 contribution"
    assert cards(client, "?operator=rival")["contributions"].subline == "5 contributions"
    assert client.get("/office/?operator=nobody").status_code == 404
    chosen_brand = cards(client, "?operator=rival&brand=thrilltech:brand1")
    assert chosen_brand["contributions"].subline == "1 contribution"
    assert browser_of(cast.manager).get("/office/?operator=rival").status_code == 404


@pytest.mark.req("OFF-08", "OFF-09", "OFF-10")
def test_an_analyst_sees_masked_players(cast: Cast, now: datetime, browser_of: BrowserOf) -> None:
    sure = cast.house.open(sure_draft())
    give(cast.house, sure, now, player="player_00042")
    fold_all(now)
    page = browser_of(cast.analyst).get("/office/").content.decode()
    assert "player_00042" not in page
    assert page.count("pl\N{BULLET}\N{BULLET}\N{BULLET}42") == 3
    assert "player_00042" in browser_of(cast.manager).get("/office/").content.decode()


@pytest.mark.req("OFF-03", "OFF-04")
def test_live_pots_and_alarms_stand_above_the_figures(cast: Cast, now: datetime, browser_of: BrowserOf) -> None:
    sure = cast.house.open(sure_draft())
    give(cast.house, sure, now)
    client = browser_of(cast.manager)
    page = client.get("/office/").content.decode()
    for code in ("minor", "mega"):
        assert f'data-pot="{cast.instance.pk}:{code}"' in page
    assert "data-live-path" in page
    assert "rival" not in page
    alarms = client.get("/office/alarms/").content.decode()
    assert re.search(r"1 win owed", alarms)
    assert "No alarms" in browser_of(cast.rival_manager).get("/office/alarms/").content.decode()


def test_a_widget_that_fails_leaves_the_others(
    cast: Cast, now: datetime, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise DatabaseError("gone")

    give(cast.house, cast.source, now)
    monkeypatch.setattr("reporting.web.widget.distribution", fail)
    response = browser_of(cast.manager).get("/office/")
    page = response.content.decode()
    assert page.count("This figure could not be read") == 1
    assert "EUR 0.10" in page


def test_an_operator_without_anything_gets_words_not_errors(cast: Cast, browser_of: BrowserOf) -> None:
    page = browser_of(cast.rival_manager).get("/office/?range=all").content.decode()
    assert "No jackpot is running" in page
    assert "No pot dropped in this period." in page


@pytest.mark.req("OFF-03", "OFF-04", "OFF-05", "OFF-06", "OFF-07", "OFF-08", "OFF-09", "OFF-10")
def test_eight_widgets_each_a_file_of_its_name() -> None:
    assert [widget.name for widget in widgets()] == list(NAMES)
    assert len(NAMES) == 8


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
@pytest.mark.parametrize("path", BUDGETS)
def test_queries_stay_within_the_budget(
    path: str, zone: str, cast: Cast, now: datetime, browser_of: BrowserOf, django_assert_max_num_queries: Any
) -> None:
    """And do not grow with the rows: three jackpots and twenty players cost what one and one cost."""
    for number in range(20):
        give(cast.house, cast.source, now + timedelta(minutes=number), player=f"player_{number}")
    for name in ("Second", "Third"):
        give(cast.house, cast.house.open(quiet_draft(name=name)), now)
    fold_all(now)
    StaffUser.objects.filter(pk=cast.manager.pk).update(time_zone=zone)
    cast.manager.refresh_from_db()
    client = browser_of(cast.manager)
    client.get(path)
    with django_assert_max_num_queries(BUDGETS[path]) as captured:
        assert client.get(path).status_code == 200
    assert isinstance(captured, CaptureQueriesContext)


@pytest.mark.req("OFF-03", "OFF-04", "OFF-20")
def test_every_widget_leads_to_its_list_with_the_same_filters(cast: Cast, now: datetime, browser_of: BrowserOf) -> None:
    give(cast.house, cast.house.open(sure_draft()), now, player="counted")
    give(cast.house, cast.source, now - timedelta(days=9), player="too_early")
    give(cast.house, cast.source, now, player="other_brand", brand_id=cast.brand2.pk)
    client = browser_of(cast.manager)
    found = cards(client, "?range=7d&brand=thrilltech:brand1")
    for card in found.values():
        assert "brand=thrilltech%3Abrand1&from=2026-03-08&to=2026-03-14" in card.link
        assert client.get(card.link).status_code == 200
    for name in ("contributions", "winners"):
        page = client.get(found[name].link).content.decode()
        assert "counted" in page
        assert "too_early" not in page
        assert "other_brand" not in page
