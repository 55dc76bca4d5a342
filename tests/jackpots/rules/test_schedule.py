"""Schedules against a brute-force oracle, minute by minute, and by the worked examples."""

import os
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jackpots.rules.schedule import Schedule
from jackpots.wire.schedule import decode_schedule
from tests.jackpots.rules import oracle
from tests.jackpots.rules.schedules import DAYS, FESTIVE, SAMPLES, WEEK_WITH_SATURDAY, at, daily, ms, weekly

LONG = os.environ.get("POTLUCK_LONG") == "1"
TEN_YEARS = 3_653
STEP = 1 if LONG else 97
FIRST = date(2023, 12, 20)
ZONES = ["UTC", "Europe/Malta", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"]
MICROSECOND = timedelta(microseconds=1)

each_sample = pytest.mark.parametrize("wire", SAMPLES.values(), ids=SAMPLES)


@pytest.mark.req("SCH-12", "T12", "SCH-08", "SCH-09", "SCH-10", "SCH-11", "I-27")
@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at(2024, 1, 1, 19), True),
        (at(2024, 1, 1, 21), False),
        (at(2024, 1, 6, 8), True),
        (at(2024, 1, 6, 19, 30), True),
        (at(2024, 1, 6, 20), False),
        (at(2024, 1, 7, 12), False),
        (at(2024, 1, 1, 18, 59, 59), False),
        (at(2024, 1, 1, 20, 59, 59), True),
        (at(2024, 1, 6, 20, 30), False),
    ],
)
def test_the_worked_week(moment: datetime, is_open: bool) -> None:
    schedule = decode_schedule(WEEK_WITH_SATURDAY)
    assert schedule.is_open(moment) is is_open
    assert schedule.why(moment).is_open is is_open


@pytest.mark.req("SCH-13")
@pytest.mark.parametrize(
    ("rules", "taken", "refused"),
    [
        ([daily(("17:00", "18:00"))], [(1, 17), (7, 17)], [(1, 16), (1, 18)]),
        ([daily(("12:00", "14:00"), ("20:00", "23:00"))], [(3, 13), (4, 22)], [(3, 11), (3, 15), (4, 23)]),
        ([weekly({"Sat": None, "Sun": None})], [(6, 0), (7, 23)], [(5, 23), (8, 0)]),
    ],
    ids=["happy hour", "promotional hours", "weekend"],
)
def test_what_schedules_are_made_for(
    rules: list[Any], taken: list[tuple[int, int]], refused: list[tuple[int, int]]
) -> None:
    schedule = decode_schedule({"timestamp_start": ms(2024, 1, 1), "recurrence_rules": rules})
    assert all(schedule.is_open(at(2024, 1, day, hour)) for day, hour in taken)
    assert not any(schedule.is_open(at(2024, 1, day, hour)) for day, hour in refused)


@pytest.mark.req("SCH-17", "I-26", "RAF-11")
def test_the_last_second_of_a_day_belongs_to_it() -> None:
    schedule = decode_schedule(FESTIVE)
    assert schedule.is_open(at(2024, 12, 1, 23, 59, 59) + timedelta(milliseconds=999))
    assert not schedule.is_open(at(2024, 12, 2))
    assert not schedule.is_open(at(2024, 12, 2, 7, 59, 59))
    assert schedule.is_open(at(2024, 12, 25, 8, 59, 59))
    assert not schedule.is_open(at(2024, 12, 25, 9))


@each_sample
@pytest.mark.req("B-16", "SCH-02", "SCH-03", "SCH-04", "SCH-05", "SCH-06", "SCH-07", "SCH-17", "I-26", "I-27")
def test_minute_by_minute_it_is_what_plain_loops_say(wire: dict[str, Any]) -> None:
    """Both ways of asking, over ten years: each moment by itself, and the windows in a row."""
    schedule = decode_schedule(wire)
    first = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)
    windows = iter(list(schedule.windows(first, first + timedelta(days=TEN_YEARS))))
    current = next(windows, None)
    wrong = []
    for moment, expected in oracle.minutes(wire, FIRST, TEN_YEARS, STEP):
        while current is not None and current.end <= moment:
            current = next(windows, None)
        is_inside = current is not None and current.start <= moment
        if is_inside is not expected or schedule.is_open(moment) is not expected:
            wrong.append(moment)
    assert wrong == []


