"""The events as ThrillDrops documents them, and what is wrong with those it does not."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from integrations.kinds.base import SampleRequest
from integrations.kinds.registry import kind_of
from integrations.kinds.thrilldrops.events import CHANNELS, EVENTS
from integrations.wire.decoded import Decoded, Fault, SettingsError
from tests.contracts.thrilldrops.shapes import (
    AT_MS,
    BRANDS,
    EXTERNAL,
    INTERNAL,
    NULLABLE,
    SECRET,
    decoded,
    event,
    fault,
    read,
)

FIELDS = [(tag, field) for tag, fields in (EXTERNAL | INTERNAL).items() for field in fields]
AMOUNTS = [
    ("Transaction", name) for name in ("game_bet", "bonus_bet", "real_bet", "jackpot_bet", "game_win", "jackpot_win")
] + [("Deposit", "amount"), ("Withdrawal", "amount"), ("Deposit", "balance_after"), ("Withdrawal", "balance_after")]


@pytest.mark.req("DRP-02", "DRP-04", "DRP-06", "DRP-07", "DRP-08", "DRP-09", "I-45")
@pytest.mark.parametrize("tag", EXTERNAL)
def test_an_external_event_tells_of_its_player(tag: str) -> None:
    _, message = decoded(event(tag))
    assert (message.event, message.topic, message.brand_id) == (tag, "External", "thrilltech:brand1")
    assert (message.identifier, message.identifier_value, message.happened_at_ms) == (
        "player_id", "player_00001", AT_MS,
    )  # fmt: skip
    assert message.properties == {
        name: Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value
        for name, value in EXTERNAL[tag].items()
        if name != "session_token"
    }


@pytest.mark.req("DRP-03", "DRP-10", "DRP-11", "DRP-12", "I-47", "I-48")
@pytest.mark.parametrize("tag", INTERNAL)
def test_an_internal_event_is_read_from_our_own_stream_alone(tag: str) -> None:
    body = event(tag)
    del body["player_id"]
    _, message = decoded(body, is_ours=True)
    assert (message.event, message.topic, message.brand_id) == (tag, "Internal", "thrilltech:brand1")
    assert message.identifier_value == "player_00001"
    assert set(message.properties) == set(INTERNAL[tag])
    # Whoever pushes events to us cannot say that somebody has won here; and ours says nothing of a platform.
    assert fault(event(tag)) == ("INTERNAL_EVENT", "event_type")
    assert fault(event("Deposit"), is_ours=True) == ("INTERNAL_EVENT", "event_type")


@pytest.mark.req("DRP-04", "DRP-07", "DRP-08", "DRP-09", "DRP-10", "DRP-12")
@pytest.mark.parametrize(("tag", "field"), FIELDS)
def test_a_field_may_be_null_or_missing_only_where_the_document_says_so(tag: str, field: str) -> None:
    is_ours = tag in INTERNAL
    for body in (event(tag, **{field: None}), event(tag, without=[field])):
        if field in NULLABLE[tag]:
            _, message = decoded(body, is_ours=is_ours)
            assert message.properties.get(field) is None
        else:
            assert fault(body, is_ours=is_ours) == ("MISSING_FIELD", f"event_type.{tag}.{field}")
    assert fault(event(tag, **{field: []}), is_ours=is_ours) == ("WRONG_TYPE", f"event_type.{tag}.{field}")


@pytest.mark.req("DRP-05")
@pytest.mark.parametrize("tag", ["PlayerLogin", "PlayerLogout"])
def test_there_are_four_channels(tag: str) -> None:
    assert CHANNELS == ("DesktopWeb", "DesktopNative", "MobileWeb", "MobileNative")
    for channel in CHANNELS:
        decoded(event(tag, channel_type=channel))
    for other in ("desktopweb", "Desktop", "MobileWeb ,", "Telephone"):
        assert fault(event(tag, channel_type=other)) == ("UNKNOWN_CHANNEL", f"event_type.{tag}.channel_type")


@pytest.mark.req("I-46")
@pytest.mark.parametrize(("tag", "field"), AMOUNTS)
def test_amounts_are_numbers_or_decimal_texts_and_stay_exact(tag: str, field: str) -> None:
    exact = [decoded(event(tag, **{field: value}))[0] for value in (10, 10.0, "10.00", "10")]
    assert len({reading.digest for reading in exact}) == 1, "the same content, however it is written"
    _, message = decoded(event(tag, **{field: "0.000001"}))
    assert message.properties[field] == Decimal("0.000001")
    value: Any
    for value in ("ten", "", "1e3", "0x10", "10,00", True, {}):
        assert fault(event(tag, **{field: value}))[0] == "WRONG_TYPE"
    for value in (10**9, "0.0000001", "999999999999"):
        assert fault(event(tag, **{field: value})) == ("INVALID_AMOUNT", f"event_type.{tag}.{field}")
    if field == "balance_after":
        assert decoded(event(tag, **{field: "-3.5"}))[1].properties[field] == Decimal("-3.5")
    else:
        assert fault(event(tag, **{field: -1}))[0] == "INVALID_AMOUNT"


@pytest.mark.req("I-24", "I-45")
def test_a_time_stamp_is_of_milliseconds_or_of_seconds_by_its_magnitude() -> None:
    seconds, _ = divmod(AT_MS, 1_000)
    assert decoded(event("Deposit") | {"timestamp": seconds})[1].happened_at_ms == seconds * 1_000
    assert decoded(event("Deposit") | {"timestamp": AT_MS})[1].happened_at_ms == AT_MS
    for value in (0, -1, 7, 1.5, 10**11, 14_384_723_487, 4_102_444_800_000, 10**30):
        assert fault(event("Deposit") | {"timestamp": value}) == ("INVALID_TIMESTAMP", "timestamp"), value
    assert fault(event("Deposit") | {"timestamp": "2024-05-14"}) == ("WRONG_TYPE", "timestamp")
    assert fault(event("Deposit") | {"timestamp": None}) == ("MISSING_FIELD", "timestamp")


@pytest.mark.req("I-47")
@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("PlayerLogin", "PlayerLogin"),
        ("Player Login Event", "PlayerLogin"),
        ("Player Login Events", "PlayerLogin"),
        ("player_logout", "PlayerLogout"),
        ("Transaction Events", "Transaction"),
        ("DepositEvent", "Deposit"),
        ("Withdrawal Event", "Withdrawal"),
        ("ThrillPots Win Events", "ThrillPotsWinEvent"),
        ("ThrillPots Raffle Win Event", "ThrillPotsRaffleWinEvent"),
        ("ThrillPots Opt-In Events", "ThrillPotsOptInEvent"),
    ],
)
def test_headings_are_taken_for_the_tags(name: str, tag: str) -> None:
    assert decoded(event(tag, name=name), is_ours=tag in INTERNAL)[1].event == tag


@pytest.mark.req("I-45", "B-19")
def test_the_envelope_names_the_player_and_one_event() -> None:
    assert decoded(event("Deposit") | {"brand_id": "thrilltech:brand2"})[1].brand_id == "thrilltech:brand2"
    for field in ("operator_id", "brand_id", "player_id", "event_type"):
        assert fault(event("Deposit") | {field: None}) == ("MISSING_FIELD", field)
        assert fault(event("Deposit") | {field: 7}) == ("WRONG_TYPE", field)
    for field, value in (("brand_id", "brand3"), ("brand_id", "rival:brand1"), ("operator_id", "rival")):
        assert fault(event("Deposit") | {field: value}) == ("UNMAPPED_BRAND", "brand_id")
    assert fault(event("Deposit") | {"event_type": {}})[0] == "NOT_ONE_EVENT"
    assert fault(event("Deposit") | {"event_type": EXTERNAL})[0] == "NOT_ONE_EVENT"
    assert fault(event("Deposit", bonus=1)) == ("UNKNOWN_FIELD", "event_type.Deposit.bonus")
    reading = read(event("Deposit", name="PlayerBirthday"))
    assert isinstance(reading, Fault)
    assert (reading.code, reading.is_unsupported) == ("UNKNOWN_EVENT", True)


@pytest.mark.req("B-21", "I-52")
def test_a_message_is_known_by_its_id_else_by_its_transactions_else_by_its_content() -> None:
    def identity(body: dict[str, Any], **values: Any) -> tuple[str, str]:
        reading, _ = decoded(body, **values)
        return reading.key, reading.variant

    body = event("Transaction")
    assert identity(body | {"event_id": "e-1"}, headers={"message_id": "m-1"}) == ("id:e-1", "")
    assert identity(body, headers={"message_id": "m-1"}) == ("id:m-1", "")
    assert identity(body | {"event_id": "e-1"}, headers={"Idempotency-Key": "k-1"}) == ("id:k-1", "")
    assert identity(body) == ("thrilltech:brand1 b-1 w-1", "Transaction")
    assert identity(event("Transaction", win_transaction_id=None))[0] == "thrilltech:brand1 b-1 -"
    assert len(identity(event("Transaction", bet_transaction_id="b" * 128, win_transaction_id="w" * 128))[0]) == 64
    assert identity(event("Deposit")) != identity(event("Deposit") | {"timestamp": AT_MS + 1})
    assert identity(event("Deposit")) != identity(event("Withdrawal", **EXTERNAL["Deposit"]))
    assert identity(body, is_positioned=True) == ("", "")


@pytest.mark.req("DRP-04")
def test_a_session_token_is_kept_nowhere() -> None:
    reading, message = decoded(event("PlayerLogin"))
    assert SECRET not in repr(message)
    other, _ = decoded(event("PlayerLogin", session_token=None))
    assert other.digest == reading.digest


@pytest.mark.req("DRP-01")
def test_attributes_tell_when_it_was_last_and_what_came_with_it() -> None:
    _, message = decoded(event("PlayerLogin", jurisdiction=None))
    assert message.attributes == {
        "td_last_login_at": "2024-05-14T19:16:58.408Z", "td_channel_type": "DesktopWeb", "td_currency": "EUR",
        "td_country": "MT",
    }  # fmt: skip
    _, message = decoded(event("Deposit"))
    assert message.attributes["td_balance_after"] == Decimal("120.75")
    kind = kind_of("thrilldrops")
    settings = kind.clean({"brands": list(BRANDS)}, BRANDS)
    assert kind.definitions is not None
    definitions = kind.definitions(settings)
    types = {definition.name: definition.type for definition in definitions.attributes}
    for tag, is_ours in [(tag, False) for tag in EXTERNAL] + [(tag, True) for tag in INTERNAL]:
        for name, value in decoded(event(tag), is_ours=is_ours)[1].attributes.items():
            assert types[name] == ("number" if isinstance(value, Decimal) else types[name])
            assert (types[name] == "datetime") is name.endswith("_at")
    assert [definition.name for definition in definitions.events] == [shape.tag for shape in EVENTS]
    assert len(definitions.events) == 8
    assert definitions.brand_ids == BRANDS


def test_an_event_of_a_brand_that_is_not_served_is_counted_where_it_is_ours() -> None:
    body = event("ThrillPotsOptInEvent", player_brand_id="thrilltech:brand3")
    assert decoded(body, is_ours=True)[0].filtered == "OTHER_BRAND"


def test_settings_name_brands_of_the_viewer() -> None:
    kind = kind_of("thrilldrops")
    settings = kind.clean({"brands": ["thrilltech:brand1"]}, BRANDS)
    assert kind.brands(settings) == {"thrilltech:brand1"}
    assert [topic.name for topic in kind.topics(settings)] == ["thrilldrops.events"]
    assert ("Brands", "thrilltech:brand1") in kind.describe(settings)
    for wrong in ([], ["rival:brand1"], ["thrilltech:brand1"] * 2):
        with pytest.raises(SettingsError) as refused:
            kind.clean({"brands": wrong}, BRANDS)
        assert refused.value.field == "brands"


def test_samples_are_what_the_decoder_takes_and_one_in_forty_is_at_fault(now: Any) -> None:
    kind = kind_of("thrilldrops")
    settings = kind.clean({"brands": list(BRANDS)}, BRANDS)

    def readings(name: str) -> list[Decoded | Fault]:
        request = SampleRequest(name, "s", settings, 0, 400, now)
        return [read(sample.body) for sample in kind.samples(request)]

    good = readings("generated")
    assert all(isinstance(reading, Decoded) for reading in good)
    assert {reading.content.event for reading in good if isinstance(reading, Decoded)} == set(EXTERNAL)
    faults = [reading for reading in readings("mixed") if isinstance(reading, Fault)]
    assert len(faults) == 10
    assert "UNKNOWN_EVENT" in {reading.code for reading in faults}
    body = next(iter(kind.samples(SampleRequest("generated", "s", settings, 0, 1, now)))).body
    assert isinstance(msgspec.json.decode(body), dict)
