"""Every code that a contribution can be refused with, at both doors, in both forms."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError

from backoffice.core.errors import STATUS_BY_CODE
from jackpots.combiner import combiner
from jackpots.models import Contribution
from jackpots.operations.pause_instance import pause_instance
from tests.cast import SYSTEM, Cast, quiet_draft
from tests.contracts.doors import Answer, Partner, payload

pytestmark = pytest.mark.django_db(transaction=True)

Sender = Callable[[Partner], Answer]


def _to(instance: Any, **changes: Any) -> Sender:
    def send(partner: Partner) -> Answer:
        body = payload("direct", instance_id=str(instance(partner.cast).pk), **changes)
        return partner.contribute(body, "instance")

    return send


def _source(**changes: Any) -> Sender:
    return lambda partner: partner.contribute(payload("casino-sitewide", **changes))


def _behind(source_id: str, make: Callable[[Cast], Any]) -> Sender:
    def send(partner: Partner) -> Answer:
        made = make(partner.cast)
        partner.cast.house.source_for(*([made] if made else []), source_id=source_id)
        return partner.contribute(payload("casino-sitewide", source_id=source_id))

    return send


def _paused(cast: Cast) -> Any:
    pause_instance(cast.instance.pk, reason="Maintenance", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    return cast.instance


def _later(cast: Cast) -> Any:
    return cast.house.open(starts_at=cast.now + timedelta(days=3650))


def _opt_in(cast: Cast) -> Any:
    return cast.house.open(quiet_draft(opt_in_required=True))


def _wagers(cast: Cast) -> Any:
    return cast.house.open(quiet_draft(minimum_base_wager_micros=5_000_000, maximum_base_wager_micros=6_000_000))


def _other_brand(cast: Cast) -> Any:
    return cast.house.open(allowed_brand_ids=(cast.brand2.pk,))


def _other_country(cast: Cast) -> Any:
    return cast.house.open(allowed_countries=("SE",))


REFUSED: list[tuple[str, str, Sender, str | None]] = [
    ("ERR-01", "CONTRIBUTION_REJECTED", _to(_paused), "state"),
    ("ERR-01", "CONTRIBUTION_REJECTED", _to(_later), "state"),
    ("ERR-01", "CONTRIBUTION_REJECTED", _to(_opt_in), "opt_in_required"),
    ("ERR-01", "CONTRIBUTION_REJECTED", _to(_wagers, base_wager=4), "minimum_base_wager"),
    ("ERR-01", "CONTRIBUTION_REJECTED", _to(_wagers, base_wager=7), "maximum_base_wager"),
    ("ERR-02", "GAME_NOT_FOUND", _source(source_id="sitewide-casino2"), "sitewide-casino2"),
    ("ERR-03", "CURRENCY_MULTIPLIERS_NOT_FOUND", _source(currency="NZD"), "NZD"),
    ("ERR-06", "SOURCE_JACKPOT_NOT_FOUND", _behind("empty", lambda _cast: None), "empty"),
    ("ERR-07", "SOURCE_JACKPOTS_NOT_ALLOWED", _behind("other-brand", _other_brand), "brand"),
    ("ERR-07", "SOURCE_JACKPOTS_NOT_ALLOWED", _behind("other-country", _other_country), "countr"),
    ("ERR-07", "SOURCE_JACKPOTS_NOT_ALLOWED", _to(_other_country), "countr"),
    ("ERR-09", "UNSUPPORTED_BRAND", _to(_other_brand), "brand"),
    ("ERR-09", "UNSUPPORTED_BRAND", _source(brand_id="thrilltech:nope"), "thrilltech:nope"),
    ("ERR-09", "UNSUPPORTED_BRAND", _source(brand_id="rival:brand1"), "rival:brand1"),
    ("B-06", "NOT_FOUND", lambda partner: partner.contribute(payload("direct"), "instance"), None),
    ("B-06", "NOT_FOUND", _to(lambda cast: cast.rival_instance), None),
]


@pytest.mark.req(
    "ERR-01", "ERR-02", "ERR-03", "ERR-06", "ERR-07", "ERR-09", "ERR-10", "SRC-14", "SRC-15", "G-07", "CON-27"
)
@pytest.mark.parametrize(("_rule", "code", "send", "told"), REFUSED)
def test_refusals_of_the_rules(partner: Partner, _rule: str, code: str, send: Sender, told: str | None) -> None:
    answer = send(partner)
    body = answer.body
    assert (answer.status, body["status_code"], body["code"]) == (STATUS_BY_CODE[code],) * 2 + (code,)
    assert {"status_code", "code", "message"} <= set(body) <= {"status_code", "code", "message", "field"}
    assert (told or "") in body["message"]
    assert answer.headers["content-type"] == "application/json"
    assert not Contribution.objects.exists()


@pytest.mark.req("ERR-09", "B-05")
def test_a_foreign_brand_an_unknown_one_and_one_not_the_tokens_are_told_the_same(partner: Partner) -> None:
    partner.cast.service.brand_ids = [partner.cast.brand2.pk]
    partner.cast.service.save()
    others = ["rival:brand1", "thrilltech:nope", "thrilltech:brand1", "nobody:x"]
    answers = [partner.contribute(payload("casino-sitewide", brand_id=brand)) for brand in others]
    told = {answer.body["message"].replace(brand, "?") for answer, brand in zip(answers, others, strict=True)}
    assert len(told) == 1
    assert {answer.status for answer in answers} == {403}
    assert {tuple(sorted(answer.body)) for answer in answers} == {("code", "field", "message", "status_code")}
    assert partner.contribute(payload("casino-sitewide", brand_id="thrilltech:brand2")).status == 200


INVALID: list[tuple[dict[str, Any] | bytes, str | None]] = [
    (b"", None),
    (b"{", None),
    (b"[]", None),
    (b'\xef\xbb\xbf{"a": 1}', None),
    (b'{"brand_id": "\xff"}', None),
    (payload("casino-sitewide", brand_id=None), "brand_id"),
    (payload("casino-sitewide", player_id=None), "player_id"),
    (payload("casino-sitewide", player_country=None), "player_country"),
    (payload("casino-sitewide", source_id=None), "source_id"),
    (payload("casino-sitewide", gameround_id=None), "gameround_id"),
    (payload("casino-sitewide", currency=None), "currency"),
    (payload("casino-sitewide", base_wager=None), "base_wager"),
    (payload("casino-sitewide", player_id=5), "player_id"),
    (payload("casino-sitewide", player_id=""), "player_id"),
    (payload("casino-sitewide", player_id="x" * 129), "player_id"),
    (payload("casino-sitewide", player_id="a\0b"), "player_id"),
    (payload("casino-sitewide", gameround_id="x" * 129), "gameround_id"),
    (payload("casino-sitewide", source_id="x" * 101), "source_id"),
    (payload("casino-sitewide", player_country="Malta"), "player_country"),
    (payload("casino-sitewide", currency="eur"), "currency"),
    (payload("casino-sitewide", currency="EURO"), "currency"),
    (payload("casino-sitewide", base_wager="1"), "base_wager"),
    (payload("casino-sitewide", base_wager=True), "base_wager"),
    (payload("casino-sitewide", base_wager=-1), "base_wager"),
    (payload("casino-sitewide", base_wager=1_000_000_000), "base_wager"),
    (payload("casino-sitewide", metadata={"a\0": 1}), "metadata"),
    (payload("asynchronous"), "callback"),
]


@pytest.mark.req("B-06", "CON-01", "ERR-10")
@pytest.mark.parametrize(("body", "field"), INVALID)
def test_malformed_requests_name_the_field(partner: Partner, body: dict[str, Any] | bytes, field: str | None) -> None:
    answer = partner.contribute(body)
    assert (answer.status, answer.code, answer.body.get("field")) == (400, "INVALID_REQUEST", field)
    assert not Contribution.objects.exists()


@pytest.mark.req("B-06", "CUR-07")
@pytest.mark.parametrize(
    ("text", "field"),
    [
        (b'"base_wager":NaN', None),
        (b'"base_wager":Infinity', None),
        (b'"base_wager":0.0000001', "base_wager"),
        (b'"base_wager":1e999999', "base_wager"),
        (b'"base_wager":1e-999999', "base_wager"),
        (b'"base_wager":' + b"1" * 60, "base_wager"),
        (b'"base_wager":1,"metadata":"\\ud800"', None),
        (b'"base_wager":1,"metadata":1e999999', "metadata"),
        (b'"base_wager":1,"metadata":' + b"[" * 17 + b"]" * 17, "metadata"),
        (b'"base_wager":1,"metadata":' + b"[" * 9000 + b"]" * 9000, None),
    ],
)
def test_numbers_and_values_that_nobody_can_keep(partner: Partner, text: bytes, field: str | None) -> None:
    rest = payload("casino-sitewide", base_wager=None)
    inner = b",".join(f'"{name}":"{value}"'.encode() for name, value in rest.items())
    answer = partner.contribute(b"{" + inner + b"," + text + b"}")
    assert (answer.status, answer.code, answer.body.get("field")) == (400, "INVALID_REQUEST", field)


@pytest.mark.req("B-06")
def test_an_instance_id_is_a_uuid(partner: Partner) -> None:
    answer = partner.contribute(payload("direct", instance_id="one"), "instance")
    assert (answer.status, answer.code, answer.body["field"]) == (400, "INVALID_REQUEST", "instance_id")


@pytest.mark.req("B-06")
@pytest.mark.parametrize("size", [65_537, 200_000])
def test_a_body_over_64_kib_is_413(partner: Partner, size: int) -> None:
    answer = partner.contribute(payload("casino-sitewide", metadata="x" * size))
    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")


def test_a_body_just_under_the_limit_is_taken(partner: Partner) -> None:
    assert partner.contribute(payload("casino-sitewide", metadata="x" * 65_000)).status == 200


@pytest.mark.req("GEN-04", "B-06")
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nothing", "Basic eA==", "token-of-thrilltech"])
def test_without_a_valid_token_it_is_401(partner: Partner, header: str) -> None:
    answer = partner.contribute(payload("casino-sitewide"), Authorization=header)
    assert (answer.status, answer.code) == (401, "UNAUTHORIZED")
    assert answer.headers["www-authenticate"] == 'Bearer realm="potluck"'


@pytest.mark.req("B-06")
def test_another_operators_token_reaches_nothing_of_ours(partner: Partner) -> None:
    token = {"Authorization": f"Bearer {partner.cast.rival_token}"}
    answer = partner.contribute(payload("casino-sitewide"), **token)
    assert (answer.status, answer.code) == (403, "UNSUPPORTED_BRAND")
    direct = payload("direct", instance_id=str(partner.cast.instance.pk), brand_id="rival:brand1")
    assert partner.contribute(direct, "instance", **token).code == "NOT_FOUND"
    assert not Contribution.objects.exists()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_405(partner: Partner, method: str) -> None:
    token = {"Authorization": f"Bearer {partner.cast.token}"}
    answer = partner.door.send(method, "/jackpots/contribute/source", headers=token)
    assert (answer.status, answer.body["status_code"]) == (405, 405)
    assert "POST" in answer.headers["allow"]


@pytest.mark.req("B-06")
def test_what_is_not_there_is_404_in_json(partner: Partner) -> None:
    answer = partner.door.send("POST", "/jackpots/contribute/nothing", b"{}")
    assert (answer.status, answer.code) == (404, "NOT_FOUND")


@pytest.mark.req("B-06")
def test_when_too_many_wait_it_is_429_and_says_when(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(combiner, "_waiting_limit", 0)
    answer = partner.contribute(payload("casino-sitewide"))
    assert (answer.status, answer.code, answer.headers["retry-after"]) == (429, "TOO_MANY_REQUESTS", "1")


@pytest.mark.req("ERR-04", "ERR-08")
@pytest.mark.parametrize(
    ("error", "code"), [(DatabaseError("secret"), "DB_ERROR"), (RuntimeError("secret"), "SYSTEM_ERROR")]
)
def test_failures_of_ours_tell_nothing(
    partner: Partner, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise error

    monkeypatch.setattr(combiner, "_contribute", fail)
    answer = partner.contribute(payload("casino-sitewide"))
    assert (answer.status, answer.code) == (500, code)
    assert b"secret" not in answer.raw


@pytest.mark.req("ERR-10", "G-07")
def test_a_problem_document_for_who_asks(partner: Partner) -> None:
    answer = partner.contribute(payload("casino-sitewide", source_id="nowhere"), Accept="application/problem+json")
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.body == {
        "type": "/docs/errors/#game-not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "nowhere",
        "instance": "/jackpots/contribute/source",
        "code": "GAME_NOT_FOUND",
        "field": "source_id",
    }


def test_the_request_is_named_in_every_answer(partner: Partner) -> None:
    named = {"X-Request-ID": f"req-{uuid4().hex}"}
    assert partner.contribute(payload("casino-sitewide"), **named).headers["x-request-id"] == named["X-Request-ID"]
    assert partner.contribute(b"", **named).headers["x-request-id"] == named["X-Request-ID"]
    assert partner.contribute(b"").headers["x-request-id"]
