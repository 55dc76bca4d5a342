"""The simulation's pages: started, watched, read; the policy and its second person; what publishing says."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.approvals.models import Approval
from jackpots.models import SimulationReport, Template
from jackpots.operations.play_simulation import play_simulation
from jackpots.rules.policy import Policy
from jackpots.tasks import play_simulations
from tests.cast import NO_LIMITS, Cast, sure_draft
from tests.jackpots.web.conftest import Scene, text_of

Visit = Callable[[str], Client]


@pytest.mark.req("OFF-18", "POT-01")
def test_a_simulation_is_started_watched_and_read(cast: Cast, scene: Scene, visit: Visit) -> None:
    cast.house.allow(Policy())
    client, url = visit("manager"), reverse("template_simulation", args=[scene.draft.pk])
    before = text_of(client.get(url))
    assert "It was not simulated yet" in before
    assert "Return to player by pot" in before, "the figures by formula need no play"
    answer = client.post(url, {"contributions": "20000", "contributions_a_day": "5000", "seed": "3"})
    made = SimulationReport.objects.get(template=scene.draft)
    assert answer["Location"] == f"{url}?report={made.pk}"
    assert (made.contributions, made.contributions_a_day, made.seed) == (20_000, 5_000, 3)
    part = reverse("template_report", args=[scene.draft.pk, made.pk])
    waiting = text_of(client.get(part))
    assert "It waits for a worker." in waiting
    assert f'hx-get="{part}"' in waiting
    play_simulation(made.pk, now=cast.now, most=1_000)
    assert "Played 1,000 of 60,000 contributions." in text_of(client.get(part))
    assert play_simulations() == 3
    answer = client.get(part)
    assert "The simulation is done" in answer["HX-Trigger"]
    done = text_of(answer)
    assert "Done: the template is within the policy." in done
    assert "hx-get" not in done
    page = text_of(client.get(url))
    for said in ("By formula", "Played alone", "Played together", "20,000 in each run", "Contributions to a hit"):
        assert said in page
    assert "No pot alone returns more than 100.00 %" in page


@pytest.mark.req("OFF-18")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"contributions": "7", "seed": "1"}, "Select a valid choice"),
        ({"contributions": "20000", "seed": ""}, "Seed"),
        ({"contributions": "20000", "seed": "1", "contributions_a_day": "many"}, "Enter a whole number"),
    ],
)
def test_a_plan_that_cannot_be_read_is_said_at_its_field(
    scene: Scene, visit: Visit, typed: dict[str, str], said: str
) -> None:
    url = reverse("template_simulation", args=[scene.draft.pk])
    answer = visit("manager").post(url, typed)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not SimulationReport.objects.filter(template=scene.draft).exists()


@pytest.mark.req("B-09", "OFF-18")
def test_what_the_policy_refuses_is_said_with_its_figures(cast: Cast, visit: Visit) -> None:
    client = visit("manager")
    made = cast.house.publish(sure_draft())
    client.post(reverse("template_new_version", args=[made.pk]), {"reason": ""})
    draft = Template.objects.get(lineage_id=made.lineage_id, version=2)
    publish = reverse("template_publish", args=[draft.pk])
    assert "is to be simulated first" in text_of(client.get(publish))
    assert client.post(publish, {"reason": "Go"}).status_code == 422
    policy = reverse("simulation_policy")
    limits = {"maximum_pot_rtp_ppm": "100", "maximum_rtp_ppm": "100"}
    answer = client.post(policy, {**limits, "reason": "Back to normal"})
    approval = Approval.objects.get(kind="policy.change", state="pending")
    assert answer["Location"] == reverse("approval", args=[approval.pk])
    assert "already awaits" in text_of(client.post(policy, {**limits, "reason": "Again"}))
    cast.house.approve(approval)
    cast.house.simulate(draft)
    page = text_of(client.get(publish))
    assert "The policy does not let" in page
    assert "Pot main alone returns" in page
    refused = client.post(publish, {"reason": "Go"})
    assert refused.status_code == 422
    assert not Approval.objects.filter(kind="template.publish", object_id=str(draft.pk)).exists()
    address = reverse("template_simulation", args=[draft.pk])
    assert "Done: the policy does not let it through." in text_of(client.get(address))
    cast.house.allow(NO_LIMITS)
    assert "Done: the template is within the policy." in text_of(client.get(address)), "another policy judges anew"
    assert "The policy does not let" not in text_of(client.get(publish))
    assert client.post(publish, {"reason": "Go"}).status_code == 302


@pytest.mark.req("B-25")
def test_everybody_sees_the_policy_and_those_who_may_ask_for_another(cast: Cast, scene: Scene, visit: Visit) -> None:
    assert "Nothing is limited." in text_of(visit("analyst").get(reverse("simulation_policy")))
    cast.house.allow(Policy())
    url = reverse("simulation_policy")
    looked = text_of(visit("analyst").get(url))
    assert "All pots together return no more than 100.00 %" in looked
    assert "Ask for the change" not in looked
    assert visit("analyst").post(url, {"reason": "Mine"}).status_code == 403
    assert visit("manager").post(url, {"maximum_rtp_ppm": "-1", "reason": "x"}).status_code == 422
    assert "the limits already" in text_of(
        visit("manager").post(url, {"maximum_pot_rtp_ppm": "100", "maximum_rtp_ppm": "100", "reason": "x"})
    )