@each_sample
@pytest.mark.req("B-16")
def test_four_months_without_a_minute_left_out(wire: dict[str, Any]) -> None:
    schedule = decode_schedule(wire)
    found = oracle.minutes(wire, FIRST, 120)
    assert [moment for moment, expected in found if schedule.is_open(moment) is not expected] == []


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.req("SCH-12", "I-25")
def test_no_display_zone_changes_what_is_accepted(zone: str) -> None:
    """The same moments, said on the clocks of a zone, over ten years of their changes."""
    schedule, clocks = decode_schedule(WEEK_WITH_SATURDAY), ZoneInfo(zone)
    found = oracle.minutes(WEEK_WITH_SATURDAY, FIRST, TEN_YEARS, STEP)
    assert [moment for moment, expected in found if schedule.is_open(moment.astimezone(clocks)) is not expected] == []


@each_sample
@pytest.mark.req("I-25")
def test_windows_asked_for_on_any_clocks_are_the_same(wire: dict[str, Any]) -> None:
    schedule, since, until = decode_schedule(wire), at(2024, 2, 20, 5), at(2024, 11, 5)
    windows = list(schedule.windows(since, until))
    for clocks in map(ZoneInfo, ZONES):
        assert list(schedule.windows(since.astimezone(clocks), until.astimezone(clocks))) == windows
        assert schedule.next_open(since.astimezone(clocks)) == schedule.next_open(since)
        assert schedule.next_change(since.astimezone(clocks)) == schedule.next_change(since)


@each_sample
def test_windows_are_in_order_and_apart_and_change_exactly_at_their_ends(wire: dict[str, Any]) -> None:
    schedule = decode_schedule(wire)
    since, until = at(2023, 12, 20, 3, 4, 5), at(2025, 3, 1)
    windows = list(schedule.windows(since, until))
    assert all(earlier.end < later.start for earlier, later in pairwise(windows))
    for start, end in windows:
        assert schedule.is_open(start)
        assert schedule.is_open(end - MICROSECOND)
        assert not schedule.is_open(end) or end == until
        assert not schedule.is_open(start - MICROSECOND) or start == since
        if end < until:
            assert schedule.next_change(start) == end
            assert schedule.next_change(end - MICROSECOND) == end
        if start > since:
            assert schedule.next_open(start - MICROSECOND) == start
            assert schedule.next_change(start - MICROSECOND) == start
        assert schedule.next_open(start) == start


@each_sample
def test_walking_from_change_to_change_meets_every_window(wire: dict[str, Any]) -> None:
    schedule = decode_schedule(wire)
    since, until = at(2023, 12, 20), at(2024, 7, 1)
    changes = [edge for window in schedule.windows(since, until) for edge in window if since < edge < until]
    walked, here = [], schedule.next_change(since)
    while here is not None and here < until:
        walked.append(here)
        here = schedule.next_change(here)
    assert walked == changes


def test_what_never_opens_or_never_shuts_says_so() -> None:
    between = decode_schedule(
        {
            "timestamp_start": ms(2024, 1, 1),
            "timestamp_end": ms(2024, 1, 5),
            "recurrence_rules": [weekly({"Sun": None})],
        }
    )
    assert between.never_opens
    assert between.next_open(at(2024, 1, 2)) is None
    # The first day of the schedule is a Monday, and the daily rule wants every seventh one only.
    missed = decode_schedule(
        {
            "timestamp_start": ms(2024, 1, 1),
            "recurrence_rules": [daily(("10:00", "11:00"), interval=7), weekly({"Tue": None})],
        }
    )
    assert missed.never_opens
    assert Schedule().next_change(at(2024, 1, 1)) is None
    endless = decode_schedule(SAMPLES["the whole day without a gap"])
    assert endless.next_change(at(2026, 1, 1)) is None
    assert endless.next_change(at(2020, 1, 1)) == at(2024, 1, 1)


