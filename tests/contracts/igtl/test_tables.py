"""The whole tables of events and attributes that IGT Lottery documents."""

from decimal import Decimal
from typing import Any

import pytest

from integrations.kinds.registry import kind_of
from integrations.wire.players import Definitions
from tests.contracts.igtl.kit import BRAND, SETTINGS, decode, event, message

PERSON = "first_name, account_status, wallet_status"
# Requirement, event, topic, properties.
EVENTS = [
    ("IGT-24", "igtl_player_registration", "Command",
     f"{PERSON}, mobile_number, email, dob, registration_level, registration_date, state"),
    ("IGT-25", "igtl_player_deposit", "Command", "current_account_balance, bonus_balance, last_deposit_date"),
    ("IGT-26", "igtl_player_upgrade", "Command",
     "first_name, account_status, wallet_status, dob, registration_level, registration_upgrade_date, state"),
    ("IGT-27", "igtl_player_wager", "Command",
     "current_account_balance, bonus_balance, bonus_bag_balance, last_wager_date"),
    ("IGT-28", "igtl_player_win", "Command", "current_account_balance, bonus_balance, bonus_bag_balance"),
    ("IGT-29", "igtl_player_withdrawal", "Command", "current_account_balance, bonus_balance"),
    ("IGT-30", "igtl_player_bonus", "Command", "current_account_balance, bonus_balance, bonus_bag_balance"),
    ("IGT-31", "igtl_player_kyc", "Command", "kyc_status, kyc_change_date, account_status, wallet_status"),
    ("IGT-32", "igtl_player_login", "Command", "last_login_date, first_login_date"),
    ("IGT-33", "igtl_player_contact_verification", "Command", "account_status, mobile_number, email"),
    ("IGT-34", "igtl_player_change_contract_status", "Command", "account_status, wallet_status"),
    ("IGT-35", "igtl_player_update_notification_preferences", "Command", "notification_preferences"),
    ("IGT-36", "igtl_player_unsubscribe_notification_preferences", "Command", "notification_preferences"),
    ("IGT-37", "igtl_player_close_account", "Command", "account_status, wallet_status"),
    ("IGT-38", "igtl_player_logout", "Command", "last_logout_date"),
    ("IGT-39", "igtl_player_opt-out", "Command", ""),
    ("IGT-40", "igtl_player_update", "Command", "first_name, account_status, dob, state"),
    ("IGT-41", "igtl_player_update", "PDP",
     "first_deposit_date, first_wager_date, lifetime_deposits, lifetime_wagers, lifetime_wins"),
]  # fmt: skip
ATTRIBUTES = [
    ("first_name", "string", "Command"),
    ("igtl_kyc_status", "string", "Command"),
    ("igtl_kyc_change_date", "datetime", "Command"),
    ("igtl_account_status", "string", "Command"),
    ("igtl_wallet_status", "string", "Command"),
    ("igtl_dob", "string", "Command"),
    ("igtl_registration_level", "string", "Command"),
    ("igtl_registration_date", "datetime", "Command"),
    ("igtl_registration_upgrade_date", "datetime", "Command"),
    ("igtl_state", "string", "Command"),
    ("igtl_last_login_date", "datetime", "Command"),
    ("igtl_first_login_date", "datetime", "Command"),
    ("igtl_current_account_balance", "number", "Command"),
    ("igtl_bonus_balance", "number", "Command"),
    ("igtl_bonus_bag_balance", "number", "Command"),
    ("igtl_last_logout_date", "datetime", "Command"),
    ("igtl_last_deposit_date", "datetime", "Command"),
    ("igtl_last_wager_date", "datetime", "Command"),
    ("igtl_first_deposit_date", "datetime", "PDP"),
    ("igtl_first_wager_date", "datetime", "PDP"),
    ("igtl_lifetime_deposits", "number", "PDP"),
    ("igtl_lifetime_wagers", "number", "PDP"),
    ("igtl_lifetime_wins", "number", "PDP"),
    ("igtl_linkToken", "string", "Second Chance"),
]
SYSTEM = {"first_name", "last_name", "email", "mobile_number"}
TYPES = {name: type_ for name, type_, _ in ATTRIBUTES} | dict.fromkeys(SYSTEM, "string")
SENT: dict[str, tuple[Any, Any]] = {
    "string": (" some text ", "some text"),
    "number": (120.55, Decimal("120.55")),
    "datetime": (1_696_727_834_000, "2023-10-08T01:17:14.000Z"),
}


