"""Winners: withheld by one person, settled and released by two."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.approvals.models import Approval
from backoffice.audit.models import AuditEntry
from backoffice.core import clock
from jackpots.models import WinState
from jackpots.queries.ledger import totals_by_kind
from tests.cast import Cast
from tests.invariants import assert_invariants
from tests.jackpots.web.conftest import Scene, text_of

Visit = Callable[[str], Client]


@pytest.mark.req("WIN-18", "B-02", "B-13")
def test_the_page_accounts_for_the_whole_pot(scene: Scene, visit: Visit) -> None:
    answer = visit("analyst").get(reverse("winner", args=[scene.win.pk]))
    page = text_of(answer)
    assert "1 EUR = 0.8592 GBP" in page
    assert "Multiplier of GBP" in page
    assert "Multiplier of SEK" not in page
    assert "Left to the reserve" in page
    assert reverse("draw", args=[scene.ended.pk]) in page
    assert [one.kind for one in answer.context["transfers"]] == ["win", "rounding", "reseed"]
    assert reverse("winner_settle", args=[scene.win.pk]) not in page


@pytest.mark.req("B-13")
def test_the_list_has_its_states_at_hand(scene: Scene, visit: Visit) -> None:
    client, url = visit("manager"), reverse("winners")
    page = text_of(client.get(f"{url}?state=owed"))
    assert 'state=owed" aria-current="true">Owed' in page
    assert "player_00042" in page
    assert "Nothing passes these filters" in text_of(client.get(f"{url}?state=settled"))
    assert client.get(f"{url}?pot=main&instance={scene.instance.pk}").context["shown"] == 1


@pytest.mark.req("B-13", "B-25")
def test_settling_takes_a_reference_and_a_second_person(cast: Cast, scene: Scene, visit: Visit) -> None:
    client, url = visit("manager"), reverse("winner_settle", args=[scene.win.pk])
    assert "leaves the liability" in text_of(client.get(url))
    wrong = client.post(url, {"reference": "", "reason": "Paid yesterday"})
    assert wrong.status_code == 422
    assert "Paid yesterday" in text_of(wrong)
    answer = client.post(url, {"reference": "BANK-77", "reason": "Paid yesterday"})
    approval = Approval.objects.get(kind="win.settle")
    assert answer["Location"] == reverse("approval", args=[approval.pk])
    page = text_of(client.get(reverse("winner", args=[scene.win.pk])))
    assert "Awaiting approval" in page
    assert "See the request" in page
    assert url not in page
    scene.win.refresh_from_db()
    assert scene.win.state == WinState.OWED
    cast.house.approve(approval)
    scene.win.refresh_from_db()
    assert (scene.win.state, scene.win.reference) == (WinState.SETTLED, "BANK-77")
    assert "BANK-77" in text_of(client.get(reverse("winner", args=[scene.win.pk])))
    assert client.post(url, {"reference": "X", "reason": "Twice"}).status_code == 422
    assert totals_by_kind(cast.house.scope, scene.instance.pk)["payable"] == 0
    assert_invariants()


@pytest.mark.req("B-13")
def test_withholding_is_one_persons_and_releasing_is_not(cast: Cast, scene: Scene, visit: Visit) -> None:
    client = visit("manager")
    withhold, release = (reverse(f"winner_{act}", args=[scene.win.pk]) for act in ("withhold", "release"))
    early = client.post(release, {"reason": "Nothing to release"})
    assert early.status_code == 422
    assert "not withheld" in text_of(early)
    assert client.post(withhold, {"reason": ""}).status_code == 422
    assert client.post(withhold, {"reason": "Odd play"})["Location"] == reverse("winner", args=[scene.win.pk])
    scene.win.refresh_from_db()
    assert (scene.win.state, scene.win.state_reason) == (WinState.WITHHELD, "Odd play")
    assert AuditEntry.objects.get(action="win.withheld").actor_name == cast.manager.email
    assert totals_by_kind(cast.house.scope, scene.instance.pk)["withheld"] == scene.win.cost_micros
    assert "It was withheld because: Odd play" in text_of(client.get(release))
    client.post(release, {"reason": "All clear"})
    scene.win.refresh_from_db()
    assert scene.win.state == WinState.WITHHELD
    cast.house.now = clock.now()
    cast.house.approve(Approval.objects.get(kind="win.release"))
    scene.win.refresh_from_db()
    assert scene.win.state == WinState.OWED
    history = text_of(client.get(reverse("winner_history", args=[scene.win.pk])))
    assert "win.withheld" in history
    assert "Odd play" in history
    assert_invariants()
