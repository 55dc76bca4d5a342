"""What IGT Lottery's messages say, and what is wrong with those that say nothing."""

import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from integrations.wire.players import PlayerMessage
from tests.contracts.igtl.kit import AT_MS, BRAND, decode, event, fault, message

EDRAW = (Path(__file__).parent / "samples" / "edraw.json").read_bytes()
PREFERENCES = {"email": {"news": True, "offers": False}, "SMS": {"news": "true"}, "push notification": {"news": False}}


@pytest.mark.req("IGT-03", "IGT-08", "IGT-09", "IGT-10", "IGT-11", "IGT-14", "I-30", "I-31", "I-32")
def test_the_documented_summary_byte_for_byte() -> None:
    read = message(EDRAW, "eDraw", {"time_zone": "America/New_York"})
    assert (read.event, read.topic, read.brand_id) == ("igtl_edraw", "eDraw", BRAND)
    assert (read.identifier, read.identifier_value) == (None, "")
    assert (read.attributes, read.ignored) == ({}, ())
    upcoming, drawn = read.properties["drawSummaries"]
    assert read.properties["summaryDay"] == 1_696_723_200_000
    assert read.properties["summaryDate"] == "2023-10-08"
    assert (upcoming["productId"], upcoming["estimatedJackpot"]) == (8, 50_000)
    assert upcoming["nextDraw"]["productId"] == 8
    assert upcoming["nextDraw"]["drawNumber"] == 42
    assert upcoming["nextDraw"]["drawSchedule"] == {
        "drawTime": 1_696_913_234_000, "salesOpenTime": 1_696_654_044_000, "salesCloseTime": 1_696_913_174_000,
    }  # fmt: skip
    assert drawn["productId"] == 9
    result = drawn["prevDrawsResults"][0]
    assert (result["draw"]["productId"], result["draw"]["drawNumber"]) == (9, 198)
    assert result["draw"]["drawName"] == "EVENING"
    assert result["draw"]["drawSchedule"] == {"drawTime": 1_696_727_834_000, "salesCloseTime": 1_696_727_774_000}
    assert result["drawResultsSets"] == [{"resultsSetId": 1, "mainNumbers": [9, 1, 2]}]


@pytest.mark.req("I-32")
@pytest.mark.parametrize(
    ("day", "zone", "label"),
    [
        (1_696_723_200_000, "UTC", "2023-10-08"),
        (1_696_723_200_000, "America/New_York", "2023-10-08"),
        (1_696_723_200_000, "Asia/Tokyo", "2023-10-08"),
        (1_696_737_600_000, "America/New_York", "2023-10-08"),
        (1_696_723_200, "America/New_York", "2023-10-08"),
        ("2023-10-08", "UTC", "2023-10-08"),
        ("2023-10-08", "America/New_York", "2023-10-08"),
        ("2023-10-07T21:00:00-04:00", "America/New_York", "2023-10-07"),
    ],
)
def test_the_day_is_a_date_and_no_instant(day: Any, zone: str, label: str) -> None:
    read = message({"summaryDay": day, "drawSummaries": []}, "eDraw", {"time_zone": zone})
    assert read.properties["summaryDate"] == label


@pytest.mark.req("IGT-08", "I-32")
def test_a_summary_is_dated_by_the_broker_or_by_its_day() -> None:
    assert message(EDRAW, "eDraw").happened_at_ms == 1_700_000_000_000
    read = message(EDRAW, "eDraw", {"time_zone": "America/New_York"}, sent_at_ms=None)
    assert read.happened_at_ms == 1_696_737_600_000


@pytest.mark.req("I-30")
def test_keys_that_collide_keep_what_is_not_null_and_say_so() -> None:
    body = b'{"summaryDay":1696723200000,"summaryDay ":null,"drawSummaries":[{"productId ":null,"productId":7}]}'
    read = message(body, "eDraw")
    assert read.properties["drawSummaries"] == [{"productId": 7}]
    assert sorted(read.ignored) == [("productId", "KEY_COLLISION"), ("summaryDay", "KEY_COLLISION")]


