"""What GiG's messages say of a customer, and what is wrong with those that say nothing."""

from typing import Any

import msgspec
import pytest

from integrations.kinds.gig.settings import GigSettings, read_settings
from integrations.wire.decoded import SettingsError
from tests.contracts.gig.kit import AT_MS, BRAND, SETTINGS, decode, event, fault, message


@pytest.mark.req("GIG-02", "GIG-06", "B-20")
def test_a_message_in_the_default_shape() -> None:
    read = message(event("Payment - Deposit", {"lastDepositAmount": 12.5, "deposit_count": "3", "note": " x "}))
    assert (read.brand_id, read.event, read.topic) == (BRAND, "gig_payment_deposit", "GiG")
    assert (read.identifier, read.identifier_value, read.happened_at_ms) == ("player_id", "c-42", AT_MS)
    assert {name: str(value) for name, value in read.attributes.items()} == {
        "gig_last_deposit_amount": "12.5", "gig_deposit_count": "3",
    }  # fmt: skip
    assert read.properties["note"] == "x"
    assert read.ignored == (("note", "UNKNOWN_ATTRIBUTE"),)
    assert read.origin == "gig.customers/3/12"


@pytest.mark.req("GIG-06", "B-20")
@pytest.mark.parametrize(
    ("identifier", "path", "body"),
    [
        ("player_id", "", {"player_id": 42}),
        ("email", "", {"email": "a@example.com"}),
        ("mobile_number", "customer.phone", {"customer": {"phone": "+356"}}),
    ],
)
def test_the_identifier_is_mapped(identifier: str, path: str, body: dict[str, Any]) -> None:
    sent = event(player_id=None) | body
    read = message(sent, {"identifier": identifier, "identifier_path": path})
    assert (read.identifier, read.identifier_value) == (
        identifier,
        {"player_id": "42", "email": "a@example.com"}.get(identifier, "+356"),
    )


@pytest.mark.req("GIG-11", "GIG-17")
def test_consents_set_the_overall_status_of_channels() -> None:
    flat = message(event("Customer Consent", {"consent_email": True, "consent_sms": "false", "consentPhone": False}))
    assert flat.channels == {"email": True, "sms": False, "telephone": False}
    assert flat.attributes["gig_consent_telephone"] is False
    nested = message(event("Customer Consent", {"consents": {"postMail": True, "fax": True, "push": 3}}))
    assert nested.channels == {"post": True}
    assert nested.ignored == (("consent_fax", "UNKNOWN_ATTRIBUTE"), ("consent_push", "NOT_OF_ITS_TYPE"))
    assert message(event()).channels is None


@pytest.mark.req("GIG-11", "B-20")
def test_preferences_come_along() -> None:
    read = message(event(preferences={"E-mail": {"news": True}, "sms": {"offers": "false", "x": 1}, "fax": {}}))
    assert read.preferences == {"email": {"news": True}, "sms": {"offers": False}}
    assert set(read.ignored) == {
        ("preferences.sms.x", "NOT_OF_ITS_TYPE"), ("preferences.fax", "UNKNOWN_ATTRIBUTE"),
    }  # fmt: skip


@pytest.mark.req("GIG-16", "I-38")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"blocked": True, "self_excluded": False}, True),
        ({"blocked": False, "self_excluded": True}, True),
        ({"selfExcluded": True}, True),
        ({"blocked": False, "self_excluded": False}, False),
        ({"blocked": False}, None),
        ({"self_excluded": False}, None),
        ({"blocked": "perhaps", "self_excluded": False}, None),
        ({}, None),
    ],
)
def test_a_block_forbids_and_only_the_end_of_both_allows(value: dict[str, Any], expected: bool | None) -> None:
    assert message(event("Customer Blocks", value)).is_blocked is expected


@pytest.mark.req("GIG-20")
@pytest.mark.parametrize(
    ("value", "tags", "attributes"),
    [
        ({"tag": "vip"}, {"vip": True}, {}),
        ({"tag": "vip", "is_set": False}, {"vip": False}, {}),
        ({"tags": ["vip", " new "]}, {"vip": True, "new": True}, {"gig_tags": "new, vip"}),
        ({"tags": {"vip": False, "new": "true"}}, {"vip": False, "new": True}, {}),
        ({"tags": 3}, None, {}),
        ({"tags": [{}]}, None, {}),
    ],
)
def test_tags_are_set_and_taken_away(value: Any, tags: Any, attributes: Any) -> None:
    read = message(event("Customer Tag", value))
    assert (read.tags, read.attributes) == (tags, attributes)
    assert read.ignored == (() if tags else (("tags", "NOT_OF_ITS_TYPE"),))