@pytest.mark.parametrize(
    ("moment", "is_open", "rule"),
    [
        (at(2023, 12, 31), False, "timestamp_start"),
        (at(2024, 1, 1, 19), True, "recurrence_rules[0].frequency.Daily.hours[0]"),
        (at(2024, 1, 1, 12), False, "recurrence_rules[0].frequency.Daily.hours"),
        (at(2024, 1, 6, 9), True, "recurrence_rules[1].frequency.Weekly.days[5][1].Daily.hours[0]"),
        (at(2024, 1, 6, 21), False, "recurrence_rules[1].frequency.Weekly.days[5][1].Daily.hours"),
        (at(2024, 1, 7, 19), False, "recurrence_rules[1].frequency.Weekly.days"),
    ],
)
@pytest.mark.req("SCH-11", "CON-26")
def test_the_rule_that_decides_is_named(moment: datetime, is_open: bool, rule: str) -> None:
    ruling = decode_schedule(WEEK_WITH_SATURDAY).why(moment)
    assert (ruling.is_open, ruling.rule) == (is_open, rule)
    assert ruling.text.endswith(".")


@pytest.mark.req("SCH-07", "B-16")
def test_days_and_weeks_that_an_interval_leaves_out_are_named() -> None:
    third = decode_schedule(
        {"timestamp_start": ms(2024, 1, 1, 15), "recurrence_rules": [daily(("10:00", "11:00"), interval=3)]}
    )
    assert third.why(at(2024, 1, 2, 10)).rule == "recurrence_rules[0].interval"
    assert third.is_open(at(2024, 1, 4, 10))
    second = decode_schedule(
        {"timestamp_start": ms(2024, 1, 3), "recurrence_rules": [weekly(dict.fromkeys(DAYS), interval=2)]}
    )
    # Weeks are periods of seven days from the schedule's first day, a Wednesday here.
    assert second.is_open(at(2024, 1, 9, 23, 59))
    assert second.why(at(2024, 1, 10)).rule == "recurrence_rules[0].interval"
    assert second.next_open(at(2024, 1, 10)) == at(2024, 1, 17)
    assert decode_schedule(FESTIVE).why(at(2024, 12, 25, 9)).rule == "timestamp_end"
    assert Schedule().why(at(2024, 1, 1)).is_open


clocks = st.integers(0, 86_399).map(lambda s: f"{s // 3600}:{s // 60 % 60}:{s % 60}")
hours = st.tuples(clocks, clocks).filter(lambda both: both[0] != both[1])
dailies = st.builds(
    lambda all_, interval: daily(*all_, interval=interval), st.lists(hours, min_size=1, max_size=3), st.integers(1, 5)
)
own_days = st.dictionaries(st.sampled_from(DAYS), st.none() | st.lists(hours, min_size=1, max_size=2), min_size=1)
weeklies = st.builds(weekly, own_days, st.integers(1, 4))
starts = st.none() | st.integers(ms(2024, 1, 1), ms(2024, 3, 1))
wires = st.builds(
    lambda start, length, rules: {
        "timestamp_start": start,
        "timestamp_end": None if length is None or start is None else start + length,
        "recurrence_rules": rules,
    },
    starts,
    st.none() | st.integers(1, 40 * 86_400_000),
    st.lists(dailies | weeklies, max_size=4),
)


@settings(max_examples=800 if LONG else 120, deadline=None)
@given(wire=wires, passed=st.lists(st.integers(0, 70 * 86_400), min_size=5, max_size=30))
@pytest.mark.req("B-16", "I-26", "I-27")
def test_any_schedule_at_any_second(wire: dict[str, Any], passed: list[int]) -> None:
    schedule = decode_schedule(wire)
    start = at(2024, 1, 1)
    windows = list(schedule.windows(start, start + timedelta(days=30)))
    edges = [edge for window in windows[:10] for edge in window]
    moments = [start + timedelta(seconds=second) for second in passed] + edges + [edge - MICROSECOND for edge in edges]
    for moment in moments:
        expected = oracle.is_open(wire, moment)
        assert schedule.is_open(moment) is expected
        ruling = schedule.why(moment)
        assert ruling.is_open is expected
        opens = schedule.next_open(moment)
        if expected:
            assert opens == moment
        elif opens is not None:
            assert opens > moment
            assert oracle.is_open(wire, opens)
            assert not oracle.is_open(wire, opens - MICROSECOND)


def test_schedules_of_equal_terms_are_equal() -> None:
    one, other = decode_schedule(FESTIVE), decode_schedule(FESTIVE)
    assert one.is_open(at(2024, 12, 3, 9))
    assert (one, hash(one)) == (other, hash(other))
    assert one != decode_schedule(WEEK_WITH_SATURDAY)
