"""Contributions as the seeds document them, through both doors."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from backoffice.core import clock, json
from jackpots.models import Contribution
from jackpots.operations.map_source import map_source
from tests.cast import SYSTEM, sure_draft
from tests.contracts.doors import Partner, payload
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db(transaction=True)

FIELDS = {
    "type", "contribution_amount", "contribution_currency", "gameround_id", "instance_id", "metadata",
    "tickets_awarded", "timestamp", "win_amount", "win_pot_id", "win_withheld",
}  # fmt: skip


@pytest.mark.req("CON-01", "CON-02", "CON-04", "CON-06", "CON-20", "SRC-07", "SRC-12", "GEN-08", "GEN-10", "GEN-11")
@pytest.mark.parametrize("name", ["casino-sitewide", "deposit", "egyptian-games", "provider-game-code"])
def test_the_samples_of_the_seeds_are_accepted(partner: Partner, name: str) -> None:
    before = clock.epoch_ms(clock.now())
    answer = partner.contribute(payload(name))
    after = clock.epoch_ms(clock.now())
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert "idempotent-replay" not in answer.headers
    body = answer.body
    assert set(body) == FIELDS == set(payload("contribution-result")) | {"metadata", "tickets_awarded", "win_pot_id"}
    assert before <= body.pop("timestamp") <= after
    assert body == {
        "type": "data",
        "contribution_amount": Decimal("0.1"),
        "contribution_currency": "EUR",
        "gameround_id": payload(name)["gameround_id"],
        "instance_id": str(partner.cast.instance.pk),
        "metadata": None,
        "tickets_awarded": None,
        "win_amount": 0,
        "win_pot_id": None,
        "win_withheld": False,
    }
    assert Contribution.objects.filter(source__source_id=name).count() == 1
    assert_invariants()


@pytest.mark.req("CON-03", "CON-24", "CON-13", "CON-14", "CON-15", "CON-16", "GEN-03", "B-02")
def test_a_direct_contribution(partner: Partner) -> None:
    body = payload("direct", instance_id=str(partner.cast.instance.pk), currency="SEK")
    answer = partner.contribute(body, "instance")
    assert answer.status == 200
    assert answer.body["instance_id"] == str(partner.cast.instance.pk)
    assert answer.body["contribution_amount"] == Decimal("1.16761"), "0.10 EUR at 11.6761, to the micro"
    assert answer.body["contribution_currency"] == "SEK"
    assert b'"contribution_amount":1.16761,' in answer.raw
    assert Contribution.objects.get().source is None
    assert_invariants()


@pytest.mark.req("CON-17", "CON-21")
@pytest.mark.parametrize("name", ["metadata-object", "metadata-string"])
def test_metadata_of_the_seeds_comes_back(partner: Partner, name: str) -> None:
    assert partner.contribute(payload(name)).body["metadata"] == payload(name)["metadata"]


@pytest.mark.req("CON-17", "CON-21", "CUR-07")
@pytest.mark.parametrize(
    "metadata",
    [
        b"7", b"true", b"false", b'""', b"[]", b"{}", b"[null,[1,2],{\"a\":{}}]", b"0.1",
        b"123456789012345678901234567890",
        b"0.12345678901234567890123", '"größe 🎰"'.encode(), b'"line\\nbreak \\u00e9"',
    ],
)  # fmt: skip
def test_any_json_value_is_metadata(partner: Partner, metadata: bytes) -> None:
    body = payload("casino-sitewide")
    sent = b'{"metadata":' + metadata + b"," + _inner(body) + b"}"
    first, again = partner.contribute(sent), partner.contribute(sent)
    assert first.status == again.status == 200
    assert first.body["metadata"] == again.body["metadata"] == _decoded(metadata)
    assert again.headers["idempotent-replay"] == "true"


@pytest.mark.req("B-01", "CON-05")
def test_the_same_request_gets_the_same_answer(partner: Partner) -> None:
    body = payload("metadata-object", base_wager=Decimal("1.50"))
    first = partner.contribute(body)
    again = partner.contribute(body | {"token": "another_session", "base_wager": Decimal("1.5")})
    assert (first.status, again.status) == (200, 200)
    assert again.raw == first.raw
    assert "idempotent-replay" not in first.headers
    assert again.headers["idempotent-replay"] == "true"
    assert Contribution.objects.count() == 1
    assert_invariants()


@pytest.mark.req("B-01", "B-06")
@pytest.mark.parametrize(
    "change",
    [{"base_wager": 2}, {"currency": "SEK"}, {"player_country": "MT"}, {"metadata": 1}],
    ids=["wager", "currency", "country", "metadata"],
)
def test_another_payload_under_the_same_key_is_a_conflict(partner: Partner, change: dict[str, Any]) -> None:
    assert partner.contribute(payload("casino-sitewide")).status == 200
    answer = partner.contribute(payload("casino-sitewide", **change))
    assert (answer.status, answer.code) == (422, "IDEMPOTENCY_CONFLICT")
    assert Contribution.objects.count() == 1
    assert_invariants()


@pytest.mark.req("B-01")
def test_the_same_round_by_another_target_is_a_conflict(partner: Partner) -> None:
    body = payload("casino-sitewide")
    assert partner.contribute(body).status == 200
    direct = {name: value for name, value in body.items() if name != "source_id"}
    answer = partner.contribute(direct | {"instance_id": str(partner.cast.instance.pk)}, "instance")
    assert (answer.status, answer.code) == (422, "IDEMPOTENCY_CONFLICT")
    assert Contribution.objects.count() == 1


@pytest.mark.req("B-06")
def test_unknown_fields_are_passed_over_and_the_session_is_optional(partner: Partner) -> None:
    answer = partner.contribute(payload("casino-sitewide", token=None, something={"new": 1}))
    assert answer.status == 200


@pytest.mark.req("CON-14", "CUR-07")
@pytest.mark.parametrize("wager", ["0", "0.000001", "0.10", "1e2", "999999999.999999", "-0"])
def test_wagers_are_exact(partner: Partner, wager: str) -> None:
    body = payload("casino-sitewide", gameround_id=uuid4().hex, base_wager=None)
    sent = b'{"base_wager":' + wager.encode() + b"," + _inner(body) + b"}"
    assert partner.contribute(sent).status == 200
    assert Contribution.objects.get().base_wager_micros == int(Decimal(wager) * 1_000_000)


@pytest.mark.req("CON-15", "WIN-01", "B-13")
def test_a_win_is_told_in_the_players_currency(partner: Partner) -> None:
    instance = partner.cast.house.open(sure_draft())
    answer = partner.contribute(payload("direct", instance_id=str(instance.pk)), "instance")
    assert answer.status == 200
    assert answer.body["win_pot_id"] == "main"
    assert answer.body["win_amount"] >= 100
    assert answer.body["win_withheld"] is False
    assert_invariants()


@pytest.mark.req("SRC-05", "SRC-07", "B-05")
def test_a_source_that_is_mapped_anew_is_followed(partner: Partner) -> None:
    house = partner.cast.house
    first, second = house.open(), house.open()
    source = house.source_for(first, source_id="moving")
    assert partner.contribute(payload("casino-sitewide", source_id="moving")).body["instance_id"] == str(first.pk)
    map_source(source.pk, second.pk, priority=-1, scope=house.scope, actor=SYSTEM, now=partner.cast.now)
    moved = partner.contribute(payload("casino-sitewide", source_id="moving", gameround_id="2"))
    assert (moved.status, moved.body["instance_id"]) == (200, str(second.pk))
    again = partner.contribute(payload("casino-sitewide", source_id="moving"))
    assert again.body["instance_id"] == str(first.pk), "what was answered stays"
    assert_invariants()


def _inner(body: dict[str, Any]) -> bytes:
    return json.encode(body)[1:-1]


def _decoded(text: bytes) -> Any:
    return json.decode(text)
