"""Many contributions in one request (rule B-07), through both doors: each is told what it would be told by itself."""

from typing import Any

import pytest

from backoffice.core import json
from jackpots.models import Contribution
from tests.contracts.doors import Answer, Partner, payload
from tests.invariants import assert_invariants

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("B-07")]


def batch(partner: Partner, items: list[Any] | bytes) -> Answer:
    return partner.contribute(items if isinstance(items, bytes) else json.encode(items), "batch")


def to_source(number: int, **changes: Any) -> dict[str, Any]:
    return payload("casino-sitewide", gameround_id=f"of-a-batch-{number}", **changes)


def to_instance(partner: Partner, number: int, **changes: Any) -> dict[str, Any]:
    return payload("direct", instance_id=str(partner.cast.instance.pk), gameround_id=f"of-a-batch-{number}", **changes)


def alone(partner: Partner, item: Any) -> dict[str, Any]:
    """What the item is told by itself, as a batch would tell it."""
    is_direct = isinstance(item, dict) and item.get("instance_id") is not None
    answer = partner.contribute(json.encode(item), "instance" if is_direct else "source")
    body: dict[str, Any] = answer.body
    return body if answer.status == 200 else {"type": "error", **body}


def test_each_is_answered_in_its_place_whatever_becomes_of_the_others(partner: Partner) -> None:
    items: list[Any] = [
        to_source(1), to_source(2, source_id="nowhere"), to_instance(partner, 3), to_source(4, base_wager="much"),
        "no contribution", to_source(5, currency="eur"), to_source(6, brand_id="rival:brand1"), 17, None, [],
        to_source(7, source_id=None), to_instance(partner, 8) | {"instance_id": "no uuid"}, to_source(9),
        to_source(10, metadata={"deep": [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}), to_source(11, callback="https://x.example/"),
        to_source(12, player_id="n\0ul"), to_source(13, currency="XXX"), to_source(14, instance_id=None),
    ]  # fmt: skip
    answer = batch(partner, items)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    answers = answer.body
    assert len(answers) == len(items)
    accepted = [place for place, one in enumerate(answers) if one["type"] == "data"]
    assert accepted == [0, 2, 12, 17]
    assert {one["type"] for one in answers} == {"data", "error"}
    assert [answers[place]["gameround_id"] for place in accepted] == [
        items[place]["gameround_id"] for place in accepted
    ]
    assert Contribution.objects.count() == 4
    # By themselves they are told the same: those that were accepted get the stored answers.
    assert [alone(partner, item) for item in items] == answers
    assert Contribution.objects.count() == 4
    assert_invariants()


def test_the_ids_are_those_of_one_by_one(partner: Partner) -> None:
    items = [to_source(1), to_source(2, metadata={"a": 1}), to_instance(partner, 3)]
    first = [alone(partner, item) for item in items]
    ids = set(Contribution.objects.values_list("pk", flat=True))
    assert batch(partner, [*items, *items]).body == [*first, *first]
    assert set(Contribution.objects.values_list("pk", flat=True)) == ids
    assert_invariants()


def test_a_repeat_within_the_batch_is_one_contribution_and_another_payload_a_conflict(partner: Partner) -> None:
    one, again, other = batch(partner, [to_source(1), to_source(1), to_source(1, currency="SEK")]).body
    assert one == again
    assert (other["type"], other["status_code"], other["code"]) == ("error", 422, "IDEMPOTENCY_CONFLICT")
    assert Contribution.objects.count() == 1
    assert_invariants()


def test_both_targets_or_none_is_refused(partner: Partner) -> None:
    both, neither = batch(
        partner, [to_source(1, instance_id=str(partner.cast.instance.pk)), to_source(2, source_id=None)]
    ).body
    assert (both["code"], both["field"]) == ("INVALID_REQUEST", "instance_id")
    assert (neither["code"], neither["field"]) == ("INVALID_REQUEST", "source_id")


def test_as_many_as_500_and_none(partner: Partner) -> None:
    items = [to_source(number) for number in range(501)]
    refused = batch(partner, items)
    assert (refused.status, refused.code) == (413, "PAYLOAD_TOO_LARGE")
    assert Contribution.objects.count() == 0
    answers = batch(partner, items[:500]).body
    assert [one["gameround_id"] for one in answers] == [item["gameround_id"] for item in items[:500]]
    assert {one["type"] for one in answers} == {"data"}
    assert Contribution.objects.count() == 500
    assert batch(partner, []).body == []
    assert_invariants()


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"[1", b'"text"', b"[" * 5000, b"\xff"])
def test_what_is_no_array_is_refused_as_a_whole(partner: Partner, body: bytes) -> None:
    answer = batch(partner, body)
    assert (answer.status, answer.code) == (400, "INVALID_REQUEST")


def test_a_body_over_two_mebibytes_is_refused(partner: Partner) -> None:
    answer = batch(partner, b"[" + b" " * 2_097_152 + b"]")
    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")


def test_one_over_the_limit_of_one_is_told_so(partner: Partner) -> None:
    small, large = to_source(1), to_source(2, metadata="x" * 65_536)
    answers = batch(partner, [small, large]).body
    assert answers[0]["type"] == "data"
    assert (answers[1]["status_code"], answers[1]["code"]) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.req("GEN-05")
def test_who_may_not_contribute_may_not_by_the_batch(partner: Partner) -> None:
    path, body = "/jackpots/contribute/batch", json.encode([to_source(1)])
    assert partner.door.send("POST", path, body).status == 401
    assert partner.door.send("POST", path, body, {"Authorization": "Bearer of nothing"}).status == 401
    assert partner.door.send("GET", path, b"", {"Authorization": f"Bearer {partner.cast.token}"}).status == 405
    foreign = partner.door.send("POST", path, body, {"Authorization": f"Bearer {partner.cast.rival_token}"})
    assert [one["code"] for one in foreign.body] == ["UNSUPPORTED_BRAND"]
    assert Contribution.objects.count() == 0
