"""What clocks of other zones show of a schedule, over their changes."""

import os
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from jackpots.rules.local_time import clock_changes, day_start
from jackpots.wire.schedule import decode_schedule
from tests.jackpots.rules.schedules import FESTIVE, at, daily, ms

LONG = os.environ.get("POTLUCK_LONG") == "1"
ZONES = [
    "UTC", "Europe/Malta", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo",
    "Africa/Cairo", "Asia/Beirut", "America/Havana",
]  # fmt: skip


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.req("I-25")
def test_a_day_of_any_zone_begins_at_its_first_moment(name: str) -> None:
    zone, day = ZoneInfo(name), date(2016, 1, 1)
    while day < date(2026, 1, 1):
        start = day_start(day, zone)
        assert start.astimezone(zone).date() == day
        assert (start - timedelta(microseconds=1)).astimezone(zone).date() == day - timedelta(days=1)
        day += timedelta(days=1)


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.req("I-25")
def test_changes_of_the_clock_are_where_every_hour_says_they_are(name: str) -> None:
    zone, since, until = ZoneInfo(name), at(2016 if LONG else 2023, 1, 1), at(2026, 1, 1)
    quarters = [
        since + timedelta(minutes=15 * number) for number in range(int((until - since) / timedelta(minutes=15)))
    ]
    offsets = [(moment, moment.astimezone(zone).utcoffset()) for moment in quarters]
    expected = [(later, before, after) for (_, before), (later, after) in pairwise(offsets) if before != after]
    assert [tuple(change) for change in clock_changes(zone, since, until)] == expected


@pytest.mark.req("I-25", "RAF-11")
def test_labels_follow_the_clocks_while_the_windows_stay() -> None:
    schedule = decode_schedule({"timestamp_start": ms(2026, 1, 1), "recurrence_rules": [daily(("17:00", "18:00"))]})
    malta = ZoneInfo("Europe/Malta")
    (spring,) = clock_changes(malta, at(2026, 3, 1), at(2026, 4, 30))
    assert (spring.at, spring.is_forward) == (at(2026, 3, 29, 1), True)
    shown = [
        (f"{window.start:%H:%M}", f"{window.start.astimezone(malta):%H:%M %Z}")
        for window in schedule.windows(at(2026, 3, 28), at(2026, 3, 30))
    ]
    assert shown == [("17:00", "18:00 CET"), ("17:00", "19:00 CEST")]
    (first, *_) = decode_schedule(FESTIVE).windows(at(2024, 12, 1), at(2024, 12, 3))
    assert f"{first.start.astimezone(malta):%H:%M}" == "09:00"


def test_a_window_in_the_hour_that_comes_twice_is_one_window() -> None:
    schedule = decode_schedule({"timestamp_start": ms(2026, 1, 1), "recurrence_rules": [daily(("00:00", "02:00"))]})
    (window,) = schedule.windows(at(2026, 10, 25), at(2026, 10, 26))
    malta = ZoneInfo("Europe/Malta")
    shown = [f"{edge.astimezone(malta):%H:%M %Z}" for edge in window]
    assert shown == ["02:00 CEST", "03:00 CET"]
    assert window.end - window.start == timedelta(hours=2)
