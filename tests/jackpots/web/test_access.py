"""Who gets to see and to do what: roles, other operators, nobody; and nothing happens on a refused act."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.accounts.rights import has_right
from backoffice.approvals.models import Approval
from backoffice.audit.models import AuditEntry
from jackpots.models import Instance, Multiplier, Source, SourceMapping, Template, Win
from jackpots.web.urls import urlpatterns
from tests.cast import Cast
from tests.jackpots.web.conftest import ELSEWHERE, FORMS, LISTS, OBJECT_PAGES, Scene, build_scene

Visit = Callable[[str], Client]
RIGHT: dict[str, str] = {
    str(pattern.name): str(getattr(pattern.callback, "view_class").right)  # noqa: B009 - a view's attribute that Django adds
    for pattern in urlpatterns
}
ACTS = {
    "instance_pause": {"reason": "a break"},
    "instance_resume": {"reason": "on again"},
    "instance_activate": {"reason": "early"},
    "instance_terminate": {"reason": "over", "name": "Mega Lucky 1"},
    "template_new_version": {"reason": "more"},
    "template_publish": {"reason": "ready"},
    "template_delete": {"reason": "no"},
    "template_simulation": {"contributions": "20000", "seed": "1"},
    "source_map": {"instance_id": "", "priority": "7"},
    "source_unmap": {"reason": "away"},
    "winner_withhold": {"reason": "odd"},
    "winner_settle": {"reason": "paid", "reference": "BANK-1"},
    "winner_release": {"reason": "fine"},
    "winner_cancel": {"reason": "forged"},
    "instance_boost": {"reason": "more", "pot-main": "5"},
    "instance_boost_refund": {"reason": "less", "pot-main": "5"},
    "instance_sweep": {"reason": "over", "to": "house"},
}


def everything() -> list[object]:
    """What an act could change, in a form that compares."""
    rows: list[object] = [
        list(Instance.objects.order_by("pk").values_list("pk", "state", "changed_at")),
        list(Template.objects.order_by("pk").values_list("pk", "state")),
        list(SourceMapping.objects.order_by("pk").values_list("pk", "priority")),
        list(Source.objects.order_by("pk").values_list("pk")),
        list(Win.objects.order_by("pk").values_list("pk", "state", "reference")),
        list(Multiplier.objects.order_by("pk").values_list("pk", "multiplier")),
    ]
    return [*rows, Approval.objects.count(), AuditEntry.objects.count()]


def test_no_page_is_left_out_of_these_tests() -> None:
    previews = {
        "template_preview", "template_report", "currencies_preview", "instance_switch_preview",
        "instance_schedule_preview",
    }  # fmt: skip
    known = {*OBJECT_PAGES, *LISTS, *FORMS, *ELSEWHERE, *previews, "source_unmap"}
    assert {pattern.name for pattern in urlpatterns} == known


@pytest.mark.req("B-25", "GEN-04")
@pytest.mark.parametrize("who", ["admin", "manager", "approver", "analyst"])
def test_a_page_is_open_to_who_has_its_right_and_403_to_others(
    cast: Cast, scene: Scene, visit: Visit, who: str
) -> None:
    client, person = visit(who), cast.house.staff[who]
    pages = {**scene.addresses(), **{name: reverse(name) for name in (*LISTS, *FORMS)}}
    answers = {name: client.get(url).status_code for name, url in pages.items()}
    wanted = {name: 200 if has_right(person, RIGHT[name]) else 403 for name in pages}
    assert answers == wanted


@pytest.mark.req("B-25")
def test_the_platform_sees_every_operator_and_changes_nothing(cast: Cast, scene: Scene, visit: Visit) -> None:
    rival = build_scene(cast.rival_house)
    client = visit("root")
    listed = client.get(reverse("instances")).content.decode()
    assert str(scene.instance.pk) in listed
    assert str(rival.instance.pk) in listed
    assert client.get(reverse("instance", args=[rival.instance.pk])).status_code == 200
    assert client.get(f"{reverse('instances')}?operator=rival").context["count"] == 1
    before = everything()
    for name, sent in ACTS.items():
        assert client.post(scene.addresses()[name], sent).status_code == 403, name
    assert everything() == before


@pytest.mark.req("GEN-03", "B-25")
def test_rows_of_another_operator_are_not_there(cast: Cast, scene: Scene, visit: Visit) -> None:
    client = visit("rival")
    before = everything()
    for name, url in scene.addresses().items():
        assert client.get(url).status_code == 404, name
    for name, sent in ACTS.items():
        assert client.post(scene.addresses()[name], sent).status_code == 404, name
    assert everything() == before
    for name in LISTS:
        page = client.get(reverse(name)).content.decode()
        assert "player_00042" not in page, name
        assert str(scene.instance.pk) not in page, name


@pytest.mark.req("B-25")
@pytest.mark.parametrize("who", ["approver", "analyst"])
def test_a_refused_act_leaves_no_trace(scene: Scene, visit: Visit, who: str) -> None:
    client = visit(who)
    before = everything()
    for name, sent in ACTS.items():
        assert client.post(scene.addresses()[name], sent).status_code == 403, name
    for name in (*FORMS, "template_preview", "currencies_preview"):
        assert client.post(reverse(name), {}).status_code == 403, name
    assert everything() == before


def test_nobody_is_led_to_the_login(scene: Scene) -> None:
    for url in (*scene.addresses().values(), *(reverse(name) for name in (*LISTS, *FORMS))):
        answer = Client().get(url)
        assert (answer.status_code, answer["Location"].startswith("/accounts/login/")) == (302, True)


@pytest.mark.req("GEN-03")
def test_a_brand_limited_viewer_sees_what_is_open_to_the_brand(cast: Cast, scene: Scene, visit: Visit) -> None:
    own = cast.house.open(name="For brand two", allowed_brand_ids=(cast.brand2.pk,))
    person = cast.house.person("manager", "limited", brand_ids=[cast.brand2.pk])
    client = Client()
    client.force_login(person)
    other = cast.house.open(name="For brand one", allowed_brand_ids=(cast.brand1.pk,))
    assert client.get(reverse("instance", args=[own.pk])).status_code == 200
    assert client.get(reverse("instance", args=[other.pk])).status_code == 404
    assert client.get(reverse("winner", args=[scene.win.pk])).status_code == 404
    assert client.get(reverse("contribution", args=[scene.contribution.pk])).status_code == 404
    shared = client.get(reverse("instance", args=[scene.instance.pk])).content.decode()
    assert "to a brand that is not yours" in shared
    assert "player_00042" not in shared
