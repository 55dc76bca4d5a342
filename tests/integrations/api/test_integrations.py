"""/api/v1/integrations: submitted by one person, decided by another, never edited, secrets never shown."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from backoffice.accounts.models import StaffUser
from backoffice.core import json
from integrations.models import Integration
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db
Call = Callable[..., "tuple[int, Any]"]

FEED: dict[str, Any] = {
    "kind": "fasttrack",
    "name": "Casino feed",
    "transport": "rabbitmq",
    "settings": {
        "brands": [{"origin": "sub.example.com", "brand_id": "thrilltech:brand1"}],
        "default_source_id": "sitewide-casino",
    },
    "connection": {"host": "broker.example.com", "queue": "bets"},
    "credentials": {"username": "us", "password": "hush-hush"},
    "reason": "The casino goes live.",
}


@pytest.fixture
def call(cast: Cast) -> Call:
    def send(user: StaffUser, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        client = Client()
        client.force_login(user)
        content = b"" if body is None else json.encode(body)
        answer = client.generic(method, f"/api/v1/{path}", content, content_type="application/json")
        assert b"hush-hush" not in answer.content
        return answer.status_code, json.decode(answer.content)

    set_kind_flag(Switch("thrilltech", "fasttrack", is_enabled=True), actor=SYSTEM, now=cast.now)
    return send


@pytest.mark.req("B-25", "G-22")
def test_the_first_person_is_refused_and_the_second_connects(cast: Cast, call: Call) -> None:
    status, made = call(cast.admin, "POST", "integrations/", FEED)
    assert (status, made["state"], made["has_credentials"]) == (201, "awaiting_approval", True)
    assert made["settings"]["default_source_id"] == "sitewide-casino"
    assert made["connection"]["host"] == "broker.example.com"
    decide = f"approvals/{made['approval_id']}/decide/"
    status, refused = call(cast.admin, "POST", decide, {"approved": True})
    assert (status, refused["code"]) == (403, "FORBIDDEN")
    assert Integration.objects.get().state == "awaiting_approval"
    assert call(cast.approver, "POST", decide, {"approved": True})[0] == 200
    assert call(cast.analyst, "GET", "integrations/?state=active")[1]["results"][0]["id"] == made["id"]
    status, ended = call(cast.manager, "POST", f"integrations/{made['id']}/disconnect/", {"reason": "Moved"})
    assert (status, ended["state"], ended["state_reason"]) == (200, "disconnected", "Moved")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_nothing_is_edited(cast: Cast, call: Call, method: str) -> None:
    _, made = call(cast.admin, "POST", "integrations/", FEED)
    assert call(cast.admin, method, f"integrations/{made['id']}/", {"name": "x"})[0] == 405


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"kind": "magic"}, 400, "kind"),
        ({"transport": "pigeon"}, 400, "transport"),
        ({"settings": {"brands": []}}, 400, "brands"),
        ({"settings": FEED["settings"] | {"odds": 1}}, 400, "odds"),
        ({"credentials": {"username": "us"}}, 400, "password"),
        ({"credentials": {"token": "us"}}, 400, "credentials.token"),
        ({"state": "active"}, 400, "state"),
        ({"reason": ""}, 400, "reason"),
        ({"owner_id": "rival"}, 404, None),
    ],
)
def test_a_submission_says_what_it_may(
    cast: Cast, call: Call, change: dict[str, Any], status: int, field: str | None
) -> None:
    answered, body = call(cast.admin, "POST", "integrations/", FEED | change)
    assert (answered, body.get("field")) == (status, field), body
    assert not Integration.objects.exists()


def test_a_kind_that_is_off_is_refused(cast: Cast, call: Call) -> None:
    set_kind_flag(Switch("thrilltech", "fasttrack", is_enabled=False), actor=SYSTEM, now=cast.now)
    status, body = call(cast.admin, "POST", "integrations/", FEED)
    assert (status, body["code"]) == (403, "FORBIDDEN")
