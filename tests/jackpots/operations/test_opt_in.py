"""Opting in and out."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from backoffice.core.errors import Refusal
from backoffice.core.json import decode
from backoffice.events.models import OutboxEvent
from jackpots.models import Instance, OptIn, OptInChange
from jackpots.operations.contribute import contribute
from jackpots.operations.opt_in import OptInRequest, opt_in
from jackpots.operations.pause_instance import pause_instance
from jackpots.queries.opt_ins import opt_in_details
from tests.cast import SYSTEM, Cast
from tests.invariants import assert_invariants


def request(instance: Instance, **values: Any) -> OptInRequest:
    asked: dict[str, Any] = {
        "operator_id": instance.operator_id, "instance_id": instance.pk, "brand_id": "thrilltech:brand1",
        "player_id": "player_00001", "player_country": "MT", "opt_in": True,
    }  # fmt: skip
    return OptInRequest(**(asked | values))


@pytest.mark.req("OPT-01", "OPT-03", "OPT-06", "OPT-08", "EVT-11")
def test_in_and_out_are_stored_and_told_once_each(cast: Cast) -> None:
    contribute([cast.request()], now=cast.now)
    later = cast.now + timedelta(minutes=1)
    details = [opt_in(request(cast.instance), now=later) for _ in range(2)][-1]
    assert (details.opted_in, details.contribution_count, details.contribution_micros) == (True, 1, 100_000)
    assert details.last_updated == later
    out = request(cast.instance, opt_in=False)
    details = [opt_in(out, now=later + timedelta(minutes=1)) for _ in range(2)][-1]
    assert (details.opted_in, details.contribution_count) == (False, 1)
    assert list(OptInChange.objects.values_list("opted_in", flat=True)) == [True, False]
    events = [
        decode(bytes(event.payload)) for event in OutboxEvent.objects.filter(kind="OptInEvent").order_by("position")
    ]
    assert [event["opted_in"] for event in events] == [True, False]
    assert events[0]["contribution_value"] == Decimal("0.1")
    assert_invariants()


@pytest.mark.req("OPT-11", "OPT-05")
def test_who_was_never_heard_of_is_out(cast: Cast) -> None:
    found = opt_in_details(
        operator_id="thrilltech", instance_id=cast.instance.pk, brand_id=cast.brand1.pk, player_id="nobody"
    )
    assert (found.opted_in, found.contribution_count, found.last_updated) == (False, 0, None)
    assert OptIn.objects.count() == 0


@pytest.mark.req("OPT-12", "POT-03", "POT-06", "POT-05")
def test_states(cast: Cast) -> None:
    scope = cast.house.scope
    pending = cast.house.open(cast.template, starts_at=cast.now + timedelta(hours=1))
    over = cast.house.open(cast.template, ends_at=cast.now + timedelta(hours=1))
    with pytest.raises(Refusal, match="CONTRIBUTION_REJECTED"):
        opt_in(request(pending), now=cast.now)
    with pytest.raises(Refusal, match="CONTRIBUTION_REJECTED"):
        opt_in(request(over), now=cast.now + timedelta(hours=2))
    assert opt_in(request(pending), now=cast.now + timedelta(hours=1)).opted_in
    pause_instance(cast.instance.pk, reason="Test", scope=scope, actor=SYSTEM, now=cast.now)
    assert opt_in(request(cast.instance), now=cast.now).opted_in
    assert not opt_in(request(cast.instance, opt_in=False), now=cast.now).opted_in


@pytest.mark.req("OPT-01", "POT-14", "POT-16")
@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"brand_id": "thrilltech:nobody"}, "UNSUPPORTED_BRAND"),
        ({"brand_id": "rival:brand1"}, "UNSUPPORTED_BRAND"),
        ({"brand_id": "thrilltech:brand2"}, "UNSUPPORTED_BRAND"),
        ({"player_country": "US"}, "SOURCE_JACKPOTS_NOT_ALLOWED"),
        ({"operator_id": "rival", "brand_id": "rival:brand1"}, "NOT_FOUND"),
    ],
)
def test_who_may_not(cast: Cast, values: dict[str, Any], code: str) -> None:
    instance = cast.house.open(cast.template, allowed_brand_ids=(cast.brand1.pk,), blocked_countries=("US",))
    with pytest.raises(Refusal) as refused:
        opt_in(request(instance, **values), now=cast.now)
    assert refused.value.code == code
    assert OptIn.objects.count() == 0


@pytest.mark.req("ERR-05")
def test_a_row_that_cannot_be_written(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jackpots_optinchange ADD CONSTRAINT none_at_all CHECK (false)")
    with pytest.raises(Refusal) as refused:
        opt_in(request(cast.instance), now=cast.now)
    assert (refused.value.code, refused.value.status_code) == ("OPTIN_ERROR", 500)
    assert OptIn.objects.count() == 0