@pytest.mark.req("I-31")
@pytest.mark.parametrize(
    ("item", "product"),
    [
        ({"productId": 1, "nextDraw": {"productId": 2}}, 1),
        ({"productId": None, "nextDraw": {"productId": 2}}, 2),
        ({"prevDrawsResults": [{"draw": {"productId": 3}}, {"draw": {"productId": 4}}]}, 3),
        ({"nextDraw": 5, "prevDrawsResults": 6}, None),
        ({}, None),
    ],
)
def test_an_item_tells_its_product_itself(item: dict[str, Any], product: int | None) -> None:
    read = message({"summaryDay": 1_696_723_200_000, "drawSummaries": [item]}, "eDraw")
    assert read.properties["drawSummaries"][0].get("productId") == product


@pytest.mark.req("IGT-03", "IGT-15", "IGT-16")
@pytest.mark.parametrize("body", [event("chance", {"linkToken": " t-1 ", "state": "TX"}), {"linkToken": "t-1"}])
def test_second_chance_updates_the_link_token_alone(body: dict[str, Any]) -> None:
    sent = {"player_id": "player_00042", "timestamp": AT_MS} | body
    for settings in ({}, {"is_command_connected": False}):
        read = message(sent, "Second Chance", settings)
        assert read.attributes == {"igtl_linkToken": "t-1"}
        assert (read.event, read.identifier_value) == ("igtl_second_chance", "player_00042")
        assert read.ignored == ((("state", "UNKNOWN_ATTRIBUTE"),) if "value" in body else ())
        assert [read.is_blocked, read.preferences, read.channels] == [None, None, None]


@pytest.mark.req("IGT-43", "G-24")
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (1_696_727_834_000, "2023-10-08T01:17:14.000Z"),
        (1_696_727_834_005, "2023-10-08T01:17:14.005Z"),
        (1_696_727_834, "2023-10-08T01:17:14.000Z"),
        ("1696727834000", "2023-10-08T01:17:14.000Z"),
        (0, "1970-01-01T00:00:00.000Z"),
        ("2023-10-08T01:17:14Z", "2023-10-08T01:17:14.000Z"),
        ("2023-10-07T21:17:14.5-04:00", "2023-10-08T01:17:14.500Z"),
        ("2023-10-07T21:17:14", "2023-10-08T01:17:14.000Z"),
        ("2023-10-07 21:17:14", "2023-10-08T01:17:14.000Z"),
        ("2023-10-07", "2023-10-07T04:00:00.000Z"),
    ],
)
def test_dates_are_epochs_or_iso(sent: Any, kept: str) -> None:
    read = message(event(value={"last_login_date": sent}), settings={"time_zone": "America/New_York"})
    assert read.attributes == {"igtl_last_login_date": kept}


@pytest.mark.req("IGT-43", "IGT-46", "G-24")
@pytest.mark.parametrize("sent", ["soon", "08/10/2023", True, {}, [1], 1e20, "1" * 29, -9e12, "2023-13-01"])
def test_a_date_that_is_none_is_skipped_and_counted(sent: Any) -> None:
    read = message(event(value={"last_login_date": sent, "first_login_date": AT_MS}))
    assert set(read.attributes) == {"igtl_first_login_date"}
    assert read.ignored == (("last_login_date", "NOT_OF_ITS_TYPE"),)


@pytest.mark.req("IGT-43")
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"120.55", "120.55"), (b"0", "0"), (b"-0.1", "-0.1"), (b"-0", "-0"), (b"1e2", "100"), (b'"12.50"', "12.50"),
        (b"0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        (b"123456789012345678901234567890", "123456789012345678901234567890"),
        (b"true", None), (b'"1,5"', None), (b"{}", None), (b"1e300", None), (b'"NaN"', None),
    ],
)  # fmt: skip
def test_numbers_are_exact(sent: bytes, kept: str | None) -> None:
    body = b'{"event":"player_win","player_id":"p","timestamp":1696723200123,"value":{"bonus_balance":%b}}' % sent
    read = message(body)
    if kept is None:
        assert (read.attributes, read.ignored) == ({}, (("bonus_balance", "NOT_OF_ITS_TYPE"),))
    else:
        value = read.attributes["igtl_bonus_balance"]
        assert isinstance(value, Decimal)
        assert f"{value:f}" == kept


