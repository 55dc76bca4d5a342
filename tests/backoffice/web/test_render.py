"""Money, times, states, cells of an export."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from backoffice.web import render
from backoffice.web.changes import changes
from backoffice.web.exports import safe_cell
from backoffice.web.icons import svg
from backoffice.web.states import LOOKS, look_of

AT = datetime(2026, 3, 14, 12, tzinfo=UTC)


def test_money_has_its_own_decimals_and_its_micro_units_in_the_title():
    assert render.money(1_234_567_899_999, "EUR") == (
        '<span class="money" title="1234567899999 micro-units">1,234,567.89 <span class="code">EUR</span></span>'
    )
    assert ">5 <" in render.money(5_999_999, "JPY")
    assert ">1.234 <" in render.money(1_234_567, "BHD")


def test_negative_money_is_marked_and_none_is_a_dash():
    assert 'class="money negative"' in render.money(-1_000_000, "EUR")
    assert "\N{MINUS SIGN}1.00" in render.money(-1_000_000, "EUR")
    assert "\N{EN DASH}" in render.money(None, "EUR")


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=59), "59 s ago"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(seconds=-3), "in a moment"),
        (timedelta(hours=-2), "in 2 h"),
        (timedelta(days=2, seconds=1), None),
        (timedelta(days=-3), None),
    ],
)
def test_recent_times_are_relative(ago, text):
    assert render.relative(AT - ago, AT) == text


def test_a_time_carries_utc_in_its_title_and_the_viewers_zone_in_its_text():
    with timezone.override("Europe/Malta"):
        shown = render.when(datetime(2024, 7, 1, 10, tzinfo=UTC))
    assert "01 Jul 2024, 12:00" in shown
    assert "2024-07-01 10:00:00 UTC" in shown
    assert 'datetime="2024-07-01T10:00:00+00:00"' in shown


def test_every_state_has_a_word_an_icon_and_its_icon_exists():
    for state, look in LOOKS.items():
        assert look.word, state
        assert "<svg" in svg(look.icon), state


@pytest.mark.parametrize(
    ("state", "word", "colour"),
    [
        ("Active", "Active", "green"),
        ("paused", "Paused", "amber"),
        ("terminated", "Terminated", "red"),
        ("ended", "Ended", "dark"),
        ("pending", "Pending", ""),
        ("awaiting_approval", "Awaiting approval", "orange"),
        ("failed", "Failed", "red"),
        ("half_baked", "Half baked", ""),
    ],
)
def test_states_look_as_agreed(state, word, colour):
    look = look_of(state)
    assert (look.word, look.colour) == (word, colour)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-x", "@a", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"]
)
def test_what_a_spreadsheet_would_run_is_quoted(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-12.50", "-3", "12", "", "Mega", "a=b"])
def test_what_is_harmless_stays(text):
    assert safe_cell(text) == text


@pytest.mark.parametrize("name", ["../../manage", "x/y", ""])
def test_an_icon_is_never_a_path(name):
    with pytest.raises(ValueError, match="no icon"):
        svg(name)


def test_changes_name_what_differs():
    found = changes({"name": "a", "on": True, "same": 1}, {"name": "b", "on": False, "same": 1, "list": [1, None]})
    assert [(one.field, one.before, one.after) for one in found] == [
        ("list", "\N{EN DASH}", "1, \N{EN DASH}"),
        ("name", "a", "b"),
        ("on", "yes", "no"),
    ]
    assert [one.after for one in changes(None, {"deep": {"b": 2, "a": 1}})] == ["a: 1; b: 2"]
    assert [one.after for one in changes({}, {"pots.a.period_seconds": 604_800})] == ["1 week"]


def test_changes_tell_money_and_shares_as_people_do():
    after = {"currency": "EUR", "seed_micros": 1_234_500_000, "share_ppm": 52_500, "pots": [{"cost_micros": 5}], "": {}}
    found = {one.field: one.after for one in changes({}, after)}
    assert found == {"currency": "EUR", "seed": "EUR 1,234.50", "share": "5.25 %", "pots": "cost: 0.000005"}
    assert [one.before for one in changes({"loose_micros": 1_000_000}, {})] == ["1.00"]
