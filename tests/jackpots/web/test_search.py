"""What the top bar finds among jackpots, for whom."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.jackpots.web.conftest import Scene

Visit = Callable[[str], Client]


def found(client: Client, text: str) -> dict[str, list[str]]:
    kinds = client.get(reverse("search"), {"q": text}).context["found"]
    return {kind.heading: [hit.url for hit in kind.hits] for kind in kinds}


@pytest.mark.req("OFF-11")
def test_names_ids_and_players_are_found(scene: Scene, visit: Visit) -> None:
    client = visit("manager")
    assert found(client, "mega luck")["Instances"] == [reverse("instance", args=[scene.instance.pk])]
    assert found(client, "next sea")["Templates"] == [reverse("template", args=[scene.draft.pk])]
    assert found(client, "lobb")["Sources"] == [reverse("source", args=[scene.source.pk])]
    assert found(client, str(scene.contribution.pk)) == {
        "Contributions": [reverse("contribution", args=[scene.contribution.pk])]
    }
    assert found(client, str(scene.win.pk)) == {"Wins": [reverse("winner", args=[scene.win.pk])]}
    player = found(client, "player_00042")
    assert player["Wins of the player"] == [reverse("winner", args=[scene.win.pk])]
    (address,) = player["Contributions of the player"]
    assert client.get(address).context["shown"] == 1


@pytest.mark.req("OFF-11", "GEN-03")
def test_nothing_of_another_operator_and_no_player_for_who_may_not_see_them(
    cast: Cast, scene: Scene, visit: Visit
) -> None:
    for text in ("mega", "next season", "lobby", str(scene.win.pk), str(scene.instance.pk), "player_00042"):
        assert found(visit("rival"), text) == {}
    assert found(visit("analyst"), "player_00042") == {}
