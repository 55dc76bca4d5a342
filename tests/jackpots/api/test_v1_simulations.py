"""Simulations over /api/v1/: asked for, followed, read."""

import pytest
from django.test import Client

from jackpots.models import Template
from jackpots.operations.create_template import create_template
from jackpots.tasks import play_simulations
from tests.cast import SYSTEM, Cast, quiet_draft


@pytest.mark.req("POT-01", "GEN-02")
def test_a_simulation_is_asked_for_and_read(cast: Cast) -> None:
    draft: Template = create_template(
        quiet_draft(), scope=cast.house.scope, created_by=cast.manager, actor=SYSTEM, now=cast.now
    )
    client = Client()
    client.force_login(cast.manager)
    address = f"/api/v1/templates/{draft.pk}"
    plan = {"contributions": 500, "contributions_a_day": 1_000, "seed": 5}
    answer = client.post(f"{address}/simulate/", plan, content_type="application/json")
    made = answer.json()
    assert (answer.status_code, made["state"], made["to_play"]) == (202, "queued", 1_500)
    again = client.post(f"{address}/simulate/", plan, content_type="application/json").json()
    assert again["id"] == made["id"]
    assert play_simulations() == 1
    (read,) = client.get(f"{address}/simulations/").json()
    assert (read["state"], read["played"], read["is_within_policy"]) == ("complete", 1_500, True)
    assert [run["name"] for run in read["figures"]["runs"]] == ["together", "minor", "mega"]
    assert {pot["code"]: pot["rtp_ppm"] for pot in read["formulas"]["pots"]}.keys() == {"minor", "mega"}
    assert read["requested_by"] == cast.manager.email
    refused = client.post(f"{address}/simulate/", {"contributions": 0}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "INVALID_REQUEST")