@pytest.mark.req("IGT-43", "I-36")
@pytest.mark.parametrize(
    ("sent", "kept"), [(" 1990-01-02 ", "1990-01-02"), (19900102, "19900102"), (True, None), ([], None)]
)
def test_texts_stay_texts(sent: Any, kept: str | None) -> None:
    read = message(event("player_update", {"dob": sent}))
    assert read.attributes == ({"igtl_dob": kept} if kept else {})


@pytest.mark.req("IGT-46")
def test_null_and_empty_say_nothing() -> None:
    read = message(event("player_update", {"dob": None, "state": "", "first_name": " "}))
    assert (read.attributes, read.ignored) == ({}, ())


@pytest.mark.req("IGT-45", "IGT-46")
def test_an_unknown_event_is_kept_under_its_name_and_maps_nothing() -> None:
    read = message(event("player_bonus_expired", {"bonus_balance": 1, "shoe_size": 44}))
    assert read.event == "igtl_player_bonus_expired"
    assert read.attributes == {}
    assert set(read.ignored) == {("bonus_balance", "UNKNOWN_ATTRIBUTE"), ("shoe_size", "UNKNOWN_ATTRIBUTE")}
    assert read.properties == {"bonus_balance": 1, "shoe_size": 44}
    assert message(event("IGTL_player_new")).event == "igtl_player_new"


@pytest.mark.req("IGT-23", "I-35")
@pytest.mark.parametrize("sent", ["player_opt-out", "igtl_player_opt-out", "PLAYER_OPT_OUT", "Player Opt Out"])
def test_a_legal_opt_out_blocks_however_it_is_spelt(sent: str) -> None:
    read = message(event(sent))
    assert (read.event, read.is_blocked) == ("igtl_player_opt-out", True)
    assert message(event(sent, value=None) | {"value": None}).is_blocked is True


@pytest.mark.req("IGT-23")
def test_names_of_the_partner_s_own_are_mapped() -> None:
    names = {"event_names": [{"sent": "DEPOSITED", "event": "player_deposit"}, {"sent": "player_win", "event": "won"}]}
    assert message(event("Deposited", {"bonus_balance": 1}), settings=names).attributes == {"igtl_bonus_balance": 1}
    assert message(event("player_win", {"bonus_balance": 1}), settings=names).event == "igtl_won"


@pytest.mark.req("I-38")
@pytest.mark.parametrize(
    ("status", "settings", "expected"),
    [
        ("SELF_EXCLUDED", {}, True),
        ("Self excluded", {}, True),
        ("ACTIVE", {}, None),
        ("ACTIVE", {"restored_statuses": ["Active"]}, False),
        ("SELF_EXCLUDED", {"excluded_statuses": []}, None),
        ("Locked", {"excluded_statuses": ["LOCKED"]}, True),
    ],
)
def test_statuses_forbid_messages_and_only_named_ones_allow_them(status: str, settings: Any, expected: Any) -> None:
    assert message(event("player_kyc", {"account_status": status}), settings=settings).is_blocked is expected


@pytest.mark.req("I-38", "IGT-45", "IGT-46")
@pytest.mark.parametrize("name", ["account_status", "igtl_account_status"])
def test_a_status_that_forbids_messages_does_so_in_an_event_that_nobody_listed(name: str) -> None:
    settings = {"restored_statuses": ["ACTIVE"]}
    for sent in ("player_self_exclusion", "player_deposit"):
        read = message(event(sent, {name: "Self excluded"}), settings=settings)
        assert (read.is_blocked, read.attributes, read.ignored) == (True, {}, ((name, "UNKNOWN_ATTRIBUTE"),))
        assert message(event(sent, {name: "ACTIVE"}), settings=settings).is_blocked is None
        assert message(event(sent, {name: 7}), settings=settings).is_blocked is None


