"""/api/v1/: opening with a schedule, its windows, and what would be accepted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from backoffice.accounts.models import StaffUser
from backoffice.core import json
from jackpots.models import Instance
from jackpots.operations.contribute import contribute
from jackpots.operations.pause_instance import pause_instance
from jackpots.operations.suspend import suspend
from jackpots.queries.suspensions import Suspended
from jackpots.rules.contribution import ContributionResult
from jackpots.wire.schedule import decode_rules
from tests.cast import SYSTEM, Cast
from tests.invariants import assert_invariants
from tests.jackpots.rules.schedules import WEEK_WITH_SATURDAY, daily

pytestmark = pytest.mark.django_db
RULES = decode_rules(WEEK_WITH_SATURDAY["recurrence_rules"])
MONDAY = datetime(2026, 3, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
Ask = Callable[..., "tuple[int, Any]"]


@pytest.fixture
def ask(browser_of: Callable[[StaffUser], Client]) -> Ask:
    """A question or a request of a member of staff: status and body."""

    def send(user: StaffUser, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        address = f"/api/v1/{path}?{urlencode({name.rstrip('_'): value for name, value in query.items()})}"
        client = browser_of(user)
        if body is None:
            answer = client.get(address)
        else:
            answer = client.post(address, json.encode(body), content_type="application/json")
        return answer.status_code, json.decode(answer.content)

    return send


def body(cast: Cast, **values: Any) -> dict[str, Any]:
    return {"template_id": str(cast.template.pk), "name": "Happy hour", "owner_id": cast.operator.pk} | values


@pytest.mark.req("SCH-01", "SCH-05", "SCH-12", "I-16")
def test_an_instance_is_opened_with_a_schedule_or_with_its_parts(cast: Cast, ask: Ask) -> None:
    whole = {
        "timestamp_start": {"$numberLong": "2208988800000"},
        "timestamp_end": 2_240_524_800_000,
        "recurrence_rules": WEEK_WITH_SATURDAY["recurrence_rules"],
    }
    status, made = ask(cast.manager, "instances/", body(cast, schedule=whole, time_zone="Europe/Malta"))
    assert status == 201, made
    assert (made["state"], made["time_zone"]) == ("Pending", "Europe/Malta")
    assert (made["starts_at"], made["ends_at"]) == ("2040-01-01T00:00:00Z", "2040-12-31T00:00:00Z")
    assert made["recurrence_rules"] == WEEK_WITH_SATURDAY["recurrence_rules"]
    parts = {"starts_at": "2040-01-01T00:00:00Z", "recurrence_rules": [daily(("17:00", "18:00"))]}
    status, made = ask(cast.manager, "instances/", body(cast, **parts))
    assert (status, made["recurrence_rules"]) == (201, [daily(("17:00", "18:00"))])
    assert_invariants()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"recurrence_rules": [daily(("10:00", "10:00"))]}, "recurrence_rules[0].frequency.Daily.hours[0]"),
        ({"schedule": {"recurrence_rules": [{"frequency": "Daily"}]}}, "schedule.recurrence_rules[0].frequency"),
        ({"schedule": {}, "recurrence_rules": [daily(("10:00", "11:00"))]}, "schedule"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"schedule": {"timestamp_start": "// soon"}}, "schedule.timestamp_start"),
    ],
)
@pytest.mark.req("I-11", "B-06")
def test_the_interface_is_strict_and_names_the_path(cast: Cast, ask: Ask, values: dict[str, Any], field: str) -> None:
    count = Instance.objects.count()
    status, refused = ask(cast.manager, "instances/", body(cast, **values))
    assert (status, refused["code"]) == (400, "INVALID_REQUEST")
    assert field in json.encode(refused).decode()
    assert Instance.objects.count() == count


@pytest.mark.req("SCH-12", "SCH-15", "T12")
def test_windows_between_two_moments(cast: Cast, ask: Ask) -> None:
    jackpot = cast.house.open(recurrence_rules=RULES)
    path = f"instances/{jackpot.pk}/schedule"
    status, told = ask(cast.analyst, path, from_="2026-03-20T20:00:00Z", to="2026-03-23T19:30:00Z")
    assert status == 200, told
    assert told["windows"] == [
        {"from": "2026-03-20T20:00:00Z", "to": "2026-03-20T21:00:00Z"},
        {"from": "2026-03-21T08:00:00Z", "to": "2026-03-21T20:00:00Z"},
        {"from": "2026-03-23T19:00:00Z", "to": "2026-03-23T19:30:00Z"},
    ]
    assert told["schedule"]["recurrence_rules"] == WEEK_WITH_SATURDAY["recurrence_rules"]
    assert told["rounds"] == []
    wrong: list[dict[str, Any]] = [
        {"from_": "2026-03-20T20:00:00Z", "to": "2026-03-20T20:00:00Z"}, {"to": "2199-01-01"}, {"since": 1},
        {"from_": "9999-12-30T00:00:00Z"}, {"from_": "0001-01-01T00:00:00Z", "to": "0001-01-02T00:00:00Z"},
    ]  # fmt: skip
    for query in wrong:
        status, refused = ask(cast.analyst, path, **query)
        assert (status, refused["code"]) == (400, "INVALID_REQUEST")


@pytest.mark.req("CON-26", "SCH-15", "T12")
@pytest.mark.parametrize("suspended", ["nothing", "brand", "source", "everything"])
def test_what_if_says_what_the_engine_would_do(cast: Cast, ask: Ask, suspended: str) -> None:
    jackpot = cast.house.open(recurrence_rules=RULES, blocked_countries=("US",), allowed_brand_ids=(cast.brand1.pk,))
    source = cast.house.source_for(jackpot, cast.instance, source_id="lobby")
    what = {
        "brand": Suspended(cast.operator.pk, cast.brand1.pk),
        "source": Suspended(cast.operator.pk, source_key=source.pk),
        "everything": Suspended(cast.operator.pk),
    }.get(suspended)
    if what is not None:
        suspend(what, reason="An alarm", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    tried = [
        (hours, brand, country, source_id)
        for hours in ((12, 19, 24 * 5 + 19) if suspended == "nothing" else (19,))
        for brand in (cast.brand1.pk, cast.brand2.pk, cast.rival_brand.pk)
        for country in ("MT", "US")
        for source_id in ("", source.source_id, "nowhere")
    ]
    accepted = 0
    for hours, brand, country, source_id in tried:
        at = MONDAY + hours * HOUR
        query = {"at": at.isoformat(), "brand_id": brand, "country": country}
        sent = query | ({"source_id": source_id} if source_id else {})
        status, told = ask(cast.analyst, f"instances/{jackpot.pk}/schedule/what-if", **sent)
        assert status == 200, told
        request = cast.house.request(source_id or jackpot, brand_id=brand, player_country=country)
        (answer,) = contribute([request], now=at)
        assert told["accepted"] is isinstance(answer, ContributionResult), (hours, brand, country, source_id)
        if isinstance(answer, ContributionResult):
            accepted += 1
            assert told["instance_id"] == str(answer.instance_id)
        else:
            assert (told["code"], told["message"]) == (answer.code, answer.message)
            assert told["instance_id"] is None
    assert (accepted > 0) is (suspended != "everything")
    assert accepted < len(tried)
    assert_invariants()


@pytest.mark.req("CON-26", "SCH-11", "SCH-14", "SCH-16")
def test_what_if_says_why(cast: Cast, ask: Ask) -> None:
    jackpot = cast.house.open(recurrence_rules=RULES, ends_at=MONDAY + 24 * 365 * 200 * HOUR)
    path = f"instances/{jackpot.pk}/schedule/what-if"
    _, told = ask(cast.analyst, path, at="2026-03-22T12:00:00Z")
    assert (told["accepted"], told["state"]) == (False, "Active")
    assert told["schedule"] == {
        "is_open": False,
        "rule": "recurrence_rules[1].frequency.Weekly.days",
        "text": "Sun is not among the open days.",
    }
    assert told["next_open"] == "2026-03-23T19:00:00Z"
    pause_instance(jackpot.pk, reason="Maintenance", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    _, told = ask(cast.analyst, path, at="2026-03-23T19:00:00Z")
    assert (told["accepted"], told["message"]) == (False, "state: the jackpot is Paused")
    assert told["schedule"]["is_open"]
    assert ask(cast.analyst, path, moment="now")[0] == 400
    assert ask(cast.analyst, path, at="0001-01-01T00:00:00+14:00")[0] == 400
    assert ask(cast.analyst, path, at="9999-12-31T23:59:59-12:00")[0] == 400
    assert ask(cast.rival_manager, path)[0] == 404
    _, told = ask(cast.analyst, path, at=(MONDAY + 24 * 365 * 201 * HOUR).isoformat())
    assert (told["state"], told["schedule"]["rule"]) == ("Terminated", "timestamp_end")
