"""Pages offer who is limited to brands nothing that would be refused, and say why."""

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.accounts.models import StaffUser
from backoffice.accounts.viewer import scope_of
from backoffice.approvals.queries import count_waiting
from integrations.models import Integration, IntegrationState
from integrations.operations.disconnect_integration import disconnect_integration
from tests.authorization import machines
from tests.authorization.pages import _event_letter, _tripped
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db
WHY = "somebody without limits can change it"


def limit(person: StaffUser, *brand_ids: str) -> Client:
    person.brand_ids = list(brand_ids)
    person.save()
    client = Client()
    client.force_login(person)
    return client


def acts_on(stage: Cast) -> dict[str, list[str]]:
    """Pages, and the addresses of acts that they offer to who has no limits."""
    letter = _event_letter(stage)["pk"]
    feed = _tripped(stage)["key"]
    instance, source, template = stage.instance.pk, stage.source.pk, stage.template.pk
    return {
        reverse("instance", args=[instance]): [reverse("instance_pause", args=[instance])],
        reverse("instances"): [reverse("instance_pause", args=[instance])],
        reverse("source", args=[source]): [
            reverse("source_map", args=[source]),
            reverse("source_unmap", args=[source, instance]),
        ],
        reverse("template", args=[template]): [reverse("template_new_version", args=[template])],
        reverse("integration", args=[feed]): [
            reverse("integration_restart", args=[feed]),
            reverse("integration_disconnect", args=[feed]),
        ],
        reverse("integrations"): [reverse("integration_disconnect", args=[feed])],
        reverse("event_dead_letter", args=[letter]): [reverse("event_dead_letter_replay", args=[letter])],
    }


@pytest.mark.req("GEN-02", "B-25")
def test_what_would_be_refused_is_not_to_be_pressed(stage: Cast) -> None:
    pages = acts_on(stage)
    free, tied = Client(), limit(stage.manager, stage.brand2.pk)
    free.force_login(stage.house.person("manager", "free"))
    for address, acts in pages.items():
        offered, refused = free.get(address).content.decode(), tied.get(address).content.decode()
        for act in acts:
            assert f'href="{act}' in offered, address
            assert f'href="{act}' not in refused, address
        assert WHY not in offered, address
        assert WHY in refused, address


@pytest.mark.req("GEN-02", "B-25")
def test_a_request_of_the_operators_waits_for_nobody_who_is_limited(stage: Cast) -> None:
    asked = machines._pending(stage).kwargs["pk"]
    assert count_waiting(stage.approver, scope_of(stage.approver)) == 1
    client = limit(stage.approver, stage.brand1.pk)
    assert count_waiting(stage.approver, scope_of(stage.approver)) == 0
    page = client.get(reverse("approval", args=[asked])).content.decode()
    assert WHY in page
    assert 'value="approve"' not in page


@pytest.mark.req("GEN-02", "B-25")
def test_a_refused_page_says_why(stage: Cast) -> None:
    answer = limit(stage.manager, stage.brand2.pk).get(reverse("instance_pause", args=[stage.instance.pk]))
    assert answer.status_code == 403
    assert WHY in answer.content.decode()


@pytest.mark.req("B-25")
def test_a_feed_of_one_brand_is_that_brands_to_approve_and_to_end(stage: Cast) -> None:
    limit(stage.approver, stage.brand1.pk)
    limit(stage.manager, stage.brand1.pk)
    integration = machines._submitted(stage)
    assert integration.approval is not None
    assert integration.approval.brand_id == stage.brand1.pk
    assert count_waiting(stage.approver, scope_of(stage.approver)) == 1
    stage.house.approve(integration.approval)
    scope = scope_of(stage.manager)
    disconnect_integration(integration.pk, reason="Over", scope=scope, actor=SYSTEM, now=stage.now)
    assert Integration.objects.get().state == IntegrationState.DISCONNECTED


@pytest.mark.req("B-25")
def test_the_brand_switch_takes_nothing_from_who_has_no_limits(stage: Cast) -> None:
    client = Client()
    client.force_login(stage.manager)
    address = reverse("instance_pause", args=[stage.instance.pk])
    answer = client.post(f"{address}?brand={stage.brand1.pk}", {"reason": "Rest"})
    assert answer.status_code == 302
    stage.instance.refresh_from_db()
    assert stage.instance.state == "Paused"
