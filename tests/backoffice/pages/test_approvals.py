"""The inbox and the page of a request."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from backoffice import subscriptions
from backoffice.accounts.models import Role, StaffUser
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.models import AuditEntry
from backoffice.audit.record import Actor
from backoffice.pages.approvals import KIND_WORDS, object_address
from jackpots.operations.create_template import create_template, described
from tests.backoffice.approvals.kit import HERE, ask, effects
from tests.backoffice.rows import member
from tests.cast import Cast, quiet_draft

pytestmark = pytest.mark.django_db
Browser = Callable[[StaffUser], Client]


@pytest.fixture(autouse=True)
def _effects(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(subscriptions.APPROVALS, "test.act", f"{HERE}.take_effect")
    effects.clear()
    yield
    effects.clear()


def page_of(asked: Approval) -> str:
    return reverse("approval", args=[asked.pk])


@pytest.mark.req("OFF-19")
def test_the_second_person_sees_what_changes_and_two_buttons(now: datetime, browser_of: Browser) -> None:
    asked = ask(member(Role.MANAGER), now)
    client = browser_of(member(Role.APPROVER))
    inbox = client.get(reverse("approvals")).content.decode()
    assert "Do the thing" in inbox
    assert "wait for you" in inbox.replace("waits", "wait")
    page = client.get(page_of(asked)).content.decode()
    for text in ("draft", "published", "pots main: seed", "It is time", "EUR 10.00", "the seed is small", "412"):
        assert text in page, text
    assert 'data-act="approve"' in page
    assert 'data-act="refuse"' in page


@pytest.mark.req("B-25")
def test_who_asked_sees_the_same_page_without_the_buttons_and_why(now: datetime, browser_of: Browser) -> None:
    admin = member()
    asked = ask(admin, now)
    client = browser_of(admin)
    page = client.get(page_of(asked)).content.decode()
    assert "data-act" not in page
    assert "somebody else decides" in page
    refused = client.post(page_of(asked), {"act": "approve", "reason": "yes"})
    assert refused.status_code == 422
    assert "a second person must" in refused.content.decode()
    assert effects == []
    client.post(page_of(asked), {"act": "withdraw"})
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_the_second_person_approves_and_the_log_knows_the_request(now: datetime, browser_of: Browser) -> None:
    asked = ask(member(Role.MANAGER), now)
    client = browser_of(member(Role.APPROVER))
    response = client.post(page_of(asked), {"act": "approve", "reason": ""}, headers={"X-Request-ID": "r-1"})
    assert (response.status_code, effects) == (302, [("approved", "thing")])
    assert "data-act" not in client.get(page_of(asked)).content.decode()
    entry = AuditEntry.objects.get(action="approval.approved")
    assert (entry.request_id, entry.address) == ("r-1", "127.0.0.1")


def test_a_refusal_without_a_reason_keeps_the_page(now: datetime, browser_of: Browser) -> None:
    asked = ask(member(Role.MANAGER), now)
    client = browser_of(member(Role.APPROVER))
    assert client.post(page_of(asked), {"act": "refuse", "reason": ""}).status_code == 422
    assert client.post(page_of(asked), {"act": "sing", "reason": "la"}).status_code == 422
    assert client.post(page_of(asked), {"act": "refuse", "reason": "no"}).status_code == 302


def test_who_may_not_decide_is_told_so(now: datetime, browser_of: Browser) -> None:
    asked = ask(member(Role.MANAGER), now)
    client = browser_of(member(Role.ANALYST))
    page = client.get(page_of(asked)).content.decode()
    assert "does not decide" in page
    assert client.post(page_of(asked), {"act": "approve"}).status_code == 422
    assert effects == []


def test_a_foreign_request_is_404(now: datetime, browser_of: Browser) -> None:
    asked = ask(member(Role.MANAGER), now)
    client = browser_of(member(Role.APPROVER, owner="rival"))
    assert client.get(page_of(asked)).status_code == 404
    assert client.post(page_of(asked), {"act": "approve"}).status_code == 404
    assert "Do the thing" not in client.get(reverse("approvals")).content.decode()


def test_the_filters_know_whose_turn_it_is(now: datetime, browser_of: Browser) -> None:
    manager, approver = member(Role.MANAGER), member(Role.APPROVER)
    ask(manager, now)
    for viewer, turn, is_there in (
        (approver, "mine", True),
        (approver, "asked", False),
        (manager, "mine", False),
        (manager, "asked", True),
    ):
        page = browser_of(viewer).get(reverse("approvals"), {"turn": turn}).content.decode()
        assert ("Do the thing" in page) is is_there


@pytest.mark.parametrize("kind", [kind for kind in subscriptions.APPROVALS if kind != "test.act"])
def test_every_kind_has_a_word_and_leads_to_what_it_is_about(kind: str) -> None:
    object_id = "7" if kind.startswith(("staff.", "player.")) else "5e0c1f2a-0000-5000-8000-000000000000"
    asked = Approval(kind=kind, object_id=object_id)
    assert kind in KIND_WORDS
    assert asked.object_id in object_address(asked) or kind == "policy.change"
    assert object_address(asked).startswith("/office/")


@pytest.mark.req("B-25")
def test_a_template_is_described_in_the_words_of_people(cast: Cast) -> None:
    person = cast.manager
    draft = create_template(
        quiet_draft(name="Told"), scope=cast.house.scope, created_by=person, actor=Actor.staff(person), now=cast.now
    )
    request = Request(
        kind="template.publish",
        operator_id=draft.operator_id,
        object_id=str(draft.pk),
        title="Publish it",
        reason="Go",
        after=described(draft),
    )
    asked = request_approval(request, requested_by=person, actor=Actor.staff(person), now=cast.now)
    client = Client()
    client.force_login(cast.approver)
    page = client.get(reverse("approval", args=[asked.pk])).content.decode()
    for text in (
        "Paid by the operator",
        "Share of the house",
        "Pot minor: drops from",
        "Pot mega: odds, 1 in",
        "drops by probability",
        "Opt-in needed",
        "EUR 1,000.00",
    ):
        assert text in page, text
    for raw in ("contribution ppm", "household", "max magic", "_ppm", "_micros", "is progressive"):
        assert raw not in page, raw
