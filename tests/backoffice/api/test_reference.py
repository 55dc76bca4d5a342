"""The API reference: offline, complete, and as committed."""

import re
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client

PAGE = "/api/v1/docs/"


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    answer = Client().get("/api/v1/schema/")
    assert answer.status_code == 200
    described: dict[str, Any] = yaml.safe_load(answer.content)
    return described


@pytest.mark.req("GEN-14")
def test_the_description_holds_both_kinds_of_routes(description: dict[str, Any]) -> None:
    assert str(description["openapi"]).startswith("3.1")
    paths = description["paths"]
    routes = {"/authenticate/service", "/sources", "/jackpots/optin", "/api/v1/instances/", "/api/v1/liability/"}
    assert routes <= set(paths)
    for form in ("source", "instance"):
        servers = paths[f"/jackpots/contribute/{form}"]["post"]["servers"]
        assert [server["url"] for server in servers] == ["{edge_url}", "/"]
    schemas = description["components"]["schemas"]
    assert schemas["ContributionToSource"]["properties"]["base_wager"]["type"] == "number"
    assert schemas["ContributionResult"]["properties"]["contribution_amount"] == {"type": "number"}
    assert "default" in paths["/sources"]["get"]["responses"]


@pytest.mark.req("GEN-14")
def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    named = set(re.findall(r"#/components/schemas/(\w+)", str(description)))
    assert named <= set(description["components"]["schemas"])


@pytest.mark.req("GEN-14")
def test_the_committed_description_is_this_one(description: dict[str, Any]) -> None:
    committed = yaml.safe_load((settings.BASE_DIR / "docs/api/openapi.yaml").read_text())
    assert committed == description, "run `make schema`"


@pytest.mark.req("B-29", "GEN-14")
def test_the_page_asks_no_other_host_and_relaxes_styles_only() -> None:
    answer = Client().get(PAGE)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert re.findall(r'(?:src|href)="(?!/)[^"]*"', page) == []
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", page), "no script stands in the page"
    script = Client().get(PAGE + "?script=")
    assert "https://" not in script.content.decode()
    policy = {part.split()[0]: part.split()[1:] for part in answer.headers["Content-Security-Policy"].split("; ")}
    assert policy["style-src"] == ["'self'", "'unsafe-inline'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["default-src"] == ["'self'"]


def test_no_other_answer_is_relaxed() -> None:
    assert "unsafe-inline" not in Client().get("/api/v1/instances/").headers["Content-Security-Policy"]
