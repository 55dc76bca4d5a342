"""POST /authenticate/service."""

import time

import pytest
from django.test import Client

from backoffice.accounts.models import ServiceToken
from backoffice.accounts.tokens import digest_of
from backoffice.audit.models import AuditEntry
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
PATH = "/authenticate/service"


def log_in(client: Client, username: str = "event-processor", password: str = PASSWORD, **headers: str):
    body = {"username": username, "password": password}
    return client.post(PATH, body, content_type="application/json", headers=headers)


@pytest.mark.req("GEN-04", "GEN-05", "GEN-06", "GEN-07")
def test_a_service_gets_a_token_that_opens_the_gateway(cast: Cast, client: Client) -> None:
    answer = log_in(client)
    assert answer.status_code == 200
    assert list(answer.json()) == ["token"]
    token = answer.json()["token"]
    read = client.get("/sources?owner_id=thrilltech", headers={"Authorization": f"Bearer {token}"})
    assert read.status_code == 200
    assert [source["source_id"] for source in read.json()] == ["sitewide-casino"]


@pytest.mark.req("GEN-06")
def test_only_the_digest_is_kept_and_the_login_is_in_the_audit_log(cast: Cast, client: Client) -> None:
    token = log_in(client, **{"X-Request-ID": "req-7"}).json()["token"]
    row = ServiceToken.objects.get(digest=digest_of(token))
    assert token.startswith(row.prefix)
    assert len(token) >= 4 + 43
    assert row.revoked_at is None
    entry = AuditEntry.objects.get(action="service_account.logged_in")
    assert (entry.operator_id, entry.actor_name, entry.request_id) == ("thrilltech", "event-processor", "req-7")
    assert token not in str(entry.after)


@pytest.mark.parametrize(
    ("username", "password"),
    [("event-processor", "wrong"), ("nobody", PASSWORD), ("admin@thrilltech.example", PASSWORD)],
)
@pytest.mark.req("GEN-05", "B-06")
def test_wrong_credentials_are_told_the_same(cast: Cast, client: Client, username: str, password: str) -> None:
    answer = log_in(client, username, password)
    assert answer.status_code == 401
    assert answer.json() == {
        "status_code": 401,
        "code": "UNAUTHORIZED",
        "message": "The username or the password is wrong.",
    }
    assert ServiceToken.objects.count() == 2


def test_an_account_that_is_switched_off_stays_out(cast: Cast, client: Client) -> None:
    cast.service.is_active = False
    cast.service.save()
    assert log_in(client).status_code == 401


def test_an_unknown_username_costs_as_much_as_a_known_one(cast: Cast, client: Client) -> None:
    def seconds(username: str) -> float:
        started = time.process_time()
        log_in(client, username, "wrong")
        return time.process_time() - started

    seconds("warm-up")
    known = min(seconds("event-processor") for _ in range(3))
    unknown = min(seconds("nobody") for _ in range(3))
    assert unknown > known / 3
    assert known > unknown / 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "username"),
        (b"[]", "username"),
        (b'{"username": 5, "password": "x"}', "username"),
        (b'{"username": "", "password": "x"}', "username"),
        (b'{"username": "x", "password": "a\\u0000b"}', "password"),
    ],
)
@pytest.mark.req("B-06")
def test_a_malformed_login_is_refused(cast: Cast, client: Client, body: bytes, field: str) -> None:
    answer = client.post(PATH, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "INVALID_REQUEST", field)


@pytest.mark.req("B-06")
def test_a_login_that_is_too_large_is_refused(cast: Cast, client: Client) -> None:
    answer = log_in(client, password="x" * 70_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.req("B-06")
def test_guessing_ends_with_429_and_says_when_to_come_back(cast: Cast, client: Client) -> None:
    answers = [log_in(client, password="wrong") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert answers[-1].json()["code"] == "TOO_MANY_REQUESTS"
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert log_in(client).status_code == 429, "the right password does not help until the pause is over"


def test_a_get_is_405(client: Client) -> None:
    assert client.get(PATH).status_code == 405
