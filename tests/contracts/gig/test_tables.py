"""The events that GiG documents, and the attributes that they bring."""

from decimal import Decimal
from typing import Any

import pytest

from integrations.kinds.registry import kind_of
from integrations.wire.players import Definitions
from tests.contracts.gig.kit import BRAND, SETTINGS, event, message

# Requirement, event, description, slug.
EVENTS = [
    ("GIG-14", "Bonus", "Triggered when the customer lifetime bonus amount gets updated", "gig_bonus"),
    ("GIG-15", "Customer Balance", "Triggered when the customer balance gets updated", "gig_customer_balance"),
    ("GIG-16", "Customer Blocks", "Triggered when the customer's blocked and self-exclusion statuses are updated",
     "gig_customer_blocks"),
    ("GIG-17", "Customer Consent", "Triggered when the customer's consent is changed on marketing activities",
     "gig_customer_consent"),
    ("GIG-18", "Customer Created", "Triggered when a new customer is created", "gig_customer_created"),
    ("GIG-19", "Customer FPP", "Triggered when the customer's FPP gets updated", "gig_customer_fpp"),
    ("GIG-20", "Customer Tag", "Triggered when the customer tag is changed", "gig_customer_tag"),
    ("GIG-21", "Customer Verified", "Triggered when the customer is verified", "gig_customer_verified"),
    ("GIG-22", "Game Activity", "Triggered when the customer casino lifetime win gets updated", "gig_game_activity"),
    ("GIG-23", "Payment - Deposit", "Triggered when the customer deposit gets updated", "gig_payment_deposit"),
    ("GIG-24", "Payment - Withdrawal", "Triggered when the customer withdrawal gets updated", "gig_payment_withdrawal"),
    ("GIG-25", "Sport Activity", "Triggered when the customer sports lifetime win gets updated", "gig_sport_activity"),
]  # fmt: skip
ATTRIBUTES = {
    "first_name": "string", "last_name": "string", "email": "string", "mobile_number": "string",
    "gig_account_creation_datetime_local": "string", "gig_account_verification_datetime_local": "string",
    "gig_balance": "number", "gig_bonus_balance": "number", "gig_currency": "string", "gig_country": "string",
    "gig_language": "string", "gig_date_of_birth": "string", "gig_lifetime_bonus_amount": "number",
    "gig_blocked": "boolean", "gig_self_excluded": "boolean", "gig_consent_email": "boolean",
    "gig_consent_sms": "boolean", "gig_consent_push": "boolean", "gig_consent_on_site": "boolean",
    "gig_consent_telephone": "boolean", "gig_consent_post": "boolean", "gig_fpp": "number", "gig_tags": "string",
    "gig_verified": "boolean", "gig_casino_lifetime_win": "number", "gig_sports_lifetime_win": "number",
    "gig_deposit_count": "number", "gig_last_deposit_amount": "number", "gig_lifetime_deposit_amount": "number",
    "gig_last_deposit_date": "datetime", "gig_withdrawal_count": "number", "gig_last_withdrawal_amount": "number",
    "gig_lifetime_withdrawal_amount": "number", "gig_last_withdrawal_date": "datetime",
}  # fmt: skip
SYSTEM = {"first_name", "last_name", "email", "mobile_number"}
SENT: dict[str, tuple[Any, Any]] = {
    "string": (" some text ", "some text"),
    "number": (120.55, Decimal("120.55")),
    "datetime": (1_696_727_834_000, "2023-10-08T01:17:14.000Z"),
    "boolean": (True, True),
}


def definitions() -> Definitions:
    kind = kind_of("gig")
    assert kind.definitions is not None
    return kind.definitions(kind.clean(SETTINGS, {BRAND}))


@pytest.mark.req("GIG-13", "GIG-26", "I-39", *(row[0] for row in EVENTS))
@pytest.mark.parametrize(("title", "description", "slug"), [row[1:] for row in EVENTS], ids=[row[0] for row in EVENTS])
def test_each_event_is_defined_unlisted_and_out_of_segments(title: str, description: str, slug: str) -> None:
    found = [one for one in definitions().events if one.name == slug]
    assert [(one.title, one.description) for one in found] == [(title, description)]
    assert (found[0].is_listed, found[0].is_segmentable) == (False, False)


@pytest.mark.req("I-39", *(row[0] for row in EVENTS))
@pytest.mark.parametrize(("title", "description", "slug"), [row[1:] for row in EVENTS], ids=[row[0] for row in EVENTS])
def test_each_event_is_known_by_title_and_by_slug(title: str, description: str, slug: str) -> None:
    for sent in (title, title.upper(), slug, slug.removeprefix("gig_")):
        assert message(event(sent)).event == slug


@pytest.mark.req("GIG-13")
def test_there_are_twelve_events() -> None:
    assert len(definitions().events) == len(EVENTS) == 12


@pytest.mark.req("GIG-09", "GIG-10", "I-39")
@pytest.mark.parametrize(("name", "type_"), ATTRIBUTES.items(), ids=ATTRIBUTES)
def test_each_attribute_is_defined_and_mapped(name: str, type_: str) -> None:
    found = [one for one in definitions().attributes if one.name == name]
    assert [(one.type, one.is_system) for one in found] == [(type_, name in SYSTEM)]
    if name == "gig_tags":
        return
    sent, expected = SENT[type_]
    for key in (name, name.removeprefix("gig_")):
        read = message(event("Customer Created", {key: sent}))
        assert read.attributes == {name: expected}
        assert read.ignored == ()


@pytest.mark.req("GIG-09", "GIG-10")
def test_no_other_attribute_is_defined() -> None:
    assert {one.name for one in definitions().attributes} == set(ATTRIBUTES)
    assert definitions().brand_ids == (BRAND,)
