"""What every kind owes to the rest, whichever it is; the guide's example among them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils.module_loading import import_string

from integrations.kinds.base import Kind, SampleRequest
from integrations.kinds.features import FEATURES
from integrations.kinds.registry import kinds
from integrations.wire.connections import SHAPES
from integrations.wire.decoded import Decoded, Fault, SettingsError
from integrations.wire.raw import RawMessage
from tests.kinds.club.kind import KIND as CLUB

BRAND = "thrilltech:brand1"
KINDS = [*kinds().values(), CLUB]
SETTINGS: dict[str, dict[str, Any]] = {
    "fasttrack": {"brands": [{"origin": "a.example.com", "brand_id": BRAND}], "default_source_id": "sitewide-casino"},
    "gig": {"brand_id": BRAND, "tenant_id": "tenant-7"},
    "igtl": {"brand_id": BRAND, "is_command_connected": True},
    "club": {"brand_id": BRAND},
}
ASKED = [pytest.param(kind, id=kind.slug) for kind in KINDS if kind.slug in SETTINGS]
JUNK = [
    b"",
    b"{",
    b"[]",
    b"7",
    b"{}",
    b"\xff",
    b"\x00" * 9,
    b"[" * 99,
    b'{"a":1,"a":2}',
    b'{"event":{}}',
    b"x" * 70_000,
]


def settings_of(kind: Kind) -> dict[str, Any]:
    return kind.clean(SETTINGS[kind.slug], {BRAND})


def messages(kind: Kind, name: str, count: int = 200) -> list[RawMessage]:
    request = SampleRequest(name, "series", settings_of(kind), 0, count, datetime(2023, 10, 8, tzinfo=UTC), 50)
    return [
        RawMessage(body=one.body, type=one.type, topic=one.topic, offset=str(number))
        for number, one in enumerate(kind.samples(request))
    ]


@pytest.mark.parametrize("kind", ASKED)
def test_settings_are_checked_and_told(kind: Kind) -> None:
    settings = settings_of(kind)
    assert kind.clean(settings, {BRAND}) == settings
    assert kind.brands(settings) == {BRAND}
    assert all(label and text for label, text in kind.describe(settings))
    wrongs: list[Any] = [{}, [], None, settings | {"surplus": 1}]
    for wrong in wrongs:
        with pytest.raises(SettingsError):
            kind.clean(wrong, {BRAND})
    with pytest.raises(SettingsError):
        kind.clean(settings, {"thrilltech:another"})


@pytest.mark.parametrize("kind", ASKED)
def test_the_form_takes_over_what_is_stored(kind: Kind) -> None:
    settings = settings_of(kind)
    form = kind.form(kind.form.initial_from(settings), brand_ids=[BRAND])
    assert form.is_valid(), form.errors
    assert kind.clean(form.kind_settings(), {BRAND}) == settings
    assert set(form.credentials()) == set()
    assert not kind.form({}, brand_ids=[BRAND]).is_valid()


@pytest.mark.parametrize("kind", ASKED)
def test_samples_are_read_and_stay_the_same(kind: Kind) -> None:
    decoder = kind.decoder(settings_of(kind))
    assert {"generated", "mixed"} <= {name for name, _ in kind.sample_names}
    good, mixed = messages(kind, "generated"), messages(kind, "mixed")
    assert good == messages(kind, "generated")
    assert all(isinstance(decoder.decode(raw), Decoded) for raw in good)
    assert 1 <= sum(isinstance(decoder.decode(raw), Fault) for raw in mixed) <= 10
    keys = [reading.key for raw in good if isinstance(reading := decoder.decode(raw), Decoded)]
    assert all(0 < len(key) <= 200 for key in keys)


@pytest.mark.parametrize("kind", ASKED)
@pytest.mark.parametrize("body", JUNK, ids=range(len(JUNK)))
def test_junk_is_a_fault_with_a_reason(kind: Kind, body: bytes) -> None:
    sample = messages(kind, "generated", 1)[0]
    for is_positioned in (True, False):
        raw = RawMessage(
            body=body, type=sample.type, topic=sample.topic, offset="1", is_positioned=is_positioned, sent_at_ms=1
        )
        reading = kind.decoder(settings_of(kind)).decode(raw)
        assert isinstance(reading, Fault)
        assert reading.code == reading.code.upper() != ""


@pytest.mark.req("IGT-21", "GIG-09")
@pytest.mark.parametrize("kind", ASKED)
def test_what_it_names_exists(kind: Kind) -> None:
    settings = settings_of(kind)
    assert callable(import_string(kind.effect))
    assert set(kind.transports) <= set(SHAPES)
    assert set(kind.requires) <= set(FEATURES)
    assert kind.catalogue
    assert ("kafka" in kind.transports) == bool(kind.topics(settings))
    if kind.definitions is not None:
        told = kind.definitions(settings)
        assert told.brand_ids == (BRAND,)
        assert len({(one.name, one.topic) for one in told.events}) == len(told.events)
        assert len({one.name for one in told.attributes}) == len(told.attributes)
