"""What messages and connections are in words."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from integrations.kinds.igtl.kind import KIND as IGTL
from integrations.kinds.registry import kind_of
from integrations.operations.dry_run import dry_run, evidence_of
from integrations.wire.fingerprint import fingerprint, shown_settings
from integrations.wire.players import PlayerMessage
from integrations.wire.raw import RawMessage
from integrations.wire.telling import tell, type_of
from tests.contracts.igtl.kit import SETTINGS, event, record

PEM = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----"


def lines_of(*messages: RawMessage) -> list[Any]:
    return dry_run(kind_of("igtl"), SETTINGS, None, messages)


@pytest.mark.req("IGT-43", "IGT-46")
def test_a_dry_run_names_attributes_with_their_types_and_what_is_ignored() -> None:
    value = {"current_account_balance": 10.5, "last_deposit_date": 1_696_723_200_123, "odd": "x"}
    (line,) = lines_of(record(event("player_deposit", value)))
    assert (line.bucket, line.code, line.told.event) == ("used", "WOULD_BE_TAKEN", "igtl_player_deposit")
    assert line.told.about == "player_00042"
    assert {change.name: (change.type, change.value) for change in line.told.changes} == {
        "igtl_current_account_balance": ("number", "10.5"),
        "igtl_last_deposit_date": ("datetime", "2023-10-08T00:00:00.123Z"),
    }
    assert [(one.name, one.code) for one in line.told.ignored] == [("odd", "UNKNOWN_ATTRIBUTE")]
    (piece,) = evidence_of([line])
    assert piece["title"] == "WOULD_BE_TAKEN: igtl_player_deposit"
    assert piece["of the player"] == {
        "igtl_current_account_balance (number)": "10.5",
        "igtl_last_deposit_date (datetime)": "2023-10-08T00:00:00.123Z",
    }


def test_of_a_message_of_another_tenant_nothing_is_shown() -> None:
    settings = {"brand_id": "thrilltech:brand1", "tenant_id": "tenant-7"}
    foreign = record(event(tenant_id="tenant-8"), "gig.customers")
    line: Any = dry_run(kind_of("gig"), settings, None, [foreign])[0]
    assert (line.bucket, line.code, line.told.about, line.told.facts) == ("filtered", "OTHER_TENANT", "", ())


def test_what_cannot_be_read_says_its_code() -> None:
    broken, nameless = lines_of(record(b"{"), record(event("player_login", player_id=None), offset="13"))
    assert (broken.bucket, broken.told) == ("dead", None)
    assert nameless.code == "MISSING_FIELD"
    assert evidence_of([nameless])[0]["title"].startswith("MISSING_FIELD: ")  # type: ignore[attr-defined]


def test_preferences_channels_tags_and_blocks_are_told() -> None:
    told = tell(
        PlayerMessage(
            brand_id="o:b", identifier="email", identifier_value="a@example.com", event="e", topic="T",
            happened_at_ms=1, preferences={"sms": {"offers": False}}, channels={"email": True},
            tags={"gold": True}, is_blocked=True,
        )
    )  # fmt: skip
    assert dict(told.facts) == {
        "Brand": "o:b", "Stream": "T", "email overall": "subscribed", "sms preference offers": "unsubscribed",
        "Tag gold": "set", "Messages": "forbidden from now on",
    }  # fmt: skip
    assert told.sentence == (
        "Would stand in the timeline of the player with the e-mail address a@example.com; no attribute changes."
    )
    nobody = tell(PlayerMessage(brand_id="o:b", identifier=None, event="e", topic="T", happened_at_ms=1))
    assert "no single player" in nobody.sentence


class Other(msgspec.Struct):
    """Content of a kind that nobody wrote words for."""

    number: int
    is_open: bool


def test_content_without_words_of_its_own_shows_its_fields() -> None:
    assert tell(Other(7, is_open=True)).facts == (("Number", "7"), ("Is open", "yes"))


@pytest.mark.parametrize(
    ("value", "type_"),
    [(True, "boolean"), (Decimal(1), "number"), ("x", "string"), ("2023-10-08T01:17:14.000Z", "datetime")],
)
def test_types_are_called_as_in_the_data_manager(value: object, type_: str) -> None:
    assert type_of(value) == type_


def test_a_configuration_has_one_digest_whatever_the_order_of_its_members() -> None:
    one = fingerprint("igtl", "kafka", {"kind": {"a": 1, "b": 2}, "connection": {}})
    assert one == fingerprint("igtl", "kafka", {"connection": {}, "kind": {"b": 2, "a": 1}})
    assert one != fingerprint("igtl", "kafka", {"connection": {}, "kind": {"b": 2, "a": 3}})


def test_certificates_are_shown_by_their_digest() -> None:
    shown = shown_settings({"brokers": "a:1", "group": "", "authority": f"{PEM}\n{PEM}", "use_tls": False})
    assert shown["authority"].startswith("2 certificates, SHA-256 ")
    assert set(shown) == {"brokers", "authority", "use_tls"}


def test_a_lottery_that_sends_once_a_day_is_quiet_after_more_than_a_day() -> None:
    settings = IGTL.clean({"brand_id": "thrilltech:brand1"}, None)
    assert IGTL.quiet_minutes(settings) == 26 * 60
    assert IGTL.quiet_minutes(settings | {"is_command_connected": True}) == 15
