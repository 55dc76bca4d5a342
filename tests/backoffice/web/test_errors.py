"""What machines are told where no route answers: the same form of error as everywhere."""

import pytest
from django.test import Client

ADDRESSES = ["/jackpots/nothing", "/sources/nothing/here", "/v1/nothing", "/api/v1/nothing/", "/nothing"]


@pytest.mark.req("G-07")
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_unknown_route_answers_a_problem_to_who_asks_for_one(address: str) -> None:
    answer = Client().get(address, headers={"Accept": "application/problem+json"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    body = answer.json()
    assert (body["status"], body["code"], body["instance"]) == (404, "NOT_FOUND", address)
    assert {"type", "title", "detail"} <= set(body)


@pytest.mark.req("G-07")
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_unknown_route_answers_the_usual_error_to_the_others(address: str) -> None:
    answer = Client().get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")
    assert answer.json()["status_code"] == 404
    assert answer.json()["code"] == "NOT_FOUND"