def names(text: str) -> list[str]:
    return [name for name in text.split(", ") if name]


def attribute(name: str) -> str:
    return name if name in SYSTEM else f"igtl_{name}"


def definitions(**changes: Any) -> Definitions:
    kind = kind_of("igtl")
    assert kind.definitions is not None
    return kind.definitions(kind.clean(SETTINGS | changes, {BRAND}))


@pytest.mark.req("IGT-03", "IGT-18", "IGT-23", "IGT-42", "IGT-43", "I-33", "I-35", *(row[0] for row in EVENTS))
@pytest.mark.parametrize(("name", "topic", "properties"), [row[1:] for row in EVENTS], ids=[row[0] for row in EVENTS])
@pytest.mark.parametrize("is_prefixed", [True, False], ids=["prefixed", "bare"])
def test_each_event_maps_its_properties_and_no_others(
    name: str, topic: str, properties: str, is_prefixed: bool
) -> None:
    every = {own for row in EVENTS for own in names(row[3])} - {"notification_preferences"}
    value = {own: SENT[TYPES[attribute(own)]][0] for own in sorted(every)}
    read = message(event(name if is_prefixed else name.removeprefix("igtl_"), value), topic)
    own = set(names(properties)) - {"notification_preferences"}
    assert (read.event, read.topic) == (name, topic)
    assert read.attributes == {attribute(mapped): SENT[TYPES[attribute(mapped)]][1] for mapped in own}
    assert set(read.ignored) == {(other, "UNKNOWN_ATTRIBUTE") for other in every - own}
    assert set(read.properties) == every


@pytest.mark.req("IGT-21", "IGT-22", "IGT-42", *(row[0] for row in EVENTS))
@pytest.mark.parametrize(("name", "topic", "properties"), [row[1:] for row in EVENTS], ids=[row[0] for row in EVENTS])
def test_each_event_is_defined_before_data_comes(name: str, topic: str, properties: str) -> None:
    found = [one for one in definitions().events if (one.name, one.topic) == (name, topic)]
    assert len(found) == 1
    assert list(found[0].properties) == names(properties)
    assert found[0].is_listed
    assert found[0].is_segmentable


@pytest.mark.req("IGT-21", "IGT-23", "IGT-43", "I-34", "I-36")
@pytest.mark.parametrize(("name", "type_", "topic"), ATTRIBUTES, ids=[row[0] for row in ATTRIBUTES])
def test_each_attribute_is_defined_with_its_type(name: str, type_: str, topic: str) -> None:
    found = [one for one in definitions().attributes if one.name == name]
    assert [(one.type, one.topic, one.is_system) for one in found] == [(type_, topic, name in SYSTEM)]


@pytest.mark.req("IGT-21", "I-33")
def test_nothing_else_is_defined() -> None:
    assert {one.name for one in definitions().attributes} == {row[0] for row in ATTRIBUTES} | SYSTEM
    assert {one.name for one in definitions().events} == {row[1] for row in EVENTS} | {
        "igtl_edraw", "igtl_second_chance",
    }  # fmt: skip
    assert definitions().brand_ids == (BRAND,)
    assert set(definitions().channels) == {"email", "sms", "push", "on_site", "telephone", "post"}


@pytest.mark.req("IGT-07", "IGT-15", "IGT-19")
def test_without_command_there_are_numbers_and_tokens_alone() -> None:
    small = definitions(is_command_connected=False)
    assert {one.name for one in small.events} == {"igtl_edraw", "igtl_second_chance"}
    assert [one.name for one in small.attributes] == ["igtl_linkToken"]
    assert decode(event(), "Command", {"is_command_connected": False}).code == "UNKNOWN_TOPIC"
