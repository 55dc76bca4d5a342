"""Boosts, cancellations, switches, sweeps and links through their pages: what is said before, and what is asked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.approvals.models import Approval
from jackpots.models import InstanceLink, ModelSwitch, Pot
from jackpots.operations.withhold_win import withhold_win
from tests.cast import EUR, SYSTEM, Cast, probability_pot, quiet_draft, value_pot
from tests.invariants import assert_invariants
from tests.jackpots.web.conftest import Scene, text_of

Visit = Callable[[str], Client]


def shown(client: Client, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    return text_of(answer)


def sent(client: Client, page: str, *args: Any, query: str = "", **values: Any) -> Any:
    return client.post(reverse(page, args=args) + query, values)


def approve(cast: Cast) -> Approval:
    return cast.house.approve(Approval.objects.get(state="pending"))


@pytest.mark.req("SED-03", "SED-04", "G-13")
def test_several_pots_are_boosted_in_one_go_and_refunded(cast: Cast, scene: Scene, visit: Visit) -> None:
    client, key = visit("manager"), scene.instance.pk
    page = shown(client, "instance_boost", key)
    assert "What can be won now does not change" in page
    assert sent(client, "instance_boost", key, reason="Spring").status_code == 422
    wrong = sent(client, "instance_boost", key, **{"reason": "Spring", "pot-main": "x"})
    assert wrong.status_code == 422
    answer = sent(client, "instance_boost", key, **{"reason": "Spring", "pot-main": "25", "pot-slow": "1.5"})
    assert answer.status_code == 302
    for approval in Approval.objects.filter(state="pending"):
        assert approval.kind == "pot.boost"
        cast.house.approve(approval)
    assert dict(Pot.objects.filter(instance=key).values_list("code", "boost_micros")) == {
        "main": 25 * EUR, "slow": 3 * EUR // 2,
    }  # fmt: skip
    refund = shown(client, "instance_boost_refund", key)
    assert "slow EUR 1.50 and main EUR 25.00" in refund
    too_much = sent(client, "instance_boost_refund", key, **{"reason": "Less", "pot-main": "26"})
    assert "no more can be refunded" in text_of(too_much)
    assert sent(client, "instance_boost_refund", key, **{"reason": "Less", "pot-main": "25"}).status_code == 302
    approve(cast)
    assert Pot.objects.get(instance=key, code="main").boost_micros == 0
    assert_invariants()


@pytest.mark.req("SED-03", "B-25")
def test_of_several_requests_all_are_stored_or_none(scene: Scene, visit: Visit) -> None:
    client, key = visit("manager"), scene.instance.pk
    assert sent(client, "instance_boost", key, **{"reason": "Spring", "pot-main": "5"}).status_code == 302
    again = sent(client, "instance_boost", key, **{"reason": "Spring", "pot-main": "5", "pot-slow": "5"})
    assert "already awaits a decision" in text_of(again)
    assert Approval.objects.filter(kind="pot.boost").count() == 1


@pytest.mark.req("G-12", "WIN-02")
def test_a_withheld_win_says_why_and_is_cancelled(cast: Cast, scene: Scene, visit: Visit) -> None:
    client, key = visit("manager"), scene.win.pk
    withhold_win(key, reason="Two accounts", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert "Two accounts" in shown(client, "winner", key)
    page = shown(client, "winner_cancel", key)
    assert "to the seed reserve of main" in page
    assert "It was withheld because: Two accounts" in page
    assert sent(client, "winner_cancel", key, reason="Forged").status_code == 302
    approval = approve(cast)
    assert "Cancelled" in shown(client, "winner", key)
    assert "seed reserve" in shown(visit("approver"), "approval", approval.pk)
    assert_invariants()


@pytest.mark.req("POT-01", "B-14")
def test_a_switch_shows_its_dry_run_and_is_asked_for(cast: Cast, scene: Scene, visit: Visit) -> None:
    client, key = visit("manager"), scene.instance.pk
    big = probability_pot("big", position=1, share_ppm=400_000)
    template = cast.house.publish(quiet_draft(name="Next", pots=(value_pot("slow", share_ppm=300_000), big)))
    query = f"?template={template.pk}"
    page = shown(client, "instance_switch", key, query=query)
    assert "The shares of main are 0 % together" in page
    assert "retired" in page
    grid = page.partition("From, to")[2].partition("</table>")[0]
    assert [grid.count(f'name="{source}--{target}"') for source in ("slow", "main") for target in ("slow", "big")] == [
        1, 1, 1, 1,
    ]  # fmt: skip
    shares = {"slow--slow": "100", "main--big": "100"}
    dry = sent(client, "instance_switch_preview", key, query=query, **shares)
    assert "Nothing stands in the way" in text_of(dry)
    assert "Sum, conserved" in text_of(dry)
    half = sent(client, "instance_switch", key, query=query, reason="Next", **(shares | {"main--big": "99"}))
    assert half.status_code == 422
    assert "The shares of main are 99 % together" in text_of(half)
    odd = text_of(sent(client, "instance_switch", key, query=query, reason="Next", **(shares | {"main--big": "101"})))
    assert 'aria-describedby="id_main--big_error"' in odd
    assert sent(client, "instance_switch", key, query=query, reason="Next", **shares).status_code == 302
    asked = Approval.objects.get(state="pending")
    page = shown(visit("approver"), "approval", asked.pk)
    for words in ("pots main: value", "mapping main: to big", "100 %", "Every running cycle ends"):
        assert words in page
    assert "Switch Mega Lucky" in shown(client, "instance", key)
    approve(cast)
    assert ModelSwitch.objects.count() == 1
    for name in ("instance", "instance_pots", "instance_winners", "instance_draws", "instance_history"):
        assert shown(client, name, key)
    assert "a switch of the model" in shown(client, "draw", scene.running.pk)
    assert client.get(reverse("instance_switch", args=[key]) + "?template=nothing").status_code == 404
    assert_invariants()


@pytest.mark.req("B-14")
def test_what_is_left_is_shown_and_transferred(cast: Cast, scene: Scene, visit: Visit) -> None:
    client, key = visit("manager"), scene.instance.pk
    other = cast.house.open(quiet_draft(name="Heir"))
    assert "What is left" not in shown(client, "instance", key)
    sent(client, "instance_terminate", key, reason="Over", name=scene.instance.name)
    approve(cast)
    assert "What is left" in shown(client, "instance", key)
    page = shown(client, "instance_sweep", key)
    assert "Back to the house's funding" in page
    assert f"{other.name}: seed reserve of mega" in page
    assert sent(client, "instance_sweep", key, reason="Over", to="").status_code == 422
    pot = Pot.objects.get(instance=other, code="mega")
    assert sent(client, "instance_sweep", key, reason="Over", to=str(pot.pk)).status_code == 302
    approval = approve(cast)
    assert "What is left" not in shown(client, "instance", key)
    assert Pot.objects.get(pk=pot.pk).seed_micros > 100 * EUR
    assert "reserve of the pot that is fed" in shown(visit("approver"), "approval", approval.pk)
    assert_invariants()


@pytest.mark.req("SRC-13", "POT-02")
def test_jackpots_are_linked_and_unlinked(cast: Cast, scene: Scene, visit: Visit) -> None:
    client, key = visit("manager"), scene.instance.pk
    other = cast.house.open(quiet_draft(name="Fed too"))
    assert other.name in shown(client, "instance_links", key)
    assert sent(client, "instance_links", key, linked="").status_code == 422
    assert sent(client, "instance_links", key, linked=str(other.pk)).status_code == 302
    assert "Unlink…" in shown(client, "instance_links", key)
    assert "It is fed by" in shown(client, "instance_links", other.pk)
    page = shown(client, "instance_unlink", key, other.pk)
    assert f"no longer feed {other.name}" in page
    assert sent(client, "instance_unlink", key, other.pk).status_code == 302
    assert not InstanceLink.objects.exists()
    assert client.get(reverse("instance_unlink", args=[key, other.pk])).status_code == 404
