"""What the kind says that it brings is what it brings, and its samples can be read."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from integrations.kinds.base import SampleRequest
from integrations.kinds.fasttrack import names
from integrations.kinds.fasttrack.decode import MESSAGE_TYPES
from integrations.kinds.fasttrack.figures import attributes_of
from integrations.kinds.registry import kind_of
from integrations.wire.decoded import Decoded
from tests.contracts.fasttrack.test_decoding import MAPPING
from tests.integrations.support import raw

KIND = kind_of("fasttrack")


@pytest.mark.req("FTC-13")
def test_every_event_and_attribute_is_defined() -> None:
    assert KIND.definitions is not None
    defined = KIND.definitions(KIND.clean(MAPPING, None))
    assert defined.brand_ids == ("thrilltech:brand1",)
    events = {event.name: event.topic for event in defined.events}
    assert events.keys() == {*names.USER_EVENTS.values(), "ft_payment", "ft_bonus", "ft_session_ended", "ft_figures"}
    assert set(events.values()) == MESSAGE_TYPES
    kinds = {attribute.name: attribute.type for attribute in defined.attributes}
    assert {attribute.name for attribute in defined.attributes if attribute.is_system} == set(names.SYSTEM)
    assert all(name.startswith("ft_") or name in names.SYSTEM for name in kinds)
    instant = datetime(2026, 3, 14, tzinfo=UTC)
    row = SimpleNamespace(
        **{f"{name}_count": 1 for name in ("session", "round", "bet", "win", "deposit", "withdrawal", "bonus")},
        **{f"{name}_base_micros": 1 for name in ("bet", "win", "deposit", "withdrawal", "bonus")},
        **{f"first_{name}_at": instant for name in ("activity", "deposit", "withdrawal", "login")},
        **{f"last_{name}_at": instant for name in ("activity", "deposit", "withdrawal", "login")},
        bonus_completed_count=1, games=[["4", "20417", "Play'n GO", "Book", "Slots", 5]],
    )  # fmt: skip
    assert attributes_of(row).keys() == names.FIGURE_TYPES.keys()
    assert names.FIGURE_TYPES.items() <= kinds.items()


@pytest.mark.req("FTC-13")
def test_samples_are_mostly_bets_and_wins() -> None:
    settings = KIND.clean(MAPPING, None)
    decoder = KIND.decoder(settings)
    request = SampleRequest("generated", "s", settings, 0, 1_000, datetime(2026, 3, 14, tzinfo=UTC))
    samples = list(KIND.samples(request))
    types = [sample.type for sample in samples]
    assert {kind: types.count(kind) for kind in set(types)} == {"CASINO": 960, "LOGIN_V2": 20, "PAYMENT": 20}
    assert all(isinstance(decoder.decode(raw(sample.body, sample.type)), Decoded) for sample in samples)
    assert list(KIND.samples(request)) == samples


def test_the_topic_of_kafka() -> None:
    assert [topic.name for topic in KIND.topics(KIND.clean(MAPPING, None))] == ["fasttrack"]
    assert [topic.name for topic in KIND.topics(KIND.clean(MAPPING | {"topic": "casino.events"}, None))] == [
        "casino.events"
    ]
