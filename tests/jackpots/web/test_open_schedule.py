"""Opening a jackpot with a schedule: typed, pasted, and looked at before."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.core import json
from jackpots.models import Instance
from jackpots.web.schedule_form import typed_schedule
from jackpots.wire.schedule import decode_schedule
from tests.cast import Cast
from tests.invariants import assert_invariants
from tests.jackpots.rules.schedules import SAMPLES, WEEK_WITH_SATURDAY, daily, weekly
from tests.jackpots.web.conftest import text_of
from tests.jackpots.wire.test_schedule_shapes import PASTED_FESTIVE, PASTED_WEEK

Visit = Callable[[str], Client]
WEEKDAYS = {f"on_{day}": "on" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")}


@pytest.fixture
def post(cast: Cast, visit: Visit) -> Callable[..., Any]:
    """The form, sent by the manager with these values."""

    def send(page: str = "instance_open", **values: str) -> Any:
        sent = {
            "template_id": str(cast.template.pk),
            "name": "Happy week",
            "owner": cast.operator.pk,
            "time_zone": "Europe/Malta",
        }
        return visit("manager").post(reverse(page), sent | values)

    return send


@pytest.mark.req("SCH-01", "SCH-02", "SCH-05", "SCH-12")
def test_hours_and_days_are_typed(post: Callable[..., Any]) -> None:
    typed = {"daily_hours": "19:00-21:00", "hours_Sat": "8:00 to 20:00", **WEEKDAYS}
    answer = post(starts_at="2040-01-01T00:00", **typed)
    assert answer.status_code == 302, text_of(answer)
    made = Instance.objects.get(name="Happy week")
    assert made.recurrence_rules == WEEK_WITH_SATURDAY["recurrence_rules"]
    assert (made.starts_at, made.time_zone, made.state) == (datetime(2040, 1, 1, tzinfo=UTC), "Europe/Malta", "Pending")
    assert_invariants()


@pytest.mark.req("SCH-07", "SCH-17", "I-26")
def test_intervals_and_windows_over_midnight_are_typed(post: Callable[..., Any]) -> None:
    assert (
        post(daily_hours="22:00-02:00, 08:00:00-23:59:59; 1:00 \N{EN DASH} 2:30", daily_interval="3").status_code == 302
    )
    made = Instance.objects.get(name="Happy week")
    assert made.recurrence_rules == [daily(("22:00", "2:00"), ("8:00", "23:59:59"), ("1:00", "2:30"), interval=3)]
    assert made.starts_at is not None
    assert post(weekly_interval="2").status_code == 302
    every_second = weekly(dict.fromkeys(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]), interval=2)
    assert Instance.objects.filter(recurrence_rules=[every_second]).count() == 1


@pytest.mark.req("I-11", "SCH-12")
def test_a_pasted_schedule_is_used_whole(post: Callable[..., Any]) -> None:
    pasted = PASTED_WEEK.replace("1704067200000", "2208988800000")
    assert post(pasted=pasted, daily_hours="01:00-02:00").status_code == 302
    made = Instance.objects.get(name="Happy week")
    assert made.recurrence_rules == WEEK_WITH_SATURDAY["recurrence_rules"]
    assert made.starts_at == datetime(2040, 1, 1, tzinfo=UTC)


@pytest.mark.req("I-11")
def test_what_was_pasted_is_read_into_the_fields_with_what_was_repaired(post: Callable[..., Any]) -> None:
    answer = post(act="read", pasted=PASTED_WEEK, daily_hours="01:00-02:00")
    assert answer.status_code == 200
    page = text_of(answer)
    assert "It stands in the fields now" in page
    assert '<del><code>["Mon", null].</code></del><ins><code>["Mon", null],</code></ins>' in page
    form = answer.context["form"]
    assert form["daily_hours"].value() == "19:00-21:00"
    assert form["hours_Sat"].value() == "08:00-20:00"
    assert [bool(box.value()) for box, _ in form.days()] == [True] * 6 + [False]
    assert (form["pasted"].value(), form["name"].value()) == ("", "Happy week")
    assert form["starts_at"].value() == "2024-01-01T00:00"
    assert not Instance.objects.filter(name="Happy week").exists()
    assert post(act="read", pasted=PASTED_WEEK, name="").status_code == 200, "the rest is asked for when it is sent"


@pytest.mark.req("I-11")
def test_more_rules_than_the_fields_can_say_stay_where_they_were_pasted(post: Callable[..., Any]) -> None:
    rules = json.encode([daily(("1:00", "2:00")), daily(("5:00", "6:00"), interval=2)]).decode()
    answer = post(act="read", pasted=f'{{"recurrence_rules": {rules} // all\n}}')
    assert answer.status_code == 200
    assert "more rules than the fields can say" in text_of(answer)
    assert rules in answer.context["form"]["pasted"].value()
    assert post(pasted=f'{{"recurrence_rules": {rules}}}').status_code == 302
    assert len(Instance.objects.get(name="Happy week").recurrence_rules) == 2


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"daily_hours": "7pm"}, "daily_hours", "is no pair of times"),
        ({"daily_hours": "19:00-19:00"}, "daily_hours", "begins where it ends"),
        ({"daily_hours": "25:00-26:00"}, "daily_hours", "goes beyond the hours of a day"),
        ({"hours_Sat": "08:00-20:00"}, "hours_Sat", "Tick Saturday as well"),
        ({"daily_interval": "0"}, "daily_interval", "greater than or equal to 1"),
        ({"pasted": '{"recurrence_rules": [{"frequency": {}}]}'}, "pasted", "recurrence_rules[0].frequency"),
        ({"pasted": "{"}, "pasted", "This is no JSON"),
        ({"starts_at": "2040-01-02T12:00", "ends_at": "2040-01-02T12:00"}, "ends_at", "The end must be after"),
        (
            {"starts_at": "2040-01-02T12:00", "ends_at": "2040-01-02T18:00", "daily_hours": "19:00-20:00"},
            "daily_hours",
            "no contribution is taken",
        ),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "Select a valid choice"),
        ({"starts_at": "9999-12-31T23:59"}, "starts_at", "The year is from 1990"),
    ],
)
@pytest.mark.parametrize("name", ["instance_open", "instance_schedule_preview"])
def test_what_is_wrong_stands_at_its_field(
    post: Callable[..., Any], name: str, values: dict[str, str], field: str, says: str
) -> None:
    answer = post(name, **values)
    page = text_of(answer)
    if name == "instance_open":
        assert answer.status_code == 422
        assert says in str(answer.context["form"].errors[field])
        assert not Instance.objects.filter(name="Happy week").exists()
    elif says == "no contribution is taken":
        assert "None within a year" in page
    else:
        assert says in page


@pytest.mark.req("I-11", "I-25")
def test_the_preview_shows_the_next_windows_on_two_clocks(post: Callable[..., Any]) -> None:
    pasted = PASTED_FESTIVE.replace("1733011200000", "2206310400000").replace("1735117200000", "2208416400000")
    page = text_of(post("instance_schedule_preview", pasted=pasted))
    assert "Every day from 08:00 to 24:00 UTC." in page
    assert "Thu 01 Dec 08:00\N{EN DASH}24:00" in page
    assert "Thu 01 Dec 09:00\N{EN DASH}Fri 01:00" in page
    assert "comma added" in page
    page = text_of(post("instance_schedule_preview", daily_hours="17:00-18:00"))
    assert "Clocks in Europe/Malta go forward by 1 h" in page
    assert "all of the time between" in text_of(post("instance_schedule_preview"))


@pytest.mark.parametrize("name", SAMPLES)
def test_what_can_be_typed_is_typed_back_to_the_same(post: Callable[..., Any], name: str) -> None:
    schedule = decode_schedule(SAMPLES[name])
    typed = typed_schedule(schedule)
    if typed is None:
        assert len(schedule.rules) >= 2
        return
    answer = post("instance_schedule_preview", **typed)
    assert answer.context["schedule"] == schedule
