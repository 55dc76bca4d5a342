"""Templates: terms in words and figures, drafts by form, and the request to publish."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.approvals.models import Approval
from backoffice.audit.models import AuditEntry
from jackpots.models import Template, TemplateState
from jackpots.operations.change_template import change_template
from tests.cast import EUR, SYSTEM, Cast, quiet_draft, value_pot
from tests.jackpots.web.conftest import Scene, text_of

Visit = Callable[[str], Client]


def typed(**changes: Any) -> dict[str, Any]:
    """A template with one pot, as a browser sends it."""
    sent = {
        "name": "By hand", "owner": "thrilltech", "currency": "eur", "contribution_micros": "0.10",
        "operator_contribution_ppm": "100", "household_ppm": "30", "minimum_base_wager_micros": "",
        "maximum_base_wager_micros": "1,000", "pots-TOTAL_FORMS": "1", "pots-INITIAL_FORMS": "0",
        "pots-0-code": "mini", "pots-0-kind": "value", "pots-0-share_ppm": "70", "pots-0-seed_share_ppm": "12.5",
        "pots-0-initial_seed_micros": "10", "pots-0-min_reseed_micros": "5", "pots-0-value_from_micros": "20",
        "pots-0-value_to_micros": "40", "pots-0-max_magic_number": "999", "pots-0-is_progressive": "on",
    }  # fmt: skip
    return sent | changes


@pytest.mark.req("POT-03", "POT-04", "OFF-18")
def test_the_page_tells_the_terms_in_words_and_figures(scene: Scene, visit: Visit) -> None:
    page = text_of(visit("analyst").get(reverse("template", args=[scene.instance.template_id])))
    assert "Each contribution is EUR 0.10. The operator pays all of it." in page
    assert "The house keeps 30 % of it" in page
    assert "1 in 1 for each EUR 0.10 contributed" in page
    assert "next seed" in page
    assert "EUR 0.02" in page
    assert "All pots together" in page
    assert "RTP" in page
    assert "returns" in page
    assert "of what is contributed" in page


@pytest.mark.req("POT-05", "POT-06")
def test_a_draft_is_written_exactly_as_it_was_typed(cast: Cast, visit: Visit) -> None:
    answer = visit("manager").post(reverse("template_new"), typed())
    made = Template.objects.get(name="By hand")
    assert answer["Location"] == reverse("template", args=[made.pk])
    assert (made.currency, made.contribution_micros, made.household_ppm) == ("EUR", 100_000, 300_000)
    assert (made.minimum_base_wager_micros, made.maximum_base_wager_micros) == (None, 1_000 * EUR)
    pot = made.pots.get()
    assert (pot.share_ppm, pot.seed_share_ppm, pot.value_to_micros) == (700_000, 125_000, 40 * EUR)
    assert (pot.max_magic_number, pot.cost_per_attempt_micros) == (None, None)
    assert AuditEntry.objects.get(action="template.created", object_id=str(made.pk)).actor_name == cast.manager.email


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Name: This field is required."),
        ({"currency": "EURO"}, "Currency: Ensure this value has at most 3"),
        ({"currency": "ABC"}, "Currency: ABC is not an ISO 4217 currency."),
        ({"pots-0-share_ppm": "70.00001"}, "at most four decimals of a percent"),
        ({"contribution_micros": "0.0000001"}, "The amount has more than 6 decimals."),
        ({"pots-0-code": "Mini!"}, "Pot 1, Code"),
        ({"pots-0-code": "MINI"}, "A code is of small letters"),
        ({"pots-TOTAL_FORMS": "0"}, "A template needs a pot."),
    ],
)
def test_what_cannot_be_written_is_said_and_nothing_is_lost(
    cast: Cast, visit: Visit, wrong: dict[str, str], said: str
) -> None:
    before = Template.objects.count()
    answer = visit("manager").post(reverse("template_new"), typed(maximum_base_wager_micros="777") | wrong)
    page = text_of(answer)
    assert (answer.status_code, Template.objects.count()) == (422, before)
    assert said in page
    assert 'value="777"' in page


def test_pots_come_go_and_change_places_without_a_script(cast: Cast, visit: Visit) -> None:
    client, url = visit("manager"), reverse("template_new")
    answer = client.post(url, typed(act="add-pots", name="Kept"))
    form = answer.context["form"]
    assert answer.status_code == 200
    assert 'value="Kept"' in text_of(answer)
    assert [pot["code"].value() for pot in form.pots.forms] == ["mini", None]
    assert "autofocus" in str(form.pots.forms[1]["code"])
    assert "needs your attention" not in text_of(answer)
    two = typed(**{"pots-TOTAL_FORMS": "2", "pots-1-code": "mega", "pots-1-kind": "probability"})
    moved = client.post(url, two | {"act": "up-pots-1"}).context["form"].pots.forms
    assert [pot["code"].value() for pot in moved] == ["mega", "mini"]
    left = client.post(url, two | {"act": "remove-pots-0"}).context["form"].pots.forms
    assert [pot["code"].value() for pot in left] == ["mega"]
    assert client.post(url, two | {"act": "remove-pots-99", "pots-TOTAL_FORMS": "many"}).status_code == 200
    assert not Template.objects.filter(name__in=["Kept", "By hand"]).exists()


@pytest.mark.req("POT-05")
def test_the_preview_judges_what_is_being_typed_and_stores_nothing(cast: Cast, visit: Visit) -> None:
    client, url = visit("manager"), reverse("template_preview")
    before = (Template.objects.count(), AuditEntry.objects.count())
    good = text_of(client.post(url, typed(name="")))
    assert "Nothing keeps it from being published but a simulation" in good
    assert '<strong class="num">100 %</strong>' in good
    assert "split-bar" in good
    assert "By formula" in good
    short = text_of(client.post(url, typed(household_ppm="20")))
    assert "The house keeps, %" in short
    assert "sum to 90.00 %" in short
    assert "10 % missing" in short
    player = text_of(client.post(url, typed(operator_contribution_ppm="50")))
    assert "Set up a wallet first" in player
    unread = text_of(client.post(url, typed(**{"pots-0-share_ppm": "a lot"})))
    assert "The figures follow" in unread
    assert "Share of a contribution" in unread
    assert (Template.objects.count(), AuditEntry.objects.count()) == before


@pytest.mark.req("POT-06")
def test_a_draft_is_edited_and_a_published_template_is_not(cast: Cast, scene: Scene, visit: Visit) -> None:
    client, url = visit("manager"), reverse("template_edit", args=[scene.draft.pk])
    page = text_of(client.get(url))
    assert 'value="Next season"' in page
    assert "owner" not in client.get(url).context["form"].fields
    assert client.post(url, typed(name="Renamed")).status_code == 302
    scene.draft.refresh_from_db()
    assert (scene.draft.name, scene.draft.pots.count()) == ("Renamed", 1)
    entry = AuditEntry.objects.get(action="template.changed")
    assert entry.before is not None
    assert entry.before["name"] == "Next season"
    assert client.get(reverse("template_edit", args=[scene.instance.template_id])).status_code == 404
    assert client.post(reverse("template_edit", args=[scene.instance.template_id]), typed()).status_code == 404


@pytest.mark.req("B-25", "POT-06")
def test_publication_is_asked_for_with_evidence_and_decided_by_another(cast: Cast, scene: Scene, visit: Visit) -> None:
    client = visit("manager")
    made = client.post(reverse("template_new_version", args=[scene.instance.template_id]), {"reason": ""})
    version = Template.objects.get(version=2)
    assert made["Location"] == reverse("template_edit", args=[version.pk])
    changed = quiet_draft(name="Mega Lucky", contribution_micros=EUR // 5, pots=(value_pot(share_ppm=700_000),))
    change_template(version.pk, changed, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    cast.house.simulate(version)
    url = reverse("template_publish", args=[version.pk])
    page = text_of(client.get(url))
    assert "What changes against version 1" in page
    assert "EUR 0.10" in page
    assert "EUR 0.20" in page
    assert "Return to player" in page
    assert client.post(url, {"reason": ""}).status_code == 422
    answer = client.post(url, {"reason": "Dearer"})
    approval = Approval.objects.get(kind="template.publish", object_id=str(version.pk))
    assert answer["Location"] == reverse("approval", args=[approval.pk])
    twice = client.post(url, {"reason": "Again"})
    assert twice.status_code == 422
    assert "already awaits" in text_of(twice)
    assert "once that is decided" in text_of(
        client.post(reverse("template_delete", args=[version.pk]), {"reason": "Oh no"})
    )
    cast.house.approve(approval)
    version.refresh_from_db()
    assert version.state == TemplateState.PUBLISHED
    listed = client.get(f"{reverse('templates')}?versions=newest&q=Mega").context["table"].rows
    assert [row.record.version for row in listed] == [2]


@pytest.mark.req("POT-06", "CON-25")
def test_a_player_funded_template_is_drafted_and_not_published(cast: Cast, visit: Visit) -> None:
    client = visit("manager")
    client.post(reverse("template_new"), typed(name="Players pay", operator_contribution_ppm="0"))
    made = Template.objects.get(name="Players pay")
    url = reverse("template_publish", args=[made.pk])
    page = text_of(client.get(url))
    assert "cannot be published as it is" in page
    assert "Set up a wallet first" in page
    answer = client.post(url, {"reason": "Please"})
    assert answer.status_code == 422
    assert "the operator has no wallet" in text_of(answer)
    assert not Approval.objects.filter(object_id=str(made.pk)).exists()


def test_a_draft_is_deleted_and_the_log_keeps_what_it_said(scene: Scene, visit: Visit) -> None:
    client = visit("manager")
    url = reverse("template_delete", args=[scene.draft.pk])
    assert "its 2 pots are gone" in text_of(client.get(url))
    assert client.post(url, {"reason": "Never mind"})["Location"] == reverse("templates")
    assert not Template.objects.filter(pk=scene.draft.pk).exists()
    entry = AuditEntry.objects.get(action="template.deleted")
    assert entry.reason == "Never mind"
    assert entry.before is not None
    assert entry.before["name"] == "Next season"
    kept = client.post(reverse("template_delete", args=[scene.instance.template_id]), {"reason": "Away"})
    assert kept.status_code == 422
    assert Template.objects.filter(pk=scene.instance.template_id).exists()
