"""The Schedule tab: its calendar on two clocks, and what would be accepted."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jackpots.models import Instance
from jackpots.operations.pause_instance import pause_instance
from jackpots.web.calendar import Calendar, asked_span, month_of, week_of
from jackpots.web.schedule_words import rule_words
from jackpots.wire.schedule import decode_rules, decode_schedule
from tests.cast import SYSTEM, Cast
from tests.jackpots.rules.schedules import FESTIVE, SAMPLES, WEEK_WITH_SATURDAY, daily, ms, weekly
from tests.jackpots.web.conftest import text_of

Visit = Callable[[str], Client]
TODAY = date(2026, 3, 16)


def calendar(wire: dict[str, Any], zone: str, month: str = "", week: str = "") -> Calendar:
    return Calendar(decode_schedule(wire), asked_span(month, week, TODAY), zone, TODAY)


@pytest.fixture
def happy_week(cast: Cast) -> Instance:
    rules = decode_rules(WEEK_WITH_SATURDAY["recurrence_rules"])
    return cast.house.open(
        name="Happy week",
        recurrence_rules=rules,
        starts_at=datetime(2026, 3, 1, tzinfo=UTC),
        time_zone="Europe/Malta",
        blocked_countries=("US",),
    )


@pytest.mark.req("I-25", "SCH-12")
def test_a_month_of_whole_weeks_on_the_clocks_of_a_zone() -> None:
    shown = calendar(WEEK_WITH_SATURDAY, "Europe/Malta", month="2026-03")
    weeks = shown.weeks()
    assert [len(week) for week in weeks] == [7] * 6
    assert (weeks[0][0].date, weeks[-1][-1].date) == (date(2026, 2, 23), date(2026, 4, 5))
    by_date = {day.date: day for week in weeks for day in week}
    assert by_date[date(2026, 3, 16)].local == ("20:00\N{EN DASH}22:00",)
    assert by_date[date(2026, 3, 30)].local == ("21:00\N{EN DASH}23:00",)
    assert by_date[date(2026, 3, 30)].utc == ("19:00\N{EN DASH}21:00",)
    assert by_date[date(2026, 3, 28)].local == ("09:00\N{EN DASH}21:00",)
    assert by_date[date(2026, 3, 29)].summary == "closed"
    assert [day.date for day in by_date.values() if day.is_today] == [TODAY]
    assert not by_date[date(2026, 3, 1)].is_outside
    assert by_date[date(2026, 4, 1)].is_outside


@pytest.mark.req("I-25")
def test_changes_of_the_clock_are_marked_and_said() -> None:
    shown = calendar(WEEK_WITH_SATURDAY, "Europe/Malta", week="2026-03-27")
    ((at, text),) = shown.warnings()
    assert at == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert text == "Clocks in Europe/Malta go forward by 1 h: 02:00 becomes 03:00."
    assert [day.date for day in shown.weeks()[0] if day.change] == [date(2026, 3, 29)]
    back = calendar(WEEK_WITH_SATURDAY, "Australia/Lord_Howe", month="2026-04")
    assert back.warnings()[0][1] == "Clocks in Australia/Lord_Howe go back by 30 min: 02:00 becomes 01:30."
    assert calendar(WEEK_WITH_SATURDAY, "UTC", month="2026-03").warnings() == []


def test_bars_fill_a_day_also_one_of_25_hours() -> None:
    always = {"timestamp_start": ms(2026, 1, 1), "recurrence_rules": [daily(("00:00", "23:59:59"))]}
    for zone in ("UTC", "Europe/Malta", "America/New_York"):
        for week in ("2026-10-20", "2026-03-27"):
            for day in calendar(always, zone, week=week).weeks()[0]:
                assert [(bar.x, bar.width) for bar in day.bars] == [(0, 1440)]
                assert day.local == ("00:00\N{EN DASH}24:00",)
    night = {"timestamp_start": ms(2026, 1, 1), "recurrence_rules": [daily(("22:00", "02:00"))]}
    (monday, *_) = calendar(night, "UTC", week="2026-03-16").weeks()[0]
    assert [(bar.x, bar.width) for bar in monday.bars] == [(0, 120), (1320, 120)]
    rows = calendar(night, "Europe/Malta", week="2026-03-16").rows()
    assert (rows[1].local, rows[1].utc, rows[1].length) == (
        "Mon 16 Mar 23:00\N{EN DASH}Tue 03:00",
        "Mon 16 Mar 22:00\N{EN DASH}Tue 02:00",
        "4 h",
    )


@pytest.mark.parametrize(
    ("month", "week", "span"),
    [
        ("2026-12", "", month_of(date(2026, 12, 5))),
        ("", "2026-12-05", week_of(date(2026, 11, 30))),
        ("2026-13", "", month_of(TODAY)),
        ("9999-12", "", month_of(TODAY)),
        ("", "0001-01-01", month_of(TODAY)),
        ("nonsense", "<b>", month_of(TODAY)),
    ],
)
def test_the_address_says_which_days(month: str, week: str, span: Any) -> None:
    assert asked_span(month, week, TODAY) == span


def test_months_and_weeks_lead_to_their_neighbours() -> None:
    december = month_of(date(2026, 12, 31))
    assert (december.title, december.before, december.after) == ("December 2026", "month=2026-11", "month=2027-01")
    week = week_of(date(2027, 1, 1))
    assert (week.title, week.before, week.after) == (
        "28 December to 3 January 2027",
        "week=2026-12-21",
        "week=2027-01-04",
    )


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        (
            WEEK_WITH_SATURDAY,
            [
                "Every day from 19:00 to 21:00 UTC.",
                "Every week on Mon, Tue, Wed, Thu and Fri at the daily hours; Sat from 08:00 to 20:00 UTC.",
            ],
        ),
        (FESTIVE, ["Every day from 08:00 to 24:00 UTC."]),
        (SAMPLES["weekends, every second week"], ["Every 2 weeks on Sat and Sun all day."]),
        (SAMPLES["the whole day without a gap"], ["Every day from midnight to midnight UTC."]),
        (
            {"recurrence_rules": [daily(("1:00", "2:00"), ("3:00:30", "4:00"), interval=3)]},
            ["Every 3 days from 01:00 to 02:00 and from 03:00:30 to 04:00 UTC."],
        ),
        ({"recurrence_rules": [weekly({"Sun": [("1:00", "2:00")]})]}, ["Every week on Sun from 01:00 to 02:00 UTC."]),
    ],
)
def test_rules_in_words(wire: dict[str, Any], words: list[str]) -> None:
    assert rule_words(decode_schedule(wire).rules) == words


@pytest.mark.req("SCH-15", "I-25", "OFF-16")
def test_the_tab_shows_both_clocks_and_the_rules(happy_week: Instance, visit: Visit) -> None:
    url = reverse("instance_schedule", args=[happy_week.pk])
    page = text_of(visit("analyst").get(url, {"week": "2026-03-23", "zone": "Europe/Malta"}))
    assert "23 to 29 March 2026" in page
    assert "20:00\N{EN DASH}22:00" in page
    assert "19:00\N{EN DASH}21:00 UTC" in page
    assert "Clocks in Europe/Malta go forward" in page
    assert "Every week on Mon, Tue, Wed, Thu and Fri at the daily hours" in page
    assert '"frequency": {' in page
    page = text_of(visit("analyst").get(url, {"month": "2026-03", "zone": "Mars/Olympus"}))
    assert "March 2026" in page
    assert "Times in UTC" in page


@pytest.mark.req("SCH-15", "CON-26")
def test_list_and_page_say_that_an_active_jackpot_is_outside_its_hours(cast: Cast, visit: Visit) -> None:
    never_again = decode_rules([daily(("00:00", "00:01"), interval=366)])
    jackpot = cast.house.open(name="Rarely", recurrence_rules=never_again, ends_at=datetime(2190, 1, 1, tzinfo=UTC))
    client = visit("analyst")
    page = text_of(client.get(reverse("instances"), {"q": "Rarely"}))
    assert "outside its hours" in page
    page = text_of(client.get(reverse("instance", args=[jackpot.pk])))
    assert "Outside its hours, which come again on" in page
    assert reverse("instance_schedule", args=[jackpot.pk]) in page
    assert "utside its hours" not in text_of(client.get(reverse("instance", args=[cast.instance.pk])))


@pytest.mark.req("CON-26", "SCH-15", "T12")
def test_a_question_is_answered_by_the_rules_of_the_engine(cast: Cast, happy_week: Instance, visit: Visit) -> None:
    client, url = visit("analyst"), reverse("instance_schedule", args=[happy_week.pk])

    def ask(at: str, **values: str) -> str:
        return text_of(
            client.get(
                url, {"zone": "Europe/Malta", "at": at, "brand_id": "", "country": "", "source_id": "", **values}
            )
        )

    page = ask("2026-03-22T12:00")
    assert "Refused</strong> at" in page
    assert "Sun is not among the open days." in page
    assert "taken again from 2026-03-23T19:00:00Z" in page
    assert "Accepted</strong> at" in ask("2026-03-23T20:00", brand_id=cast.brand1.pk, country="MT")
    page = ask("2026-03-23T20:00", brand_id=cast.brand1.pk, country="USA")
    assert "SOURCE_JACKPOTS_NOT_ALLOWED" in page
    cast.house.source_for(happy_week, cast.instance, source_id="lobby")
    page = ask("2026-03-23T12:00", brand_id=cast.brand1.pk, country="MT", source_id="lobby")
    assert f'another jackpot: <a href="{reverse("instance", args=[cast.instance.pk])}"' in page
    pause_instance(happy_week.pk, reason="Maintenance", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert "state: the jackpot is Paused" in ask("2026-03-23T20:00")
    # 02:30 does not exist on that night's clocks.
    page = ask("2026-03-29T02:30")
    assert "could" in page
    assert "interpreted in time zone Europe/Malta" in page
    assert "Accepted</strong>" not in page
    assert "The year is from 1990 to 2989." in ask("9998-01-01T00:00")
    assert "Accepted</strong>" not in ask("0001-01-01T00:00")
    page = ask("2026-03-23T20:00", brand_id=cast.rival_brand.pk)
    assert "Select a valid choice" in page
