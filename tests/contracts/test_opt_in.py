"""POST /jackpots/optin as the seeds' PlayerOptInRequest has it."""

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from backoffice.core import clock, json
from backoffice.core.errors import Refusal
from jackpots.models import OptIn, OptInChange
from jackpots.operations import opt_in as opting
from jackpots.operations.contribute import contribute
from jackpots.rules.contribution import ContributionResult
from jackpots.rules.terms import AmountTerms
from tests.cast import Cast, quiet_draft
from tests.contracts.doors import payload

pytestmark = pytest.mark.django_db


def send(cast: Cast, body: dict[str, Any] | bytes) -> tuple[int, Any]:
    content = body if isinstance(body, bytes) else json.encode(body)
    answer = Client().generic(
        "POST",
        "/jackpots/optin",
        content,
        content_type="application/json",
        headers={"Authorization": f"Bearer {cast.token}"},
    )
    return answer.status_code, json.decode(answer.content)


@pytest.mark.req("OPT-01", "OPT-02", "OPT-03", "OPT-07", "OPT-08", "OPT-11")
def test_a_player_goes_in_contributes_and_goes_out(cast: Cast) -> None:
    instance = cast.house.open(quiet_draft(opt_in_required=True))
    request = cast.house.request(instance)
    (refused,) = contribute([request], now=cast.now)
    assert isinstance(refused, Refusal)
    assert refused.code == "CONTRIBUTION_REJECTED"
    status, standing = send(cast, payload("opt-in", instance_id=str(instance.pk)))
    assert status == 200
    assert clock.epoch_ms(clock.now()) - 60_000 < standing.pop("last_updated") <= clock.epoch_ms(clock.now())
    assert standing == {
        "instance_id": str(instance.pk),
        "player_id": "player_00001",
        "ext_player_id": "player_00001",
        "player_brand_id": "thrilltech:brand1",
        "preferred_contribution_value": [],
        "contribution_count": 0,
        "contribution_value": 0,
        "opted_in": True,
    }
    (taken,) = contribute([request], now=cast.now)
    assert isinstance(taken, ContributionResult)
    assert taken.contribution_micros == 100_000
    status, standing = send(cast, payload("opt-out", instance_id=str(instance.pk)))
    assert (status, standing["opted_in"], standing["contribution_count"]) == (200, False, 1)
    assert json.encode(standing["contribution_value"]) == b"0.1"
    assert [change.opted_in for change in OptInChange.objects.order_by("id")] == [True, False]


@pytest.mark.req("OPT-01")
def test_the_same_request_again_changes_nothing(cast: Cast) -> None:
    body = payload("opt-in", instance_id=str(cast.instance.pk))
    first, again = send(cast, body), send(cast, body)
    assert first == again
    assert OptInChange.objects.count() == 1


@pytest.mark.req("ERR-05", "G-07")
def test_an_opt_in_that_cannot_be_stored_is_told_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise DatabaseError("secret")

    monkeypatch.setattr(opting, "_stored", fail)
    status, body = send(cast, payload("opt-in", instance_id=str(cast.instance.pk)))
    assert (status, body["code"]) == (500, "OPTIN_ERROR")
    assert "secret" not in body["message"]


@pytest.mark.req("ERR-09", "B-06")
@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"brand_id": "rival:brand1"}, 403, "UNSUPPORTED_BRAND"),
        ({"brand_id": "thrilltech:nope"}, 403, "UNSUPPORTED_BRAND"),
        ({"instance_id": "8dcc9f5a-f1c5-466f-83e9-928277d8bfb7"}, 404, "NOT_FOUND"),
        ({"instance_id": "x"}, 400, "INVALID_REQUEST"),
        ({"opt_in": "yes"}, 400, "INVALID_REQUEST"),
        ({"opt_in": None}, 400, "INVALID_REQUEST"),
        ({"player_id": "a\0b"}, 400, "INVALID_REQUEST"),
        ({"contribution_value": 0.2}, 400, "INVALID_REQUEST"),
    ],
)
def test_what_cannot_be_opted_in_to(cast: Cast, change: dict[str, Any], status: int, code: str) -> None:
    body = payload("opt-in", **({"instance_id": str(cast.instance.pk)} | change))
    answered, refused = send(cast, body)
    assert (answered, refused["code"]) == (status, code)
    assert not OptIn.objects.exists()


def test_a_rivals_jackpot_does_not_exist(cast: Cast) -> None:
    status, body = send(cast, payload("opt-in", instance_id=str(cast.rival_instance.pk)))
    assert (status, body["code"]) == (404, "NOT_FOUND")


def test_the_sample_with_a_preferred_value_needs_a_jackpot_that_offers_one(cast: Cast) -> None:
    status, body = send(cast, payload("opt-in-preferred", instance_id=str(cast.instance.pk)))
    assert (status, body["field"]) == (400, "contribution_value")


@pytest.mark.req("OPT-04", "OPT-05", "OPT-07", "POT-22")
def test_the_sample_with_a_preferred_value_where_the_jackpot_offers_it(cast: Cast) -> None:
    offered = AmountTerms(currency="EUR", default_micros=100_000, minimum_micros=100_000, maximum_micros=1_000_000)
    draft = quiet_draft(name="Choice", contribution_kind="variable", amounts=(offered,))
    instance = cast.house.open(draft)
    status, standing = send(cast, payload("opt-in-preferred", instance_id=str(instance.pk)))
    assert (status, json.encode(standing["preferred_contribution_value"])) == (200, b"[0.2]")
    (taken,) = contribute([cast.house.request(instance, standing["player_id"])], now=cast.now)
    assert isinstance(taken, ContributionResult)
    assert taken.contribution_micros == 200_000
    # A list of one is the same number (I-06); without it the default applies.
    body = payload("opt-in-preferred", instance_id=str(instance.pk))
    for value, shown in (([0.3], b"[0.3]"), ([], b"[]"), (None, b"[]")):
        _, standing = send(cast, body | {"contribution_value": value})
        assert json.encode(standing["preferred_contribution_value"]) == shown
    for wrong in (5, 0.0000001, -1, [0.2, 0.3], "x"):
        status, refused = send(cast, body | {"contribution_value": wrong})
        assert (status, refused["code"]) == (400, "INVALID_REQUEST"), wrong
