"""A schedule as partners write it: read strictly, pasted leniently."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.core import json
from backoffice.core.errors import Refusal
from jackpots.wire.lenient import Change, repair
from jackpots.wire.schedule import decode_rules, decode_schedule, encode_schedule
from tests.jackpots.rules.schedules import SAMPLES, WEEK_WITH_SATURDAY, daily, weekly

PASTED_WEEK = """{
"timestamp_start": 1704067200000,
// It goes on for ever
"recurrence_rules": [
{
"frequency": {
"Daily": {
"hours": [
[
{ "hour": 19, "minute": 0, "sec": 0 }.
{ "hour": 21, "minute": 0, "sec": 0 }
]
]
}
},
"interval": 1, // each day
},
{
"frequency": {
"Weekly": {
"days": [
["Mon", null].
["Tue", null],
["Wed", null],
["Thu", null],
["Fri", null],
["Sat", {
"Daily": {
"hours": [
[
{ "hour": 8, "minute": 0, "sec": 0 },
{ "hour": 20, "minute": 0, "sec": 0 }
]
]
}
}]
]
}
}
}
]
}"""
PASTED_FESTIVE = """{
// From the first of December
"timestamp_start": 1733011200000,
/* to the
   morning of the 25th */
"timestamp_end": 1735117200000
"recurrence_rules": [
{
"frequency": {"Daily": {"hours": [[{ "hour": 8, "minute": 0, "sec": 0 }.
{ "hour": 23, "minute": 59, "sec": 59 }]]}},
"interval": 1,
}
]
}"""


@pytest.mark.parametrize("wire", SAMPLES.values(), ids=SAMPLES)
@pytest.mark.req("SCH-03", "SCH-04", "SCH-05", "SCH-06", "SCH-07", "SCH-08", "SCH-10")
def test_what_is_read_is_written_the_same(wire: dict[str, Any]) -> None:
    schedule = decode_schedule(wire)
    assert encode_schedule(schedule) == {"recurrence_rules": []} | wire
    assert decode_schedule(encode_schedule(schedule)) == schedule


@pytest.mark.req("I-16")
def test_extended_numbers_are_taken_and_plain_ones_given() -> None:
    wire = {
        "timestamp_start": {"$numberLong": "1704067200000"},
        "recurrence_rules": [
            {
                "frequency": {"Daily": {"hours": [[{"hour": {"$numberInt": "19"}}, {"hour": 21}]]}},
                "interval": {"$numberLong": "2"},
            }
        ],
    }
    assert encode_schedule(decode_schedule(wire)) == {
        "timestamp_start": 1_704_067_200_000,
        "recurrence_rules": [daily(("19:00", "21:00"), interval=2)],
    }


@pytest.mark.req("I-27")
def test_a_weekly_rule_without_an_interval_is_of_every_week() -> None:
    (rule,) = decode_rules([{"frequency": {"Weekly": {"days": [["Mon", None]]}}}])
    assert rule.interval == 1


def rules(rule: Any) -> dict[str, Any]:
    return {"recurrence_rules": [rule]}


HOURS = "recurrence_rules[0].frequency.Daily.hours"
DAYS = "recurrence_rules[0].frequency.Weekly.days"


@pytest.mark.parametrize(
    ("wire", "path"),
    [
        ([], None),
        ({"timestamp_begin": 1}, "timestamp_begin"),
        ({"timestamp_start": "soon"}, "timestamp_start"),
        ({"timestamp_start": True}, "timestamp_start"),
        ({"timestamp_start": {"$numberLong": "-1"}}, "timestamp_start"),
        ({"timestamp_start": {"$numberLong": "1704067200000", "more": 1}}, "timestamp_start"),
        ({"timestamp_start": 1_704_067_200}, "timestamp_start"),
        ({"timestamp_start": 10**17}, "timestamp_start"),
        ({"timestamp_start": 1_704_067_200_000, "timestamp_end": 1_704_067_200_000}, "timestamp_end"),
        ({"recurrence_rules": {}}, "recurrence_rules"),
        ({"recurrence_rules": [daily(("10:00", "11:00"))] * 21}, "recurrence_rules"),
        (rules({}), "recurrence_rules[0].frequency"),
        (rules({"frequency": {}}), "recurrence_rules[0].frequency"),
        (rules({"frequency": {"Monthly": {}}}), "recurrence_rules[0].frequency.Monthly"),
        (
            rules({"frequency": {"Daily": {"hours": []}, "Weekly": {"days": []}}}),
            "recurrence_rules[0].frequency",
        ),
        (rules({"frequency": {"Daily": {"hours": []}}}), HOURS),
        (rules({"frequency": {"Daily": {"hours": [[]]}}}), f"{HOURS}[0]"),
        (rules(daily(("10:00", "10:00"))), f"{HOURS}[0]"),
        (rules(daily(("24:00", "10:00"))), f"{HOURS}[0][0].hour"),
        (rules(daily(("10:00", "11:60"))), f"{HOURS}[0][1].minute"),
        (
            rules({"frequency": {"Daily": {"hours": [[{"hour": 1, "second": 2}, {"hour": 2}]]}}}),
            f"{HOURS}[0][0].second",
        ),
        (rules({"frequency": {"Daily": {"hours": [[{"minute": 1}, {"hour": 2}]]}}}), f"{HOURS}[0][0].hour"),
        (rules({"frequency": {"Daily": {"hours": [[{"hour": 1.5}, {"hour": 2}]]}}}), f"{HOURS}[0][0].hour"),
        (rules(daily(("10:00", "11:00"), interval=0)), "recurrence_rules[0].interval"),
        (rules(daily(("10:00", "11:00"), interval=367)), "recurrence_rules[0].interval"),
        (rules(weekly({})), DAYS),
        (rules(weekly({"Day": None})), f"{DAYS}[0][0]"),
        (rules({"frequency": {"Weekly": {"days": [["Mon", None], ["Mon", None]]}}}), DAYS),
        (rules({"frequency": {"Weekly": {"days": [["Mon"]]}}}), f"{DAYS}[0]"),
        (rules({"frequency": {"Weekly": {"days": [["Mon", {"Weekly": 1}]]}}}), f"{DAYS}[0][1].Weekly"),
        (rules(weekly({"Mon": []})), f"{DAYS}[0][1].Daily.hours"),
        (
            {"recurrence_rules": [daily(("1:00", "2:00"), interval=interval) for interval in (61, 60, 7)]},
            "recurrence_rules",
        ),
    ],
)
@pytest.mark.req("B-06", "I-24")
def test_what_is_wrong_is_named_by_its_path(wire: Any, path: str | None) -> None:
    with pytest.raises(Refusal) as caught:
        decode_schedule(wire)
    assert (caught.value.code, caught.value.field) == ("INVALID_REQUEST", path)


@pytest.mark.req("I-11", "SCH-12")
def test_the_week_can_be_pasted_as_it_stands_in_manuals() -> None:
    repaired = repair(PASTED_WEEK)
    assert decode_schedule(repaired.value) == decode_schedule(WEEK_WITH_SATURDAY)
    assert json.decode(repaired.text) == repaired.value
    assert repaired.changes == (
        Change(3, "// It goes on for ever", "", "comment removed"),
        Change(
            10,
            '{ "hour": 19, "minute": 0, "sec": 0 }.',
            '{ "hour": 19, "minute": 0, "sec": 0 },',
            "point read as a comma",
        ),
        Change(16, '"interval": 1, // each day', '"interval": 1', "trailing comma removed, comment removed"),
        Change(22, '["Mon", null].', '["Mon", null],', "point read as a comma"),
    )


@pytest.mark.req("I-11", "RAF-11")
def test_commas_left_out_are_put_in() -> None:
    repaired = repair(PASTED_FESTIVE)
    assert decode_schedule(repaired.value) == decode_schedule(SAMPLES["the festive season"])
    assert [(change.line, change.what) for change in repaired.changes] == [
        (2, "comment removed"),
        (4, "comment removed"),
        (5, "comment removed"),
        (6, "comma added"),
        (9, "point read as a comma"),
        (11, "trailing comma removed"),
    ]


@pytest.mark.parametrize(
    ("pasted", "value"),
    [
        ('["a" "b"]', ["a", "b"]),
        ("[1, 2,, 3,]", [1, 2, 3]),
        ("[1, 2].", [1, 2]),
        ("[1]. ", [1]),
        ("[{},. {}]", [{}, {}]),
        ("# told\n[1 2] // so", [1, 2]),
        ('["a // b", "c, }. d", "/* e */"]', ["a // b", "c, }. d", "/* e */"]),
        ("[1.5]", None),
        ('{"a": {"b": 1} "c": [] "d": null}', {"a": {"b": 1}, "c": [], "d": None}),
    ],
)
@pytest.mark.req("I-11")
def test_repairs(pasted: str, value: Any) -> None:
    repaired = repair(pasted)
    assert value is None or repaired.value == value
    assert repair(repaired.text).changes == ()
    assert bool(repaired.changes) is (repaired.text != pasted.rstrip())


@pytest.mark.parametrize(
    "pasted", ["", "{", '{"a"}', '{"a: 1}', "[1,2", "nothing", "{,}", "[" * 50, "\ud800", '{"a":1,"a":2}']
)
@pytest.mark.req("I-11")
def test_what_is_broken_otherwise_is_refused(pasted: str) -> None:
    with pytest.raises(Refusal, match="INVALID_REQUEST"):
        repair(pasted)


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(Refusal, match="PAYLOAD_TOO_LARGE"):
        repair(" " * 70_000)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(alphabet='ab}.,"/\\#: ', max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet="xyz.,", max_size=4), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(value=plain)
def test_strict_json_is_left_as_it_is(value: Any) -> None:
    text = json.encode(value).decode()
    repaired = repair(text)
    assert (repaired.text, repaired.value, repaired.changes) == (text, value, ())


pieces = st.sampled_from(
    [
        '"',
        "\\",
        "/*",
        "*/",
        "//",
        "#",
        "\n",
        ",",
        ".",
        "{",
        "}",
        "[",
        "]",
        ":",
        "1",
        "-",
        "e",
        "a",
        " ",
        "'",
        "\N{EN DASH}",
    ]
)


@settings(max_examples=300, deadline=None)
@given(text=st.lists(pieces, max_size=60).map("".join))
@pytest.mark.req("I-11")
def test_whatever_is_pasted_is_read_or_refused(text: str) -> None:
    try:
        repaired = repair(text)
    except Refusal:
        return
    assert json.decode(repaired.text) == repaired.value
    assert len(repaired.text.split("\n")) == len(text.split("\n"))


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["/* ", '\\"', '"\\', "//\n", "[1 ", '{"a" ', ",,", "}.", '"', "'"])
def test_the_longest_text_takes_no_longer_than_its_length(piece: str) -> None:
    with pytest.raises(Refusal):
        repair('"' + piece * (60_000 // len(piece)))
    with pytest.raises(Refusal):
        repair(piece * (60_000 // len(piece)))
