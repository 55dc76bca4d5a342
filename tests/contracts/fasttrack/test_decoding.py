"""The messages that Fast Track documents, and what is wrong with those it does not."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from integrations.kinds.fasttrack.decode import FastTrackDecoder
from integrations.kinds.fasttrack.settings import FastTrackSettings, read_settings
from integrations.wire.casino import CasinoActivity
from integrations.wire.decoded import Decoded, Fault, SettingsError
from tests.integrations.support import message, raw

SAMPLES = Path(__file__).parent / "samples"
MAPPING: dict[str, Any] = {
    "brands": [{"origin": "sub.example.com", "brand_id": "thrilltech:brand1"}],
    "default_source_id": "sitewide-casino",
}
REQUIRED = (
    "activity_id", "amount", "currency", "exchange_rate", "game_id", "game_name", "is_round_end", "origin", "round_id",
    "status", "timestamp", "type", "user_id", "vendor_id", "vendor_name",
)  # fmt: skip
OPTIONAL = (
    "balance_after", "balance_before", "bonus_wager_amount", "game_type", "locked_wager_amount", "wager_amount", "meta",
)  # fmt: skip


def decoder(**changes: Any) -> FastTrackDecoder:
    return FastTrackDecoder(read_settings(MAPPING | changes))


def decoded(body: dict[str, Any] | bytes, **changes: Any) -> CasinoActivity:
    reading = decoder(**changes).decode(raw(body))
    assert isinstance(reading, Decoded), reading
    activity: CasinoActivity = reading.content
    return activity


def fault(body: dict[str, Any] | bytes, message_type: str | None = "CASINO", **changes: Any) -> str:
    reading = decoder(**changes).decode(raw(body, message_type))
    assert isinstance(reading, Fault), reading
    return reading.code


@pytest.mark.req("FTC-01", "FTC-02", "FTC-03", "FTC-04", "FTC-08", "FTC-09")
def test_the_documented_bet_byte_for_byte() -> None:
    activity = decoded((SAMPLES / "documented_bet.json").read_bytes())
    assert (activity.activity_id, activity.kind, activity.is_rollback) == ("2019020103308257480", "bet", False)
    assert (activity.amount_micros, activity.bonus_micros, activity.base_micros) == (20_000_000, 0, 20_000_000)
    assert (activity.player_id, activity.round_id, activity.currency) == ("52530", "2019020103308257480", "EUR")
    assert (activity.brand_id, activity.source_id) == ("thrilltech:brand1", "sitewide-casino")
    assert (activity.game_id, activity.game_name, activity.game_type) == ("10911", "Dead or Alive", "Slots")
    assert (activity.vendor_id, activity.vendor_name, activity.is_round_end) == ("1", "Netent", False)


@pytest.mark.req("FTC-01", "FTC-08", "FTC-09", "FTC-11")
@pytest.mark.parametrize(
    ("sample", "kind", "is_rollback", "is_round_end"),
    [("win", "win", False, True), ("rollback", "bet", True, False), ("required_only", "bet", False, False)],
)
def test_its_variants(sample: str, kind: str, is_rollback: bool, is_round_end: bool) -> None:
    activity = decoded((SAMPLES / f"{sample}.json").read_bytes())
    assert (activity.kind, activity.is_rollback, activity.is_round_end) == (kind, is_rollback, is_round_end)


@pytest.mark.req("FTC-03")
@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("gone", ["absent", "null"])
def test_every_required_field_is_required(name: str, gone: str) -> None:
    body = message()
    body[name] = None
    if gone == "absent":
        del body[name]
    assert fault(body) == "MISSING_FIELD"


@pytest.mark.req("FTC-04")
@pytest.mark.parametrize("name", OPTIONAL)
def test_every_optional_field_may_be_absent_or_null(name: str) -> None:
    body = message(bonus_wager_amount=None, locked_wager_amount=None, wager_amount=None)
    body.pop(name, None)
    assert decoded(body).amount_micros == 20_000_000
    body[name] = None
    assert decoded(body).amount_micros == 20_000_000


@pytest.mark.req("FTC-03")
def test_a_vendor_id_is_text_or_a_whole_number() -> None:
    by_number = decoded((SAMPLES / "numeric_vendor.json").read_bytes())
    assert by_number.vendor_id == decoded(message()).vendor_id == "1"
    assert fault(message(vendor_id=1.5)) == "WRONG_TYPE"
    assert fault(message(vendor_id=True)) == "WRONG_TYPE"


@pytest.mark.req("FTC-06")
@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"wager_amount": 12, "bonus_wager_amount": 5, "locked_wager_amount": 3}, None),
        ({"wager_amount": 12, "bonus_wager_amount": 8, "locked_wager_amount": None}, None),
        ({"wager_amount": 12, "bonus_wager_amount": 5, "locked_wager_amount": 2}, "AMOUNT_MISMATCH"),
        ({"wager_amount": 20.000001, "bonus_wager_amount": None, "locked_wager_amount": None}, "AMOUNT_MISMATCH"),
        ({"wager_amount": 0, "bonus_wager_amount": None, "locked_wager_amount": None}, "AMOUNT_MISMATCH"),
        ({"wager_amount": None, "bonus_wager_amount": None, "locked_wager_amount": None}, None),
    ],
)
def test_the_amount_is_the_sum_of_its_parts_to_the_micro(parts: dict[str, Any], code: str | None) -> None:
    body = message(**parts)
    assert (fault(body) == code) if code else decoded(body).amount_micros == 20_000_000


@pytest.mark.req("FTC-06")
def test_amounts_never_pass_through_a_float() -> None:
    body = msgspec.json.encode(message(amount=0, wager_amount=0)).replace(b'"amount":0', b'"amount":0.3')
    body = body.replace(b'"wager_amount":0,', b'"wager_amount":0.1,').replace(
        b'"bonus_wager_amount":0.0', b'"bonus_wager_amount":0.2'
    )
    assert decoded(body).amount_micros == 300_000
    exact = decoded(
        message(amount=123_456_789.123457, wager_amount=None, bonus_wager_amount=None, locked_wager_amount=None)
    )
    assert exact.amount_micros == 123_456_789_123_457


@pytest.mark.req("FTC-03")
@pytest.mark.parametrize(("rate", "base"), [(1, 20_000_000), (0.91, 18_200_000), (1.0000000333, 20_000_001)])
def test_the_base_amount_is_amount_times_rate(rate: float, base: int) -> None:
    assert decoded(message(exchange_rate=rate)).base_micros == base


@pytest.mark.req("FTC-10")
@pytest.mark.parametrize(
    ("text", "instant", "is_repaired"),
    [
        ("2015-03-02T8:27:58.721607Z", datetime(2015, 3, 2, 8, 27, 58, 721_607, UTC), True),
        ("2015-03-02T08:27:58Z", datetime(2015, 3, 2, 8, 27, 58, tzinfo=UTC), False),
        ("2015-03-02t08:27:58.7216079z", datetime(2015, 3, 2, 8, 27, 58, 721_607, UTC), False),
        ("2015-03-02T08:27:58+02:00", datetime(2015, 3, 2, 6, 27, 58, tzinfo=UTC), False),
        ("2016-02-29T23:30:00-01:30", datetime(2016, 3, 1, 1, 0, tzinfo=UTC), False),
    ],
)
def test_instants_are_kept_in_utc_and_repairs_are_flagged(text: str, instant: datetime, is_repaired: bool) -> None:
    activity = decoded(message(timestamp=text))
    assert (activity.happened_at, activity.is_timestamp_repaired) == (instant, is_repaired)


@pytest.mark.req("FTC-10")
@pytest.mark.parametrize(
    "text",
    [
        "2015-02-30T08:00:00Z", "2015-03-02T08:27:60Z", "2015-03-02 08:27:58Z", "2015-03-02T08:27:58", "1425284878",
        "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00+14:00", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z",
        "2015-03-02T24:00:00Z", "2015-13-02T08:27:58Z", "٢٠١٥-03-02T08:27:58Z", "2015-03-02T08:27:58+99:00",
    ],
)  # fmt: skip
def test_what_is_no_instant_is_refused(text: str) -> None:
    assert fault(message(timestamp=text)) == "INVALID_TIMESTAMP"


@pytest.mark.req("FTC-10")
def test_a_strict_feed_refuses_an_hour_of_one_digit() -> None:
    assert fault(message(), strict_timestamps=True) == "INVALID_TIMESTAMP"
    assert not decoded(message(timestamp="2015-03-02T08:27:58Z"), strict_timestamps=True).is_timestamp_repaired


@pytest.mark.req("FTC-10")
@pytest.mark.parametrize("code", ["EURO", "eur", "XXX", "€", "ZZZ"])
def test_the_currency_is_of_iso_4217(code: str) -> None:
    assert fault(message(currency=code)) == "UNKNOWN_CURRENCY"


@pytest.mark.req("FTC-08", "FTC-09")
def test_status_and_type_are_of_two_words_each() -> None:
    assert fault(message(status="approved")) == "UNKNOWN_STATUS"
    assert fault(message(type="CASINO")) == "UNKNOWN_TYPE"


@pytest.mark.req("FTC-12")
def test_meta_holds_scalars_only() -> None:
    assert decoded(message(meta={"a": "x", "b": 1.5, "c": True, "d": None})).meta["c"] is True
    assert fault(message(meta={"a": {"b": 1}})) == "WRONG_TYPE"
    assert fault(message(meta=["a"])) == "WRONG_TYPE"


@pytest.mark.req("FTC-02", "G-25")
def test_only_the_property_says_what_the_message_is() -> None:
    assert fault(message(), None) == "TYPE_MISSING"
    reading = decoder().decode(raw(message(), "LOGIN"))
    assert isinstance(reading, Fault)
    assert reading.is_unsupported


@pytest.mark.req("B-18")
@pytest.mark.parametrize(
    ("meta", "country"),
    [({"country": "mt"}, "MT"), ({"country": "MLT"}, "MLT"), ({"country": "Malta"}, ""), ({}, "SE"), (None, "SE")],
)
def test_the_country_may_stand_in_meta(meta: dict[str, Any] | None, country: str) -> None:
    activity = decoded(message(meta=meta), country_meta_key="country", player_country="SE")
    assert activity.player_country == country
    assert decoded(message()).player_country == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"brands": []}, "brands"),
        ({"brands": [{"origin": "a", "brand_id": "rival:brand1"}]}, "brands"),
        (
            {
                "brands": [
                    {"origin": "a", "brand_id": "thrilltech:brand1"},
                    {"origin": "A ", "brand_id": "thrilltech:brand1"},
                ]
            },
            "brands",
        ),
        ({"sources": [{"source_id": "x"}]}, "sources"),
        ({"sources": [{"source_id": "x", "origin": "unknown"}]}, "sources"),
        ({"default_source_id": ""}, "default_source_id"),
        ({"player_country": "malta"}, "player_country"),
        ({"own_games": "90001"}, "own_games"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_settings_are_checked_and_name_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(MAPPING | changes, {"thrilltech:brand1"})
    assert caught.value.field == field


def test_the_two_readings_of_one_content_have_one_digest() -> None:
    first = decoder().decode(raw(message()))
    spaced = msgspec.json.format(msgspec.json.encode(message(timestamp="2015-03-02T08:27:58.721607Z")), indent=4)
    second = decoder().decode(raw(spaced))
    assert isinstance(first, Decoded)
    assert isinstance(second, Decoded)
    assert first.digest == second.digest
    other = decoder().decode(raw(message(balance_after=1)))
    assert isinstance(other, Decoded)
    assert other.digest != first.digest


def test_the_settings_of_the_contract_are_what_is_stored() -> None:
    assert set(FastTrackSettings.__struct_fields__) == {
        "brands", "sources", "default_source_id", "player_country", "country_meta_key", "own_games", "own_vendors",
        "strict_timestamps", "topic",
    }  # fmt: skip
