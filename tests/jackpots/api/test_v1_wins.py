"""/api/v1/wins, /api/v1/opt-ins and /api/v1/liability: what is owed, who says so, and what it comes to."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from backoffice.accounts.models import StaffUser
from backoffice.core import json
from jackpots.models import Win
from jackpots.operations.contribute import contribute
from tests.cast import Cast, sure_draft
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db
Call = Callable[..., "tuple[int, Any]"]


@pytest.fixture
def call(cast: Cast) -> Call:
    """A request of a member of staff, or of the service account for None: status and body."""

    def send(user: StaffUser | None, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        client = Client()
        headers = {}
        if user is None:
            headers["Authorization"] = f"Bearer {cast.token}"
        else:
            client.force_login(user)
        content = b"" if body is None else json.encode(body)
        answer = client.generic(method, f"/api/v1/{path}", content, content_type="application/json", headers=headers)
        return answer.status_code, json.decode(answer.content)

    return send


@pytest.fixture
def won(cast: Cast) -> Win:
    """A win that is owed, of a player who plays in SEK."""
    instance = cast.house.open(sure_draft())
    contribute([cast.house.request(instance, currency="SEK")], now=cast.now)
    return instance.wins.get()


@pytest.mark.req("B-13", "B-02", "WIN-01")
def test_a_win_is_settled_by_a_second_person(cast: Cast, call: Call, won: Win) -> None:
    status, shown = call(cast.analyst, "GET", f"wins/{won.pk}/")
    assert (status, shown["state"], shown["pot_id"], shown["currency"], shown["player_currency"]) == (
        200, "owed", "main", "EUR", "SEK",
    )  # fmt: skip
    assert shown["value"] == shown["cost"] + shown["residual"] == Decimal(won.value_micros) / 1_000_000
    assert shown["pay"] == Decimal(won.pay_micros) / 1_000_000

    body = {"reference": "bank-77", "reason": "Paid by bank"}
    status, approval = call(cast.manager, "POST", f"wins/{won.pk}/request-settlement/", body)
    assert (status, approval["kind"], approval["after"]["reference"]) == (202, "win.settle", "bank-77")
    assert call(cast.analyst, "GET", f"wins/{won.pk}/")[1]["state"] == "owed"
    status, decided = call(cast.approver, "POST", f"approvals/{approval['id']}/decide/", {"approved": True})
    assert (status, decided["state"]) == (200, "approved")
    settled = call(cast.analyst, "GET", f"wins/{won.pk}/")[1]
    assert (settled["state"], settled["reference"], settled["approval_id"]) == ("settled", "bank-77", approval["id"])
    assert_invariants()


@pytest.mark.req("B-13", "WIN-02")
def test_a_win_is_withheld_and_released(cast: Cast, call: Call, won: Win) -> None:
    status, withheld = call(cast.manager, "POST", f"wins/{won.pk}/withhold/", {"reason": "Country check"})
    assert (status, withheld["state"], withheld["state_reason"]) == (200, "withheld", "Country check")
    assert call(cast.manager, "POST", f"wins/{won.pk}/withhold/", {"reason": "Again"})[0] == 400
    _, approval = call(cast.manager, "POST", f"wins/{won.pk}/request-release/", {"reason": "All is well"})
    call(cast.approver, "POST", f"approvals/{approval['id']}/decide/", {"approved": True})
    assert call(cast.analyst, "GET", "wins/?state=owed")[1]["results"][0]["id"] == str(won.pk)
    assert_invariants()


@pytest.mark.parametrize(
    "body", [{"reason": "x"}, {"reference": "x"}, {"reason": "x", "reference": "", "state": "settled"}]
)
def test_a_settlement_needs_a_reference_and_a_reason(cast: Cast, call: Call, won: Win, body: dict[str, str]) -> None:
    status, refused = call(cast.manager, "POST", f"wins/{won.pk}/request-settlement/", body)
    assert (status, refused["code"]) == (400, "INVALID_REQUEST")


@pytest.mark.req("OPT-01", "OPT-08")
def test_machines_opt_players_in(cast: Cast, call: Call) -> None:
    body = {
        "instance_id": str(cast.instance.pk), "brand_id": "thrilltech:brand1", "player_id": "player_1",
        "player_country": "MT", "opt_in": True,
    }  # fmt: skip
    status, made = call(None, "POST", "opt-ins/", body)
    assert (status, made["opted_in"], made["player_id"]) == (200, True, "player_1")
    assert call(cast.manager, "GET", "opt-ins/?opted_in=true")[1]["results"] == [made]
    assert call(None, "POST", "opt-ins/", body | {"opt_in": False})[1]["opted_in"] is False
    assert call(None, "POST", "opt-ins/", body | {"brand_id": "rival:brand1"})[1]["code"] == "UNSUPPORTED_BRAND"
    assert call(None, "POST", "opt-ins/", body | {"opted_at": "now"})[1]["field"] == "opted_at"


@pytest.mark.req("OFF-17", "B-15", "G-20")
def test_the_liability_adds_up_and_is_reconciled(cast: Cast, call: Call, won: Win) -> None:
    status, report = call(cast.analyst, "GET", "liability/?range=all")
    assert status == 200
    assert report["first"] is None
    rows = {row["instance_id"]: row for row in report["rows"]}
    assert set(rows) == {str(cast.instance.pk), str(won.instance_id)}
    for row in report["rows"]:
        flows = row["flows"]
        came = (
            flows["contributions_to_pots"] + flows["contributions_to_seeds"] + flows["house_funding"] + flows["boosts"]
        )
        assert row["opening"] + came - flows["payouts"] + flows["transfers"] + row["other_brands"] == row["closing"]
        assert sum(row["held"].values()) == row["closing"]
    (check,) = report["checks"]
    assert (check["currency"], check["difference"], check["is_reconciled"]) == ("EUR", 0, True)
    assert check["reported"] == sum(row["closing"] for row in rows.values())
    only = call(None, "GET", f"liability/?range=all&instance_id={won.instance_id}")[1]
    assert {row["instance_id"] for row in only["rows"]} == {str(won.instance_id)}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("range=soon", "range"),
        ("first=yesterday", "first"),
        ("last=1999-12-31", "last"),
        ("instance_id=x", "instance_id"),
        ("rnage=all", "rnage"),
    ],
)
def test_a_range_that_cannot_be_meant_is_refused(cast: Cast, call: Call, query: str, field: str) -> None:
    status, body = call(cast.analyst, "GET", f"liability/?{query}")
    assert (status, body["field"]) == (400, field)


def test_days_can_be_named(cast: Cast, call: Call) -> None:
    _, report = call(cast.analyst, "GET", "liability/?first=2026-03-01&last=2026-03-31")
    assert (report["first"], report["last"]) == ("2026-03-01", "2026-03-31")
    assert {(row["month"], row["opening"]) for row in report["rows"]} == {("2026-03-01", 0)}
