"""What scripts rely on: the demo's contract."""

import json
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from backoffice.routing import STAFF_TICKER_PATH
from jackpots.models import Instance


@pytest.fixture
def contract(transactional_db: None) -> dict[str, Any]:
    call_command("seed_demo", contributions=0)
    said = StringIO()
    call_command("demo_contract", stdout=said)
    found: dict[str, Any] = json.loads(said.getvalue())
    return found


@pytest.mark.req("B-25", "B-28")
def test_the_contract_names_who_and_what_the_demo_holds(contract: dict[str, Any]) -> None:
    assert set(contract) == {
        "web_url", "edge_url", "staff", "service_accounts", "brands", "sources", "instances", "sockets",
        "database_url", "redis_url",
    }  # fmt: skip
    assert contract["web_url"].startswith("http://127.0.0.1:")
    assert contract["edge_url"].startswith("http://127.0.0.1:")
    assert contract["database_url"] == settings.DATABASE_URL
    assert contract["redis_url"] == settings.REDIS_URL
    assert contract["sockets"] == [f"/{STAFF_TICKER_PATH}"]
    assert contract["brands"] == ["thrilltech:brand1", "thrilltech:brand2", "rival:brand1"]
    who = {(member["email"], member["role"], member["operator_id"]) for member in contract["staff"]}
    assert {
        ("admin@thrilltech.example", "operator_admin", "thrilltech"),
        ("approver@thrilltech.example", "approver", "thrilltech"),
        ("manager@thrilltech.example", "manager", "thrilltech"),
        ("analyst@thrilltech.example", "analyst", "thrilltech"),
        ("manager@rival.example", "manager", "rival"),
        ("root@potluck.example", "platform_admin", None),
    } <= who


def test_sources_and_instances_are_those_of_the_database(contract: dict[str, Any]) -> None:
    sources = {source["source_id"]: source for source in contract["sources"]}
    assert {"sitewide-casino", "deposit", "egyptian-games", "provider-game-code"} <= sources.keys()
    assert {sources[name]["owner_id"] for name in ("sitewide-casino", "deposit")} == {"thrilltech"}
    instances = {instance["instance_id"]: instance for instance in contract["instances"]}
    assert set(instances) == {str(key) for key in Instance.objects.values_list("pk", flat=True)}
    for source in contract["sources"]:
        assert source["instance_ids"], source
        assert {instances[key]["owner_id"] for key in source["instance_ids"]} == {source["owner_id"]}
    for instance in contract["instances"]:
        assert instance.keys() == {"instance_id", "name", "owner_id", "state", "currency", "pot_ids"}
        assert instance["pot_ids"]
    assert "Active" in {instance["state"] for instance in contract["instances"]}


@pytest.mark.req("GEN-05")
def test_the_logins_work(contract: dict[str, Any], client: Client) -> None:
    for member in contract["staff"]:
        visitor = Client()
        answer = visitor.post("/accounts/login/", {"login": member["email"], "password": member["password"]})
        assert answer.status_code == 302, member["email"]
        assert "_auth_user_id" in visitor.session
    for account in contract["service_accounts"]:
        login = {"username": account["username"], "password": account["password"]}
        answer = client.post("/authenticate/service", login, content_type="application/json")
        assert answer.status_code == 200, account["username"]
        assert answer.json()["token"]


def test_production_has_no_demo(settings: Any) -> None:
    settings.ENVIRONMENT = "production"
    with pytest.raises(CommandError, match="production"):
        call_command("demo_contract")
