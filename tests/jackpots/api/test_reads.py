"""GET routes of the gateway: instances behind sources, winners, sources, currencies."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from backoffice.core import clock
from jackpots.operations.pause_instance import pause_instance
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db
Get = Callable[..., "tuple[int, Any]"]


@pytest.fixture
def get(cast: Cast, client: Client) -> Get:
    """GET with the cast's token, or another: status and body."""

    def read(path: str, token: str | None = None) -> tuple[int, Any]:
        answer = client.get(path, headers={"Authorization": f"Bearer {token or cast.token}"})
        return answer.status_code, answer.json()

    return read


@pytest.mark.req("SRC-08", "B-27", "EVT-07", "EVT-08")
def test_the_instance_behind_a_source(cast: Cast, get: Get) -> None:
    status, body = get("/jackpots/instances/source/sitewide-casino/brand/thrilltech:brand1")
    assert status == 200
    changed = body.pop("last_updated")
    assert changed == clock.epoch_ms(cast.now)
    assert body == {
        "id": str(cast.instance.pk),
        "name": cast.instance.name,
        "owner_id": "thrilltech",
        "status": "Active",
        "jackpot_type": "Jackpot",
        "currency": "EUR",
        "allowed_brands": ["thrilltech:brand1", "thrilltech:brand2"],
        "allowed_sources": [],
        "pots": [
            {"id": "minor", "is_progressive": True, "current_value": 10},
            {"id": "mega", "is_progressive": True, "current_value": 100},
        ],
        "timestamp_start": None,
        "timestamp_end": None,
    }


@pytest.mark.req("SRC-09", "OPT-11")
def test_with_a_player_it_tells_the_opt_in(cast: Cast, get: Get) -> None:
    _, body = get("/jackpots/instances/source/sitewide-casino/brand/thrilltech:brand1?player_id=player_00001")
    assert body["opt_in"] == {
        "instance_id": str(cast.instance.pk),
        "player_id": "player_00001",
        "ext_player_id": "player_00001",
        "player_brand_id": "thrilltech:brand1",
        "preferred_contribution_value": [],
        "contribution_count": 0,
        "contribution_value": 0,
        "opted_in": False,
        "last_updated": None,
    }


@pytest.mark.req("SRC-08", "ERR-02", "ERR-06", "ERR-09", "ERR-10")
@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("source/nowhere/brand/thrilltech:brand1", 404, "GAME_NOT_FOUND"),
        ("source/empty/brand/thrilltech:brand1", 404, "SOURCE_JACKPOT_NOT_FOUND"),
        ("source/sitewide-casino/brand/thrilltech:nope", 403, "UNSUPPORTED_BRAND"),
        ("source/sitewide-casino/brand/rival:brand1", 403, "UNSUPPORTED_BRAND"),
        ("jackpot/0b9e6a7c-5d3f-4a52-9f1d-6c1f4de0a001/latest_winners", 404, "NOT_FOUND"),
        ("jackpot/not-an-id/pot_winners", 404, "NOT_FOUND"),
        ("source/a%00b/brand/thrilltech:brand1", 400, "INVALID_REQUEST"),
    ],
)
def test_what_is_not_there(cast: Cast, get: Get, path: str, status: int, code: str) -> None:
    cast.house.source_for(source_id="empty")
    answered, body = get(f"/jackpots/instances/{path}")
    assert (answered, body["status_code"], body["code"]) == (status, status, code)


@pytest.mark.req("ERR-09")
def test_a_foreign_brand_reads_like_an_unknown_one(cast: Cast, get: Get) -> None:
    _, foreign = get("/jackpots/instances/source/sitewide-casino/brand/rival:brand1")
    _, unknown = get("/jackpots/instances/source/sitewide-casino/brand/rival:brand9")
    assert foreign["message"].replace("brand1", "brand9") == unknown["message"]


