"""Live operations: whom a suspension meets is said before, every page says it while it holds, and it is resumed."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from jackpots.models import Suspension
from jackpots.operations.contribute import contribute
from tests.cast import Cast
from tests.jackpots.web.conftest import Scene

Visit = Callable[[str], Client]


def text(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


@pytest.mark.req("SRC-13", "OFF-12")
def test_a_source_is_suspended_and_resumed(cast: Cast, scene: Scene, visit: Visit) -> None:
    client = visit("manager")
    contribute([cast.house.request(scene.source, "player_of_today")], now=cast.now)
    assert "Nothing: every running jackpot" in text(client, reverse("live"))
    url = f"{reverse('live_suspend')}?what=source&id={scene.source.pk}"
    asked = text(client, url)
    assert f"Suspend the source {scene.source.source_id}?" in asked
    for words in ("1 jackpot, 1 source", "CONTRIBUTION_REJECTED", "players can still opt out"):
        assert words in asked
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Odd <figures>"}).status_code == 302
    row = Suspension.objects.get()
    for page in (reverse("dashboard"), reverse("instances"), reverse("live")):
        shown = text(client, page)
        assert f"Suspended: source {scene.source.source_id}." in shown
        assert "Odd &lt;figures&gt;" in shown
    again = client.post(url, {"reason": "Twice"})
    assert "suspended already" in again.content.decode()
    resume = reverse("live_resume", args=[row.pk])
    assert "Odd &lt;figures&gt;" in text(client, resume)
    assert client.post(resume, {"reason": "Found"}).status_code == 302
    assert "Suspended: source" not in text(client, reverse("instances"))
    assert "Found" in text(client, reverse("live"))


@pytest.mark.req("OFF-12", "B-25")
def test_who_sees_and_who_does_not(cast: Cast, scene: Scene, visit: Visit) -> None:
    assert scene.source.pk
    visit("manager").post(reverse("live_suspend"), {"reason": "Everything"})
    row = Suspension.objects.get()
    assert (row.brand_id, row.source_id) == (None, None)
    assert f"Suspended: everything of {cast.operator.pk}" in text(visit("analyst"), reverse("dashboard"))
    assert "Resume</a>" not in text(visit("analyst"), reverse("live"))
    rival = Client()
    rival.force_login(cast.rival_manager)
    assert "Suspended:" not in text(rival, reverse("instances"))
    assert rival.get(reverse("live_resume", args=[row.pk])).status_code == 404


@pytest.mark.req("OFF-12")
@pytest.mark.parametrize("query", ["?what=brand&id=nobody", "?what=source&id=x", "?what=source&id=0", "?what=moon"])
def test_what_is_not_there_is_404(scene: Scene, visit: Visit, query: str) -> None:
    assert scene.source.pk
    assert visit("manager").get(reverse("live_suspend") + query).status_code == 404


@pytest.mark.req("OFF-12")
def test_the_dashboard_counts_them(cast: Cast, scene: Scene, visit: Visit) -> None:
    assert scene.source.pk
    client = visit("manager")
    client.post(f"{reverse('live_suspend')}?what=brand&id={cast.brand1.pk}", {"reason": "Wallet"})
    assert "1 suspension in force" in text(client, reverse("dashboard_alarms"))
