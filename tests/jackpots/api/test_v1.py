"""/api/v1/: jackpots' resources, as members of staff and services use them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.audit.models import AuditEntry
from backoffice.core import json
from jackpots.models import Instance, Template
from jackpots.operations.contribute import contribute
from tests.cast import Cast
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db
Call = Callable[..., "tuple[int, Any]"]
BrowserOf = Callable[[StaffUser], Client]


@pytest.fixture
def call(browser_of: BrowserOf) -> Call:
    """A request of a member of staff: status and body."""

    def send(user: StaffUser, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        content = b"" if body is None else json.encode(body)
        answer = browser_of(user).generic(method, f"/api/v1/{path}", content, content_type="application/json")
        return answer.status_code, json.decode(answer.content) if answer.content else None

    return send


TEMPLATE: dict[str, Any] = {
    "name": "Weekend",
    "currency": "EUR",
    "contribution": Decimal("0.10"),
    "household_ppm": 300_000,
    "opt_in_required": False,
    "pots": [
        {
            "id": "mini",
            "kind": "value",
            "share_ppm": 700_000,
            "seed_share_ppm": 850_000,
            "initial_seed": 10,
            "min_reseed": 10,
            "value_from": 20,
            "value_to": Decimal("40.5"),
        }
    ],
}


@pytest.mark.req("POT-01", "GEN-02")
def test_from_a_draft_to_a_running_jackpot_by_two_people(cast: Cast, call: Call) -> None:
    status, draft = call(cast.manager, "POST", "templates/", TEMPLATE)
    assert status == 201, draft
    assert (draft["state"], draft["version"], draft["owner_id"]) == ("Draft", 1, "thrilltech")
    assert (draft["contribution"], draft["pots"][0]["value_to"]) == (Decimal("0.1"), Decimal("40.5"))

    changed = TEMPLATE | {"name": "Long weekend"}
    assert call(cast.manager, "PUT", f"templates/{draft['id']}/", changed)[1]["name"] == "Long weekend"

    cast.house.simulate(Template.objects.get(pk=draft["id"]))
    status, approval = call(cast.manager, "POST", f"templates/{draft['id']}/request-publication/", {"reason": "Go"})
    assert (status, approval["state"], approval["kind"]) == (202, "pending", "template.publish")
    status, refused = call(cast.manager, "POST", f"approvals/{approval['id']}/decide/", {"approved": True})
    assert (status, refused["code"]) == (403, "FORBIDDEN"), "a manager decides nothing"
    status, decided = call(cast.approver, "POST", f"approvals/{approval['id']}/decide/", {"approved": True})
    assert (status, decided["state"], decided["decided_by"]) == (200, "approved", cast.approver.email)

    body = {"template_id": draft["id"], "name": "Weekend 1", "allowed_brands": ["thrilltech:brand1"]}
    status, opened = call(cast.manager, "POST", "instances/", body)
    assert (status, opened["state"], opened["allowed_brands"]) == (201, "Active", ["thrilltech:brand1"])
    assert [(pot["id"], pot["current_value"]) for pot in opened["pots"]] == [("mini", 10)]

    status, paused = call(cast.manager, "POST", f"instances/{opened['id']}/pause/", {"reason": "Maintenance"})
    assert (status, paused["state"], paused["state_reason"]) == (200, "Paused", "Maintenance")
    assert call(cast.manager, "POST", f"instances/{opened['id']}/resume/", {"reason": "Done"})[1]["state"] == "Active"
    status, asked = call(cast.manager, "POST", f"instances/{opened['id']}/request-termination/", {"reason": "Over"})
    assert (status, asked["kind"]) == (202, "instance.terminate")
    assert Instance.objects.get(pk=opened["id"]).state == "Active"
    call(cast.approver, "POST", f"approvals/{asked['id']}/decide/", {"approved": True, "reason": "Yes"})
    assert call(cast.analyst, "GET", f"instances/{opened['id']}/")[1]["state"] == "Terminated"
    entry = AuditEntry.objects.filter(action="instance.paused").first()
    assert entry is None or entry.actor_name == cast.manager.email
    assert_invariants()


@pytest.mark.req("B-25")
def test_who_asked_cannot_decide(cast: Cast, call: Call) -> None:
    _, draft = call(cast.admin, "POST", "templates/", TEMPLATE)
    cast.house.simulate(Template.objects.get(pk=draft["id"]))
    _, approval = call(cast.admin, "POST", f"templates/{draft['id']}/request-publication/", {"reason": "Go"})
    status, body = call(cast.admin, "POST", f"approvals/{approval['id']}/decide/", {"approved": True})
    assert (status, body["code"]) == (403, "FORBIDDEN")
    assert "second person" in body["message"]
    assert Approval.objects.get(pk=approval["id"]).state == "pending"
    assert Template.objects.get(pk=draft["id"]).state == "Draft"


@pytest.mark.req("B-06")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"state": "Published"}, "state"),
        ({"owner_id": "rival"}, "owner_id"),
        ({"name": None}, "name"),
        ({"contribution": "0.10"}, "contribution"),
        ({"contribution": Decimal("0.0000001")}, "contribution"),
        ({"currency": "XXX"}, "currency"),
        ({"pots": []}, "pots"),
        ({"pots": [{"id": "a", "kind": "magic", "share_ppm": 1}]}, "pots.0.kind"),
        ({"pots": [TEMPLATE["pots"][0] | {"odds": 5}]}, "pots.0.odds"),
        ({"household_ppm": 1_000_001}, "household_ppm"),
    ],
)
def test_a_draft_says_what_it_may_and_nothing_else(cast: Cast, call: Call, change: dict[str, Any], field: str) -> None:
    status, body = call(cast.admin, "POST", "templates/", TEMPLATE | change)
    assert (status, body["code"], body["field"]) == (404 if field == "owner_id" else 400, body["code"], field)
    assert Template.objects.filter(operator=cast.operator).count() == 1


@pytest.mark.req("B-06")
@pytest.mark.parametrize("extra", ["operator_id", "state", "created_by", "approval_id"])
def test_an_instance_is_opened_with_no_more_than_its_fields(cast: Cast, call: Call, extra: str) -> None:
    body = {"template_id": str(cast.template.pk), "name": "Mine", extra: "x"}
    status, refused = call(cast.admin, "POST", "instances/", body)
    assert (status, refused["code"], refused["field"]) == (400, "INVALID_REQUEST", extra)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("instances/?state=Active", 1),
        ("instances/?state=Ended", 0),
        ("instances/?name=SITE", 1),
        ("instances", 1),
        ("pots/?id=mega", 1),
        ("sources/?source_id=sitewide-casino", 1),
        ("contributions/", 3),
        ("contributions/?won=true", 0),
        ("contributions/?player_id=player_00002", 1),
        ("contributions/?accepted_after=2026-03-15T00:00:00Z", 0),
        ("contributions/?accepted_before=2026-03-15T00:00:00Z", 3),
        ("templates/?state=Published", 1),
        ("approvals/?kind=template.publish", 1),
    ],
)
def test_lists_are_filtered(cast: Cast, call: Call, path: str, expected: int) -> None:
    requests = [cast.request(f"player_0000{number}") for number in (1, 2, 3)]
    contribute(requests, now=cast.now)
    status, body = call(cast.manager, "GET", path)
    assert (status, len(body["results"])) == (200, expected)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("instances/?sate=Active", "sate"),
        ("instances/?state=Nope", "state"),
        ("contributions/?instance_id=x", "instance_id"),
        ("contributions/?accepted_after=yesterday", "accepted_after"),
        ("contributions/?player_id=%00", "player_id"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused(cast: Cast, call: Call, path: str, field: str) -> None:
    status, body = call(cast.manager, "GET", path)
    assert (status, body["code"], body["field"]) == (400, "INVALID_REQUEST", field)


@pytest.mark.req("B-06")
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[" * 60_000, 400, "INVALID_REQUEST"),
        (b'{"name": "%s"}' % (b"x" * 70_000), 413, "PAYLOAD_TOO_LARGE"),
        (b"{", 400, "INVALID_REQUEST"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(cast: Cast, body: bytes, status: int, code: str) -> None:
    answer = Client().generic(
        "POST", "/api/v1/opt-ins/", body, "application/json", headers={"Authorization": f"Bearer {cast.token}"}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_cursor_walks_through_everything_once(cast: Cast, client: Client) -> None:
    contribute([cast.request(f"player_{number}") for number in range(7)], now=cast.now)
    path: str | None = "/api/v1/contributions/?page_size=3"
    seen: list[str] = []
    sizes = []
    while path:
        page = client.get(path, headers={"Authorization": f"Bearer {cast.token}"}).json()
        sizes.append(len(page["results"]))
        seen += [row["player_id"] for row in page["results"]]
        path = page["next"]
    assert sizes == [3, 3, 1]
    assert sorted(seen) == [f"player_{number}" for number in range(7)]


@pytest.mark.req("CUR-07", "I-23")
def test_amounts_are_exact_numbers(cast: Cast, call: Call) -> None:
    contribute([cast.request(base_wager_micros=100_217_500, currency="SEK", metadata={"a": 1})], now=cast.now)
    _, body = call(cast.analyst, "GET", "contributions/")
    row = body["results"][0]
    assert row["base_wager"] == Decimal("100.2175")
    assert (row["contribution_amount"], row["currency"]) == (Decimal("1.16761"), "SEK")
    assert (row["amount"], row["jackpot_currency"], row["rate"]) == (Decimal("0.1"), "EUR", Decimal("11.6761"))
    assert row["metadata"] == {"a": 1}
    assert "draws" not in row


@pytest.mark.req("SRC-01", "SRC-13", "SRC-05")
def test_sources_are_created_and_mapped(cast: Cast, call: Call) -> None:
    status, made = call(cast.manager, "POST", "sources/", {"source_id": "deposit", "owner_id": "thrilltech:brand2"})
    assert (status, made["owner_id"], made["jackpots"]) == (201, "thrilltech:brand2", [])
    mapping = {"instance_id": str(cast.instance.pk), "priority": 3}
    status, mapped = call(cast.manager, "POST", f"sources/{made['key']}/map/", mapping)
    assert (status, mapped["jackpots"][0]["priority"]) == (200, 3)
    status, emptied = call(
        cast.manager, "POST", f"sources/{made['key']}/unmap/", {"instance_id": mapping["instance_id"]}
    )
    assert (status, emptied["jackpots"]) == (200, [])


@pytest.mark.req("B-26")
def test_a_session_writes_only_with_the_csrf_token(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.manager)
    path = f"/api/v1/instances/{cast.instance.pk}/pause/"
    answer = browser.post(path, {"reason": "x"}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert "CSRF" in answer.json()["message"]
    cast.instance.refresh_from_db()
    assert cast.instance.state == "Active"


def test_a_member_who_is_switched_off_reads_nothing(cast: Cast, browser_of: BrowserOf) -> None:
    browser = browser_of(cast.analyst)
    assert browser.get("/api/v1/instances/").status_code == 200
    cast.analyst.is_active = False
    cast.analyst.save()
    assert browser.get("/api/v1/instances/").status_code == 401
