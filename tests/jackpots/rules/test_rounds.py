"""Rounds of raffles: one or many, where each begins and ends."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from jackpots.rules.rounds import (
    Duration,
    DurationUnit,
    RaffleKind,
    Round,
    first_round,
    kind_of,
    next_round,
    round_at,
    rounds,
)
from jackpots.rules.schedule import Schedule
from jackpots.wire.schedule import decode_schedule
from tests.jackpots.rules.schedules import EVERY_EVENING_AT_TEN, FESTIVE, SAMPLES, at, daily, ms

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("unit", "length"),
    [
        ("seconds", timedelta(seconds=3)),
        ("minutes", timedelta(minutes=3)),
        ("hours", timedelta(hours=3)),
        ("days", timedelta(days=3)),
        ("weeks", timedelta(days=21)),
    ],
)
@pytest.mark.req("RAF-07")
def test_units_of_a_duration(unit: str, length: timedelta) -> None:
    assert Duration(3, DurationUnit(unit)).length == length


@pytest.mark.parametrize("count", [0, -1, 10**9])
def test_a_round_is_of_a_length_that_can_be_meant(count: int) -> None:
    with pytest.raises(ValueError, match="ten years"):
        _ = Duration(count, DurationUnit.WEEKS).length


@pytest.mark.req("RAF-10", "RAF-11", "T13")
def test_the_festive_raffle_is_held_once() -> None:
    schedule, duration = decode_schedule(FESTIVE), Duration(24 * 24 + 9, DurationUnit.HOURS)
    assert kind_of(schedule, duration) == RaffleKind.ONCE_OFF
    only = first_round(schedule, duration)
    assert only == Round(1, at(2024, 12, 1), at(2024, 12, 25, 9))
    assert next_round(schedule, duration, only) is None
    assert list(rounds(schedule, duration, at(2024, 1, 1), at(2026, 1, 1))) == [only]


@pytest.mark.req("RAF-09", "RAF-12", "B-16", "T13")
def test_the_daily_raffle_is_drawn_at_ten_each_evening() -> None:
    schedule, duration = decode_schedule(EVERY_EVENING_AT_TEN), Duration(22, DurationUnit.HOURS)
    assert kind_of(schedule, duration) == RaffleKind.RECURRING
    found = list(rounds(schedule, duration, at(2024, 8, 1), at(2024, 8, 5)))
    assert [(one.number, one.start, one.end) for one in found] == [
        (day, at(2024, 8, day), at(2024, 8, day, 22)) for day in (1, 2, 3, 4)
    ]
    assert round_at(schedule, duration, at(2024, 8, 3, 21, 59)) == found[2]
    assert round_at(schedule, duration, at(2024, 8, 3, 22)) is None
    assert round_at(schedule, duration, at(2024, 7, 31)) is None


@pytest.mark.req("B-16")
def test_the_first_round_begins_with_the_schedule_and_the_next_where_it_opens() -> None:
    wire = {"timestamp_start": ms(2026, 1, 1, 6), "recurrence_rules": [daily(("10:00", "12:00"))]}
    schedule, duration = decode_schedule(wire), Duration(5, DurationUnit.HOURS)
    first = first_round(schedule, duration)
    assert (first.start, first.end) == (at(2026, 1, 1, 6), at(2026, 1, 1, 11))
    second = next_round(schedule, duration, first)
    assert second == Round(2, at(2026, 1, 1, 11), at(2026, 1, 1, 16))
    assert next_round(schedule, duration, second) == Round(3, at(2026, 1, 2, 10), at(2026, 1, 2, 15))


@pytest.mark.req("B-16", "RAF-09")
def test_the_end_of_the_schedule_cuts_the_last_round() -> None:
    schedule = Schedule(at(2026, 1, 1), at(2026, 1, 1, 5))
    duration = Duration(2, DurationUnit.HOURS)
    found = list(rounds(schedule, duration, at(2026, 1, 1), at(2027, 1, 1)))
    assert [one.end - one.start for one in found] == [2 * HOUR, 2 * HOUR, HOUR]


def test_what_has_no_start_or_is_shorter_than_a_round_is_no_raffle() -> None:
    duration = Duration(2, DurationUnit.HOURS)
    with pytest.raises(ValueError, match="start"):
        kind_of(Schedule(), duration)
    with pytest.raises(ValueError, match="start"):
        first_round(Schedule(), duration)
    with pytest.raises(ValueError, match="shorter"):
        kind_of(Schedule(at(2026, 1, 1), at(2026, 1, 1, 1)), duration)


@pytest.mark.parametrize("name", [name for name, wire in SAMPLES.items() if wire.get("timestamp_start")])
@pytest.mark.parametrize("duration", [Duration(50, DurationUnit.MINUTES), Duration(31, DurationUnit.HOURS)])
@pytest.mark.req("B-16")
def test_rounds_far_ahead_are_those_one_gets_to_one_by_one(name: str, duration: Duration) -> None:
    wire: dict[str, Any] = SAMPLES[name]
    schedule = decode_schedule(wire)
    since = first_round(schedule, duration).start + timedelta(days=40, hours=7)
    until = since + timedelta(days=9)
    walked: list[Round] = []
    here: Round | None = first_round(schedule, duration)
    while here is not None and here.start < until:
        walked.append(here)
        here = next_round(schedule, duration, here)
    assert all(later.start >= earlier.end for earlier, later in pairwise(walked))
    assert all(schedule.is_open(one.start) for one in walked[1:])
    assert list(rounds(schedule, duration, since, until)) == [one for one in walked if one.end > since]