@pytest.mark.req("SRC-08")
def test_a_jackpot_that_rests_is_still_shown(cast: Cast, get: Get) -> None:
    pause_instance(cast.instance.pk, reason="Maintenance", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    status, body = get("/jackpots/instances/source/sitewide-casino/brand/thrilltech:brand1")
    assert (status, body["status"]) == (200, "Paused")


@pytest.mark.req("SRC-03", "SRC-04", "SRC-06", "SRC-10")
def test_sources_of_a_brand_are_its_own_and_its_operators(cast: Cast, get: Get) -> None:
    cast.house.source_for(cast.instance, source_id="deposit", brand_id=cast.brand1.pk)
    cast.house.source_for(cast.instance, source_id="other", brand_id=cast.brand2.pk)
    status, body = get("/sources?owner_id=thrilltech:brand1")
    assert status == 200
    jackpots = [{"priority": 0, "owner_id": "thrilltech", "instance_id": str(cast.instance.pk)}]
    assert body == [
        {
            "owner_id": "thrilltech:brand1",
            "source_name": "deposit",
            "source_id": "deposit",
            "jackpots": jackpots,
        },
        {
            "owner_id": "thrilltech",
            "source_name": "sitewide-casino",
            "source_id": "sitewide-casino",
            "jackpots": jackpots,
        },
    ]
    _, whole = get("/sources?owner_id=thrilltech")
    assert [source["source_id"] for source in whole] == ["deposit", "other", "sitewide-casino"]


@pytest.mark.req("SRC-10", "B-06")
@pytest.mark.parametrize(
    ("owner", "status", "code"),
    [
        ("rival", 404, "NOT_FOUND"),
        ("rival:brand1", 404, "NOT_FOUND"),
        ("thrilltech:nope", 404, "NOT_FOUND"),
        ("", 400, "INVALID_REQUEST"),
    ],
)
def test_sources_of_others_do_not_exist(cast: Cast, get: Get, owner: str, status: int, code: str) -> None:
    assert cast.rival_source.source_id
    answered, body = get(f"/sources?owner_id={owner}")
    assert (answered, body["code"]) == (status, code)


@pytest.mark.req("CUR-01", "CUR-02", "CUR-03", "CUR-07")
def test_currencies(cast: Cast, get: Get) -> None:
    status, body = get("/currencies?brand_id=thrilltech:brand1")
    assert status == 200
    assert body == {
        "last_updated": clock.epoch_ms(cast.now),
        "base_currency": "EUR",
        "multipliers": {"EUR": 1, "GBP": 0.8592, "JPY": 163.5, "SEK": 11.6761, "USD": 1.0762},
    }
    assert get("/currencies")[1] == body
    assert get("/currencies?brand_id=rival:brand1")[1]["code"] == "UNSUPPORTED_BRAND"


@pytest.mark.req("GEN-04", "B-06")
@pytest.mark.parametrize(
    "path", ["/sources?owner_id=thrilltech", "/currencies", "/jackpots/instances/jackpot/x/pot_winners"]
)
@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nothing"}, {"Authorization": "Basic eA=="}])
def test_without_a_token_nothing_is_read(cast: Cast, client: Client, path: str, header: dict[str, str]) -> None:
    answer = client.get(path, headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="potluck"'


@pytest.mark.req("B-06", "ERR-10")
def test_problem_json_is_for_who_asks(cast: Cast, client: Client) -> None:
    answer = client.get(
        "/sources", headers={"Authorization": f"Bearer {cast.token}", "Accept": "application/problem+json"}
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json() == {
        "type": "/docs/errors/#invalid-request",
        "title": "Bad Request",
        "status": 400,
        "detail": "The parameter is missing.",
        "instance": "/sources",
        "code": "INVALID_REQUEST",
        "field": "owner_id",
    }


@pytest.mark.req("GEN-04")
def test_every_answer_names_the_request(cast: Cast, client: Client) -> None:
    headers = {"Authorization": f"Bearer {cast.token}", "X-Request-ID": "req-42"}
    assert client.get("/currencies", headers=headers).headers["X-Request-ID"] == "req-42"
    assert client.get("/sources", headers=headers).headers["X-Request-ID"] == "req-42"
    assert len(client.get("/currencies").headers["X-Request-ID"]) > 8