@pytest.mark.req("IGT-35", "IGT-36", "IGT-47", "I-34", "B-20")
@pytest.mark.parametrize(
    "body",
    [
        event("player_update_notification_preferences", {"notification_preferences": PREFERENCES}),
        event("player_unsubscribe_notification_preferences", {"notification_preferences": PREFERENCES}),
        event("player_login", preferences=PREFERENCES),
        event("player_login", {"notification_preferences": PREFERENCES}),
    ],
)
def test_preferences_come_with_any_event(body: dict[str, Any]) -> None:
    read = message(body)
    assert read.preferences == {
        "email": {"news": True, "offers": False}, "sms": {"news": True}, "push": {"news": False},
    }  # fmt: skip
    assert (read.attributes, read.ignored) == ({}, ())


@pytest.mark.req("IGT-47")
@pytest.mark.parametrize(
    ("sent", "ignored"),
    [
        (7, [("notification_preferences", "NOT_OF_ITS_TYPE")]),
        ({"fax": {"news": True}}, [("notification_preferences.fax", "UNKNOWN_ATTRIBUTE")]),
        ({"email": True}, [("notification_preferences.email", "NOT_OF_ITS_TYPE")]),
        ({"email": {"news": 1}}, [("notification_preferences.email.news", "NOT_OF_ITS_TYPE")]),
        ({}, []),
        (None, []),
    ],
)
def test_preferences_that_are_none_are_counted(sent: Any, ignored: list[tuple[str, str]]) -> None:
    read = message(event(value={"notification_preferences": sent}))
    assert read.preferences is None
    assert list(read.ignored) == ignored


@pytest.mark.req("B-20")
def test_the_parts_stand_where_the_settings_say() -> None:
    settings = {
        "identifier": "email", "identifier_path": "data.who.mail", "event_path": "data.type", "timestamp_path": "at",
        "value_path": "data", "preferences_path": "data.prefs",
    }  # fmt: skip
    body = {
        "at": "2023-10-08T00:00:00.123Z",
        "data": {
            "type": "login",
            "who": {"mail": "a@example.com"},
            "prefs": {"sms": {"x": True}},
            "last_login_date": AT_MS,
        },
    }
    read = message(body, settings=settings | {"event_names": [{"sent": "login", "event": "player_login"}]})
    assert (read.event, read.identifier, read.identifier_value) == ("igtl_player_login", "email", "a@example.com")
    assert (read.happened_at_ms, read.preferences) == (AT_MS, {"sms": {"x": True}})
    assert (list(read.attributes), read.ignored) == (["igtl_last_login_date"], ())


@pytest.mark.req("B-20")
@pytest.mark.parametrize(("at", "ms"), [(None, 1_700_000_000_000), (1_696_723_200, 1_696_723_200_000), (AT_MS, AT_MS)])
def test_the_time_is_the_message_s_or_the_broker_s(at: int | None, ms: int) -> None:
    assert message(event(timestamp=at)).happened_at_ms == ms


@pytest.mark.req("B-21")
def test_a_positioned_message_needs_no_key() -> None:
    assert (decode(event()).key, decode(event()).digest) == ("", b"")
    assert decode(EDRAW, "eDraw").key == ""


@pytest.mark.req("B-21")
def test_another_message_is_known_by_its_id_or_by_what_it_says() -> None:
    def identity(body: dict[str, Any] | bytes, **changes: Any) -> tuple[str, str]:
        reading = decode(body, is_positioned=False, **changes)
        return reading.key, reading.variant

    body = event(value={"last_login_date": AT_MS})
    assert identity(body | {"event_id": " e-1 ", "message_id": "m-1"}) == ("e-1", "Command")
    assert identity(body | {"message_id": 17}) == ("17", "Command")
    assert identity(body, headers={"Idempotency-Key": "k-1"}) == ("k-1", "Command")
    assert identity(body, headers={"idempotency-key": b"k-2"}) == ("k-2", "Command")
    assert identity(dict(reversed(body.items()))) == identity(body)
    value = b'{"last_login_date ":1.6967232001230E12}'
    spaced = b'{"value":%b,"timestamp":1696723200123,"player_id":" player_00042","event":"player_login"}' % value
    assert identity(spaced) == identity(body)
    assert identity(body | {"timestamp": AT_MS + 1}) != identity(body)
    assert len(identity(body)[0]) == 64


