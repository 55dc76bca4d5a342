"""The journal: pages without an end, filters, exports, and one contribution in full."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from jackpots.models import Contribution
from jackpots.operations.contribute import contribute
from tests.cast import EUR, Cast
from tests.invariants import assert_invariants
from tests.jackpots.web.conftest import Scene, download_of, text_of

Visit = Callable[[str], Client]
URL = "/office/contributions/"


def rounds(answer: object) -> list[str]:
    table = answer.context["table"]  # type: ignore[attr-defined]
    return [row.record.gameround_id for row in table.paginated_rows]


def lines(answer: object) -> list[list[str]]:
    return list(csv.reader(io.StringIO(download_of(answer))))


@pytest.fixture
def many(cast: Cast) -> list[str]:
    """Sixty contributions; ten each share their instant."""
    for minute in range(6):
        at = cast.now + timedelta(minutes=minute)
        contribute([cast.request(f"player_{number:05d}") for number in range(10)], now=at)
    ordered = Contribution.objects.order_by("-accepted_at", "-id")
    return list(ordered.values_list("gameround_id", flat=True))


@pytest.mark.req("OFF-19")
def test_older_and_newer_lead_through_every_row_once(many: list[str], visit: Visit) -> None:
    client, seen = visit("manager"), []
    answer = client.get(f"{URL}?per_page=25")
    seen += rounds(answer)
    for _ in range(2):
        answer = client.get(URL + answer.context["older"])
        seen += rounds(answer)
    assert seen == many
    assert not answer.context["older"]
    back = client.get(URL + answer.context["newer"])
    assert rounds(back) == many[25:50]
    first = client.get(URL + back.context["newer"])
    assert rounds(first) == many[:25]
    assert not first.context["newer"]
    assert rounds(client.get(f"{URL}?per_page=25&after=nonsense")) == many[:25]
    assert rounds(client.get(f"{URL}?page=2&sort=id")) == many[:50]
    assert client.get(URL).content.decode().count("<tr data-href=") == 50


@pytest.mark.req("OFF-19")
def test_filters_stand_in_the_address(cast: Cast, scene: Scene, visit: Visit) -> None:
    contribute([cast.house.request(cast.instance, "player_00001", brand_id=cast.brand2.pk)], now=cast.now)
    client = visit("manager")
    won, lost = scene.contribution.gameround_id, Contribution.objects.get(player_id="player_00001").gameround_id
    assert rounds(client.get(f"{URL}?won=true")) == [won]
    assert rounds(client.get(f"{URL}?won=false")) == [lost]
    assert rounds(client.get(f"{URL}?player=player_00042")) == [won]
    assert rounds(client.get(f"{URL}?gameround={lost}")) == [lost]
    assert rounds(client.get(f"{URL}?instance={scene.instance.pk}")) == [won]
    assert rounds(client.get(f"{URL}?brand={cast.brand2.pk}")) == [lost]
    assert len(rounds(client.get(f"{URL}?brand={cast.brand1.pk}&brand={cast.brand2.pk}"))) == 2
    day = cast.now.date().isoformat()
    answer = client.get(f"{URL}?from={day}&to={day}&won=true")
    assert rounds(answer) == [won]
    assert [(chip.label, chip.without) for chip in answer.context["chips"]] == [
        ("Days", "?won=true"), ("Won", f"?from={day}&to={day}"),
    ]  # fmt: skip
    assert rounds(client.get(f"{URL}?to=2026-01-01")) == []


@pytest.mark.req("OFF-19", "B-25")
def test_players_are_masked_for_who_may_not_see_them(scene: Scene, visit: Visit) -> None:
    analyst, manager = visit("analyst"), visit("manager")
    pages = (URL, reverse("contribution", args=[scene.contribution.pk]), reverse("winner", args=[scene.win.pk]))
    for url in (*pages, reverse("winners"), reverse("instance_contributions", args=[scene.instance.pk])):
        assert "player_00042" not in analyst.get(url).content.decode(), url
        assert "player_00042" in manager.get(url).content.decode(), url
    exported = lines(analyst.get(f"{URL}?export=csv"))
    assert exported[1][1] == "pl•••42"
    assert rounds(analyst.get(f"{URL}?player=player_00001")) == [scene.contribution.gameround_id]


def test_the_export_holds_all_rows_in_the_columns_of_the_page(many: list[str], visit: Visit) -> None:
    found = lines(visit("manager").get(f"{URL}?export=csv&per_page=25&columns=gameround_id&columns=base_wager_micros"))
    assert found[0] == ["Game round", "Bet"]
    assert [line[0] for line in found[1:]] == many
    assert found[1][1] == "1.000000"


def test_an_empty_journal_says_what_would_be_there(cast: Cast, visit: Visit) -> None:
    assert "No contributions yet" in text_of(visit("manager").get(URL))


@pytest.mark.req("CON-20", "CON-21", "B-09")
def test_one_contribution_shows_rate_split_and_what_may_be_told_of_its_draws(
    cast: Cast, scene: Scene, visit: Visit
) -> None:
    answer = visit("manager").get(reverse("contribution", args=[scene.contribution.pk]))
    page = text_of(answer)
    assert "1 EUR = 0.8592 GBP" in page
    assert "source:lobby" in page
    assert [(part.name, part.amount) for part in answer.context["parts"]] == [
        ("slow", "EUR 0.03"), ("main", "EUR 0.04"), ("house", "EUR 0.03"),
    ]  # fmt: skip
    told = {draw.code: draw.is_told for draw in answer.context["draws"]}
    assert told == {"slow": False, "main": True}
    assert "Told when the cycle ends" in page
    assert "hit and won" in page
    assert reverse("transfer", args=[scene.contribution.transfer_id]) in page


def test_metadata_is_shown_as_text(cast: Cast, visit: Visit) -> None:
    contribute([cast.request(metadata={"note": "<script>alert(1)</script>"})], now=cast.now)
    row = Contribution.objects.get()
    page = visit("manager").get(reverse("contribution", args=[row.pk])).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.req("B-12")
def test_a_transfer_shows_lines_that_sum_to_zero(scene: Scene, visit: Visit) -> None:
    answer = visit("analyst").get(reverse("transfer", args=[scene.contribution.transfer_id]))
    assert answer.context["total"] == 0
    assert sum(line.amount_micros for line in answer.context["lines"] if line.amount_micros > 0) == EUR // 10
    assert_invariants()
