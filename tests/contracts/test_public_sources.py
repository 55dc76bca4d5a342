"""GET /v1/thrillpots/sources: the list of sources for pages in players' browsers."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from jackpots.api import public
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PATH = "/v1/thrillpots/sources"


@pytest.fixture(autouse=True)
def uncounted() -> None:
    cache.delete("limit:public:127.0.0.1")


def read(**query: str) -> tuple[int, Any]:
    answer = Client().get(PATH, query_params=query)
    return answer.status_code, answer.json()


@pytest.mark.req("SRC-11", "SRC-10", "I-12")
@pytest.mark.parametrize("owner_id", ["thrilltech", "thrilltech:brand1", "thrilltech:brand2"])
def test_it_answers_what_the_gateway_answers(cast: Cast, owner_id: str) -> None:
    cast.house.source_for(cast.instance, source_id="deposit", brand_id=cast.brand1.pk)
    headers = {"Authorization": f"Bearer {cast.token}"}
    theirs = Client().get("/sources", query_params={"owner_id": owner_id}, headers=headers)
    ours = Client().get(PATH, query_params={"owner_id": owner_id})
    assert ours.status_code == theirs.status_code == 200
    assert ours.content == theirs.content
    assert ours.json()
    assert ours.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in ours.headers


@pytest.mark.req("SRC-11", "B-06")
@pytest.mark.parametrize("owner_id", ["nobody", "nobody:brand1", "thrilltech:nope", "thrilltech:", "a\0b"])
def test_unknown_owners_do_not_exist(cast: Cast, owner_id: str) -> None:
    status, body = read(owner_id=owner_id)
    code = "INVALID_REQUEST" if "\0" in owner_id else "NOT_FOUND"
    assert (status, body["status_code"], body["code"]) == (400 if "\0" in owner_id else 404, status, code)


@pytest.mark.req("SRC-11", "B-06")
def test_who_is_switched_off_is_unknown(cast: Cast) -> None:
    assert read(owner_id="thrilltech:brand1")[0] == 200
    cast.brand1.is_active = False
    cast.brand1.save()
    assert read(owner_id="thrilltech:brand1")[0] == 404
    cast.operator.is_active = False
    cast.operator.save()
    assert read(owner_id="thrilltech") == (
        404,
        {"status_code": 404, "code": "NOT_FOUND", "message": "There is no such owner.", "field": "owner_id"},
    )
    assert read() == (
        400,
        {
            "status_code": 400,
            "code": "INVALID_REQUEST",
            "message": "The parameter is missing.",
            "field": "owner_id",
        },
    )


@pytest.mark.req("SRC-11", "B-06")
def test_too_many_reads_from_an_address_wait(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "READS_PER_MINUTE", 2)
    assert [read(owner_id="thrilltech")[0] for _ in range(3)] == [200, 200, 429]
    answer = Client().get(PATH, query_params={"owner_id": "thrilltech"})
    assert (answer.json()["code"], answer.headers["Retry-After"]) == ("TOO_MANY_REQUESTS", "60")


@pytest.mark.req("SRC-11", "B-06")
def test_behind_a_proxy_each_caller_is_counted_alone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    monkeypatch.setattr(public, "READS_PER_MINUTE", 1)
    callers = ["198.51.100.1", "198.51.100.2", "198.51.100.1"]
    for caller in callers:
        cache.delete(f"limit:public:{caller}")
    answers = [
        Client().get(PATH, query_params={"owner_id": "thrilltech"}, headers={"X-Forwarded-For": f"1.2.3.4, {caller}"})
        for caller in callers
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