FAULTS = [
    ("Command", [], "NOT_AN_OBJECT"),
    ("Command", b"\xff", "NOT_UTF8"),
    ("Command", b'{"a":1,"a":2}', "DUPLICATE_KEY"),
    ("Command", event(player_id=None), "MISSING_FIELD"),
    ("Command", event(player_id="  "), "MISSING_FIELD"),
    ("Command", event(player_id=[1]), "WRONG_TYPE"),
    ("Command", event(player_id="x" * 129), "TOO_LONG"),
    ("Command", event() | {"event": None}, "MISSING_FIELD"),
    ("Command", event() | {"event": {}}, "WRONG_TYPE"),
    ("Command", event("<b>"), "INVALID_EVENT"),
    ("Command", event(timestamp="soon"), "INVALID_TIMESTAMP"),
    ("Command", event(timestamp=-5), "INVALID_TIMESTAMP"),
    ("Command", event(value=[]), "WRONG_TYPE"),
    ("PDP", event(player_id=None), "MISSING_FIELD"),
    ("Second Chance", event(), "MISSING_FIELD"),
    ("Second Chance", event(value={"linkToken": ""}), "MISSING_FIELD"),
    ("Second Chance", event(value={"linkToken": {}}), "WRONG_TYPE"),
    ("Second Chance", event(value={"linkToken": "x" * 2_049}), "TOO_LONG"),
    ("eDraw", {"drawSummaries": []}, "MISSING_FIELD"),
    ("eDraw", {"summaryDay": 1_696_723_200_000}, "MISSING_FIELD"),
    ("eDraw", {"summaryDay": True, "drawSummaries": []}, "INVALID_TIMESTAMP"),
    ("eDraw", {"summaryDay": "soon", "drawSummaries": []}, "INVALID_TIMESTAMP"),
    ("eDraw", {"summaryDay": 1_696_723_200_000, "drawSummaries": {}}, "WRONG_TYPE"),
    ("eDraw", {"summaryDay": 1_696_723_200_000, "drawSummaries": [7]}, "WRONG_TYPE"),
    ("eDraw", b"[" + b" " * 300_000 + b"]", "TOO_LARGE"),
    ("Command", b"[" + b" " * 70_000 + b"]", "TOO_LARGE"),
]


@pytest.mark.req("B-19", "B-20")
@pytest.mark.parametrize(
    ("stream", "body", "code"), FAULTS, ids=[f"{code}-{n}" for n, (_, _, code) in enumerate(FAULTS)]
)
def test_each_fault_has_its_reason(stream: str, body: Any, code: str) -> None:
    found = fault(body, stream)
    assert (found.code, found.is_unsupported) == (code, False)


@pytest.mark.req("B-19")
def test_another_topic_is_not_read() -> None:
    found = fault(event(), "igtl.other")
    assert (found.code, found.is_unsupported) == ("UNKNOWN_TOPIC", True)


@pytest.mark.parametrize(
    ("body", "stream"),
    [
        (EDRAW, "eDraw"),
        (event("x", {"linkToken": "t"}), "Second Chance"),
        (event("player_update", {"lifetime_wins": 1}), "PDP"),
        (event(), "Command"),
    ],
)
def test_a_message_without_its_topic_is_told_by_its_shape(body: Any, stream: str) -> None:
    assert message(body, "typed by hand", is_positioned=False).topic == stream


def test_what_was_read_is_not_what_was_sent_changed() -> None:
    body = event(value={"last_login_date": AT_MS})
    kept = copy.deepcopy(body)
    read: PlayerMessage = message(body)
    assert body == kept
    assert read.properties == kept["value"]
