"""Jackpots: the list, the page, the acts, and opening one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.approvals.models import Approval
from backoffice.audit.models import AuditEntry
from backoffice.core import clock
from jackpots.models import Instance, InstanceState
from jackpots.operations.contribute import contribute
from tests.cast import Cast
from tests.invariants import assert_invariants
from tests.jackpots.web.conftest import Scene, text_of

Visit = Callable[[str], Client]


def names(answer: Any) -> list[str]:
    return [row.record.name for row in answer.context["table"].paginated_rows]


@pytest.mark.req("OFF-17", "POT-01")
def test_the_list_filters_by_state_owner_and_text(cast: Cast, scene: Scene, visit: Visit) -> None:
    cast.house.open(name="Brand's own", brand_id=cast.brand2.pk, starts_at=clock.now() + timedelta(days=9))
    client, url = visit("manager"), reverse("instances")
    assert client.get(url).context["count"] == 3
    assert names(client.get(f"{url}?state=Pending")) == ["Brand's own"]
    assert names(client.get(f"{url}?owner={cast.brand2.pk}")) == ["Brand's own"]
    assert names(client.get(f"{url}?owner=thrilltech&q=mega")) == [scene.instance.name]
    assert names(client.get(f"{url}?q={str(scene.instance.pk)[:13]}")) == [scene.instance.name]
    assert client.get(f"{url}?currency=EUR").context["count"] == 3
    assert "Nothing passes these filters" in text_of(client.get(f"{url}?currency=EUR&q=zz"))


def test_an_operator_without_jackpots_is_shown_how_to_begin(cast: Cast, visit: Visit) -> None:
    page = text_of(visit("rival").get(reverse("instances")))
    assert "No jackpots yet" in page
    assert reverse("instance_open") in page
    page = text_of(visit("rival").get(reverse("instance_open")))
    assert "No published template yet" in page
    assert reverse("templates") in page


@pytest.mark.req("POT-02", "POT-09", "OFF-17")
def test_the_page_says_what_runs_and_what_everybody_may_know(scene: Scene, visit: Visit) -> None:
    page = text_of(visit("analyst").get(reverse("instance", args=[scene.instance.pk])))
    assert f'data-pot="{scene.instance.pk}:main"' in page
    assert bytes(scene.running.commitment).hex() in page
    assert "Between EUR 1,000.00 and EUR 2,000.00" in page
    assert "not yet: it has to grow first" in page
    assert "lobby" in page
    assert "all brands of thrilltech" in page
    assert "Pause" not in page.split("<main")[1]


@pytest.mark.req("B-09")
def test_an_armed_pot_shows_the_odds_of_any_other(scene: Scene, visit: Visit) -> None:
    slow = scene.instance.pots.get(code="slow")
    url = reverse("instance", args=[scene.instance.pk])
    before = [view.odds for view in visit("admin").get(url).context["pots"]]
    type(slow).objects.filter(pk=slow.pk).update(is_armed=True)
    answer = visit("admin").get(url)
    assert [view.odds for view in answer.context["pots"]] == before
    assert "armed" not in text_of(answer)


@pytest.mark.req("B-12")
def test_the_figures_of_a_pot_lead_to_their_lines_in_the_ledger(scene: Scene, visit: Visit) -> None:
    client = visit("admin")
    answer = client.get(reverse("instance_pots", args=[scene.instance.pk]))
    found = {(one.pot.code, one.kind): one.pk for one in answer.context["accounts"]}
    url = reverse("account", args=[found["slow", "pot"]])
    assert f'href="{url}"' in answer.content.decode()
    assert "slow" in text_of(client.get(url))


@pytest.mark.req("POT-30", "I-14")
def test_pausing_names_its_effect_and_is_kept_with_its_reason(cast: Cast, scene: Scene, visit: Visit) -> None:
    contribute([cast.house.request(scene.source, "player_00077")], now=clock.now())
    client, url = visit("manager"), reverse("instance_pause", args=[scene.instance.pk])
    question = text_of(client.get(url))
    assert f"Pause {scene.instance.name}?" in question
    assert "1 source, 1 player seen today." in question
    assert "CONTRIBUTION_REJECTED" in question
    assert client.post(url, {"reason": ""}).status_code == 422
    answer = client.post(url, {"reason": "Maintenance"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("instance", args=[scene.instance.pk]))
    scene.instance.refresh_from_db()
    assert (scene.instance.state, scene.instance.state_reason) == (InstanceState.PAUSED, "Maintenance")
    entry = AuditEntry.objects.get(action="instance.paused")
    assert (entry.actor_name, entry.reason) == (cast.manager.email, "Maintenance")
    again = client.post(url, {"reason": "Twice"})
    assert again.status_code == 422
    assert "cannot become Paused" in text_of(again)
    assert "Twice" in text_of(again)
    client.post(reverse("instance_resume", args=[scene.instance.pk]), {"reason": ""})
    scene.instance.refresh_from_db()
    assert scene.instance.state == InstanceState.ACTIVE
    history = text_of(client.get(reverse("instance_history", args=[scene.instance.pk])))
    assert "instance.paused" in history
    assert "instance.active" in history
    assert_invariants()


@pytest.mark.req("POT-31", "B-14")
def test_activating_early_moves_the_start(cast: Cast, visit: Visit) -> None:
    ahead = cast.house.open(name="Later", starts_at=clock.now() + timedelta(days=30))
    client, url = visit("manager"), reverse("instance_activate", args=[ahead.pk])
    assert "is moved to now" in text_of(client.get(url))
    assert client.post(url, {"reason": ""}).status_code == 302
    ahead.refresh_from_db()
    assert ahead.state == InstanceState.ACTIVE
    assert ahead.starts_at is not None
    assert ahead.starts_at <= clock.now()
    answers = contribute([cast.house.request(ahead)], now=clock.now())
    assert getattr(answers[0], "instance_id", None) == ahead.pk
    assert client.post(url, {"reason": ""}).status_code == 422
    assert_invariants()


@pytest.mark.req("B-14", "B-25")
def test_terminating_asks_a_second_person_and_wants_the_name(cast: Cast, scene: Scene, visit: Visit) -> None:
    client, url = visit("manager"), reverse("instance_terminate", args=[scene.instance.pk])
    question = text_of(client.get(url))
    assert "it stays in the liability" in question
    assert "Its pots hold slow EUR" in question
    wrong = client.post(url, {"reason": "Over", "name": "Mega"})
    assert wrong.status_code == 422
    assert Approval.objects.filter(kind="instance.terminate").count() == 0
    answer = client.post(url, {"reason": "Over", "name": scene.instance.name})
    approval = Approval.objects.get(kind="instance.terminate")
    assert answer["Location"] == reverse("approval", args=[approval.pk])
    scene.instance.refresh_from_db()
    assert scene.instance.state == InstanceState.ACTIVE
    page = text_of(client.get(reverse("instance", args=[scene.instance.pk])))
    assert reverse("approval", args=[approval.pk]) in page
    cast.house.approve(approval)
    scene.instance.refresh_from_db()
    assert scene.instance.state == InstanceState.TERMINATED
    page = text_of(client.get(reverse("instance", args=[scene.instance.pk])))
    assert "Terminated" in page
    assert "data-pot=" not in page
    assert url not in page
    assert_invariants()


@pytest.mark.req("POT-10", "POT-11", "POT-12")
def test_opening_reads_times_in_the_viewers_zone(cast: Cast, scene: Scene, visit: Visit) -> None:
    cast.manager.time_zone = "Europe/Malta"
    cast.manager.save(update_fields=["time_zone"])
    sent = {
        "template_id": str(scene.instance.template_id), "name": "Summer", "owner": "thrilltech",
        "allowed_brands": [cast.brand1.pk], "allowed_sources": ["lobby"], "allowed_countries": "mt, de",
        "blocked_countries": "", "games": "starlight book", "starts_at": "2031-07-01T12:00", "ends_at": "",
    }  # fmt: skip
    client = visit("manager")
    assert "In Europe/Malta." in text_of(client.get(reverse("instance_open")))
    assert client.post(reverse("instance_open"), sent).status_code == 302
    made = Instance.objects.get(name="Summer")
    assert made.starts_at == datetime(2031, 7, 1, 10, tzinfo=UTC)
    assert (made.state, made.allowed_countries, made.games) == ("Pending", ["MT", "DE"], ["starlight", "book"])
    assert [row.brand_id for row in made.allowed_brands.all()] == [cast.brand1.pk]
    assert AuditEntry.objects.get(action="instance.opened", object_id=str(made.pk)).actor_name == cast.manager.email
    assert "01 Jul 2031, 12:00 CEST" in text_of(client.get(reverse("instance_schedule", args=[made.pk])))
    assert_invariants()


def test_a_wrong_form_keeps_what_was_typed(scene: Scene, visit: Visit) -> None:
    sent = {
        "template_id": str(scene.instance.template_id), "name": "Typed name", "owner": "thrilltech",
        "allowed_countries": "Atlantis", "starts_at": "2031-07-01T12:00", "ends_at": "2031-06-01T12:00",
    }  # fmt: skip
    answer = visit("manager").post(reverse("instance_open"), sent)
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'value="Typed name"' in page
    assert "longer than 3" in page
    answer = visit("manager").post(reverse("instance_open"), {**sent, "allowed_countries": "MT"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "The end must be after the start" in page
    assert "2031-07-01T12:00" in page
    assert not Instance.objects.filter(name="Typed name").exists()


def test_another_operators_brand_cannot_be_chosen(cast: Cast, scene: Scene, visit: Visit) -> None:
    sent = {"template_id": str(scene.instance.template_id), "name": "Sly", "owner": cast.rival_brand.pk}
    assert visit("manager").post(reverse("instance_open"), sent).status_code == 422
    assert not Instance.objects.filter(name="Sly").exists()
