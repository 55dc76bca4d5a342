"""Periods: presets in the viewer's zone, the period before, points of charts, whole days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.rules.period import (
    DEFAULT,
    PRESETS,
    Period,
    Span,
    before,
    midnight,
    months_joined,
    period_of,
    point_label,
    point_labels,
    points,
    shown,
    whole_days,
)

BERLIN, KOLKATA, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 14, 22, 30, tzinfo=UTC)  # Saturday evening in UTC, half past eleven in Berlin


@pytest.mark.req("OFF-11", "OFF-19")
@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("today", date(2026, 3, 14), date(2026, 3, 14)),
        ("yesterday", date(2026, 3, 13), date(2026, 3, 13)),
        ("7d", date(2026, 3, 8), date(2026, 3, 14)),
        ("30d", date(2026, 2, 13), date(2026, 3, 14)),
        ("mtd", date(2026, 3, 1), date(2026, 3, 14)),
        ("last_month", date(2026, 2, 1), date(2026, 2, 28)),
        ("ytd", date(2026, 1, 1), date(2026, 3, 14)),
        ("all", None, date(2026, 3, 14)),
    ],
)
def test_presets_are_days_of_the_viewers_calendar(key: str, first: date | None, last: date) -> None:
    period = period_of(key, NOW, UTC)
    assert (period.first, period.last) == (first, last)
    assert period.label == PRESETS[key]


@pytest.mark.req("OFF-19")
def test_today_begins_at_midnight_of_the_viewer() -> None:
    assert period_of("today", NOW, KOLKATA).first == date(2026, 3, 15)
    period = period_of("today", NOW, NEW_YORK)
    assert period.start == datetime(2026, 3, 14, 4, tzinfo=UTC)  # summer time since the eighth
    assert shown(period) == Span(period.start, NOW)


@pytest.mark.req("OFF-19")
def test_days_of_ones_own() -> None:
    period = period_of("custom", NOW, UTC, date(2026, 2, 10), date(2026, 2, 1))
    assert (period.first, period.last, period.days) == (date(2026, 2, 1), date(2026, 2, 10), 10)
    assert period.label == "1 Feb \N{EN DASH} 10 Feb 2026"
    assert period_of("custom", NOW, UTC).key == DEFAULT
    assert period_of("nonsense", NOW, UTC).key == DEFAULT
    assert period_of("custom", NOW, UTC, last=date(2026, 3, 1)).first == date(2026, 3, 1)


@pytest.mark.req("OFF-11")
@pytest.mark.parametrize(
    ("key", "first", "end"),
    [
        ("today", date(2026, 3, 13), datetime(2026, 3, 13, 22, 30, tzinfo=UTC)),
        ("yesterday", date(2026, 3, 12), datetime(2026, 3, 13, tzinfo=UTC)),
        ("7d", date(2026, 3, 1), datetime(2026, 3, 7, 22, 30, tzinfo=UTC)),
        ("mtd", date(2026, 2, 1), datetime(2026, 2, 14, 22, 30, tzinfo=UTC)),
        ("last_month", date(2026, 1, 1), datetime(2026, 2, 1, tzinfo=UTC)),
        ("ytd", date(2025, 1, 1), datetime(2025, 3, 14, 22, 30, tzinfo=UTC)),
    ],
)
def test_the_period_before_is_cut_at_the_same_point(key: str, first: date, end: datetime) -> None:
    assert before(period_of(key, NOW, UTC)) == Span(midnight(first, UTC), end)


def test_a_long_month_to_date_is_compared_with_a_short_month() -> None:
    period = period_of("mtd", datetime(2026, 3, 31, 12, tzinfo=UTC), UTC)
    assert before(period) == Span(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))


def test_a_leap_day_is_compared_with_the_day_before() -> None:
    period = period_of("ytd", datetime(2028, 2, 29, 12, tzinfo=UTC), UTC)
    compared = before(period)
    assert compared is not None
    assert compared.end.date() <= date(2027, 3, 1)


def test_all_time_has_nothing_before() -> None:
    assert before(period_of("all", NOW, UTC)) is None


@pytest.mark.req("OFF-11")
def test_points_follow_the_wall_clock_through_summer_time() -> None:
    night = Period(
        key="custom", first=date(2026, 3, 29), last=date(2026, 3, 29), zone=BERLIN, now=NOW + timedelta(days=30)
    )
    assert night.unit == "hour"
    assert len(points(shown(night), "hour", BERLIN)) == 24
    month = Period(
        key="custom", first=date(2026, 3, 1), last=date(2026, 3, 31), zone=BERLIN, now=NOW + timedelta(days=30)
    )
    assert [point.day for point in points(shown(month), month.unit, BERLIN)] == list(range(1, 32))
    year = Period(key="custom", first=date(2025, 1, 15), last=date(2026, 1, 15), zone=BERLIN, now=NOW)
    assert (year.unit, len(points(shown(year), "month", BERLIN))) == ("month", 13)


def test_labels_say_what_a_point_is() -> None:
    at = datetime(2026, 3, 4, 15)  # noqa: DTZ001 - a wall clock
    assert [point_label(at, unit) for unit in ("hour", "day", "month")] == ["4 Mar 15:00", "4 Mar", "Mar 2026"]


def test_hours_of_one_day_need_no_date() -> None:
    hours = [datetime(2026, 3, 4, hour) for hour in (0, 13)]  # noqa: DTZ001
    assert point_labels(hours, "hour") == ["00:00", "13:00"]
    assert point_labels([*hours, datetime(2026, 3, 5)], "hour")[2] == "5 Mar 00:00"  # noqa: DTZ001


def test_days_join_to_months() -> None:
    days = {datetime(2026, 3, 4): 2, datetime(2026, 3, 5): 3, datetime(2026, 4, 1): 1}  # noqa: DTZ001
    assert months_joined(days) == {datetime(2026, 3, 1): 5, datetime(2026, 4, 1): 1}  # noqa: DTZ001


@given(
    start=st.one_of(st.none(), st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1))),  # noqa: DTZ001
    minutes=st.integers(min_value=0, max_value=60 * 24 * 9),
)
def test_whole_days_and_pieces_are_exactly_the_span(start: datetime | None, minutes: int) -> None:
    """Every hour of the neighbourhood is in the span if and only if it is in a whole day or in one piece."""
    begin = (start or datetime(2026, 1, 1)).replace(minute=0, second=0, microsecond=0, tzinfo=UTC)  # noqa: DTZ001
    end = begin + timedelta(minutes=minutes)
    span = Span(None if start is None else begin, end)
    first, after, pieces = whole_days(span)
    at = begin - timedelta(days=2)
    while at < end + timedelta(days=2):
        in_days = at.date() < after and (first is None or at.date() >= first)
        in_pieces = sum(at < piece.end and (piece.start is None or at >= piece.start) for piece in pieces)
        is_inside = at < end and (span.start is None or at >= span.start)
        assert in_days + in_pieces == is_inside, at
        at += timedelta(minutes=15)
