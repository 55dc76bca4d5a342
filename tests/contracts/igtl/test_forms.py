"""What operators type for IGT Lottery, and what is kept of it."""

from typing import Any

import pytest

from integrations.kinds.igtl.form import IgtlForm
from integrations.kinds.registry import kind_of
from integrations.wire.decoded import SettingsError
from tests.contracts.igtl.kit import BRAND, SETTINGS

TYPED: dict[str, str] = {
    "brand_id": BRAND, "time_zone": "America/New_York", "identifier": "email", "respect_hard_optout": "on",
    "is_command_connected": "on", "command_username": "us", "command_password": " hush ",
    "excluded_statuses": "SELF_EXCLUDED\n\n Locked ", "restored_statuses": "", "edraw_topic": "draws",
    "second_chance_topic": "chances", "command_topic": "command", "pdp_topic": "pdp", "event_path": "type",
    "identifier_path": "player.mail", "timestamp_path": "at", "value_path": "data", "preferences_path": "data.prefs",
    "event_names": "DEPOSITED = player_deposit",
}  # fmt: skip


def form(**changes: str | None) -> IgtlForm:
    typed = {name: value for name, value in (TYPED | changes).items() if value is not None}
    return IgtlForm(typed, brand_ids=[BRAND])


@pytest.mark.req("IGT-07", "IGT-20", "B-20")
def test_what_is_typed_is_kept_and_credentials_apart() -> None:
    typed = form()
    assert typed.is_valid(), typed.errors
    kind = kind_of("igtl")
    stored = kind.clean(typed.kind_settings(), {BRAND})
    assert stored["excluded_statuses"] == ["SELF_EXCLUDED", "Locked"]
    assert stored["event_names"] == [{"sent": "DEPOSITED", "event": "player_deposit"}]
    assert (stored["value_path"], stored["identifier"], stored["respect_hard_optout"]) == ("data", "email", True)
    assert not {"command_username", "command_password"} & set(stored)
    assert typed.credentials() == {"command_username": "us", "command_password": " hush "}
    again = IgtlForm({**IgtlForm.initial_from(stored), "command_password": "x"}, brand_ids=[BRAND])
    assert again.is_valid(), again.errors
    assert kind.clean(again.kind_settings(), {BRAND}) == stored
    assert "command_password" not in IgtlForm.initial_from(stored)


@pytest.mark.req("IGT-19", "IGT-20")
def test_credentials_without_the_tick_are_dropped() -> None:
    typed = form(is_command_connected=None)
    assert typed.is_valid()
    assert typed.credentials() == {}
    assert [topic.stream for topic in kind_of("igtl").topics(typed.kind_settings())] == ["eDraw", "Second Chance"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"brand_id": "other:brand"}, "brand_id"),
        ({"time_zone": "Mars/Phobos"}, "time_zone"),
        ({"event_names": "DEPOSITED"}, "event_names"),
        ({"identifier": "nickname"}, "identifier"),
        ({"edraw_topic": ""}, "edraw_topic"),
    ],
)
def test_the_form_names_the_field_at_fault(changes: dict[str, str], field: str) -> None:
    assert list(form(**changes).errors) == [field]


@pytest.mark.req("IGT-07", "B-20")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"brand_id": "other:brand"}, "brand_id"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"edraw_topic": "igtl.pdp"}, "pdp_topic"),
        ({"edraw_topic": "no spaces"}, "edraw_topic"),
        ({"value_path": ".a"}, "value_path"),
        ({"identifier_path": "a b"}, "identifier_path"),
        ({"event_names": [{"sent": "x", "event": "a"}, {"sent": "X", "event": "b"}]}, "event_names"),
        ({"excluded_statuses": ["Closed"], "restored_statuses": ["CLOSED"]}, "restored_statuses"),
        ({"command_password": "hush"}, "command_password"),
    ],
)
def test_settings_name_the_field_at_fault(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(SettingsError) as caught:
        kind_of("igtl").clean(SETTINGS | changes, {BRAND})
    assert caught.value.field == field
    assert "hush" not in caught.value.message