@pytest.mark.req("GIG-04")
def test_messages_of_other_tenants_are_counted_and_not_taken() -> None:
    assert decode(event(tenant_id="tenant-8")).filtered == "OTHER_TENANT"
    assert decode(event("☃", tenant_id="tenant-8", player_id=None)).filtered == "OTHER_TENANT", "not a fault of ours"
    assert decode(event(tenant_id="tenant-7")).filtered is None
    assert decode(event()).filtered is None
    assert decode(event(t={"id": 7}), {"tenant_id": "7", "tenant_path": "t.id"}).filtered is None


@pytest.mark.req("B-20")
def test_without_a_time_the_broker_s_own_counts() -> None:
    assert message(event(timestamp=None)).happened_at_ms == 1_700_000_000_000
    assert fault(event(timestamp=None), sent_at_ms=None).code == "MISSING_FIELD"


@pytest.mark.req("B-21")
def test_a_positioned_message_needs_no_key_and_another_gets_one() -> None:
    assert (decode(event()).key, decode(event()).digest) == ("", b"")
    assert decode(event(event_id="e-1"), is_positioned=False).key == "e-1"
    one, two = (
        decode(body, is_positioned=False) for body in (event(value={"balance": 1}), event(value={"balance": 2}))
    )
    assert len({one.key, two.key}) == 2
    assert one.key == one.digest.hex()


FAULTS = [
    ([], "NOT_AN_OBJECT"),
    (b"{", "NOT_JSON"),
    (b'{"a":1,"a ":2}', "DUPLICATE_KEY"),
    (event(player_id=None), "MISSING_FIELD"),
    (event(player_id=" "), "MISSING_FIELD"),
    (event(player_id=True), "WRONG_TYPE"),
    (event(player_id=1.5), "WRONG_TYPE"),
    (event(player_id="x" * 129), "TOO_LONG"),
    (event(event=None), "MISSING_FIELD"),
    (event(event=7), "WRONG_TYPE"),
    (event("☃"), "INVALID_EVENT"),
    (event("x" * 100), "INVALID_EVENT"),
    (event(timestamp="soon"), "INVALID_TIMESTAMP"),
    (event(timestamp=True), "INVALID_TIMESTAMP"),
    (event(timestamp=7), "INVALID_TIMESTAMP"),
    (event(value="lost"), "WRONG_TYPE"),
    (event(value={f"a{number}": 1 for number in range(201)}), "TOO_LONG"),
]


@pytest.mark.req("B-19", "B-20")
@pytest.mark.parametrize(("body", "code"), FAULTS, ids=[f"{code}-{index}" for index, (_, code) in enumerate(FAULTS)])
def test_each_fault_has_its_reason(body: Any, code: str) -> None:
    found = fault(body)
    assert (found.code, found.is_unsupported) == (code, False)


@pytest.mark.req("B-19")
def test_another_topic_is_not_read() -> None:
    found = fault(event(), topic="gig.other")
    assert (found.code, found.is_unsupported) == ("UNKNOWN_TOPIC", True)


@pytest.mark.req("GIG-04", "GIG-05", "GIG-06")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"brand_id": "other:brand"}, "brand_id"),
        ({"tenant_id": " "}, "tenant_id"),
        ({"identifier": "nickname"}, "identifier"),
        ({"topics": []}, "topics"),
        ({"topics": ["a", "a"]}, "topics"),
        ({"value_path": "a..b"}, "value_path"),
        ({"surplus": 1}, "surplus"),
    ],
)
def test_settings_name_the_field_at_fault(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(SETTINGS | changes, {BRAND})
    assert caught.value.field == field


def test_settings_come_back_as_they_were() -> None:
    stored = msgspec.to_builtins(read_settings(SETTINGS, {BRAND}))
    assert isinstance(read_settings(stored), GigSettings)
    assert msgspec.to_builtins(read_settings(stored)) == stored
