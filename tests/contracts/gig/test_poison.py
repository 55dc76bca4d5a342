"""Whatever comes over GiG's topic is an effect, a count or one reason code."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from integrations.kinds.base import SampleRequest
from integrations.kinds.gig.decode import GigDecoder
from integrations.kinds.gig.settings import read_settings
from integrations.kinds.registry import kind_of
from integrations.wire.decoded import Decoded
from integrations.wire.raw import RawMessage
from tests.contracts.gig.kit import SETTINGS, record
from tests.contracts.mutations import COUNT, mutated, outcome


def request(name: str = "generated", **changes: Any) -> SampleRequest:
    settings = kind_of("gig").clean(SETTINGS | changes, None)
    return SampleRequest(name, "fuzz", settings, 0, 400, datetime(2023, 10, 8, tzinfo=UTC), 50)


@pytest.mark.req("B-19")
@pytest.mark.parametrize("is_positioned", [True, False])
def test_damaged_messages_never_raise(is_positioned: bool) -> None:
    decoder = GigDecoder(read_settings(SETTINGS))
    corpus = [msgspec.json.decode(one.body) for one in kind_of("gig").samples(request())]
    corpus += [
        body
        | {"value": {**body["value"], "tags": ["a"], "consents": {"sms": True}}, "preferences": {"sms": {"x": True}}}
        for body in corpus[:20]
    ]
    codes: dict[str, int] = {}
    for body in mutated(corpus, seed=20_231_008, parts=2):
        raw = record(body, is_positioned=is_positioned)
        code = outcome(decoder.decode(raw), raw)
        codes[code] = codes.get(code, 0) + 1
    faults = sum(count for code, count in codes.items() if code.isupper())
    assert COUNT // 20 < faults < COUNT * 9 // 20
    assert {"NOT_JSON", "NOT_UTF8", "MISSING_FIELD"} <= set(codes)


@pytest.mark.req("GIG-02", "B-20")
@pytest.mark.parametrize("identifier", ["player_id", "email", "mobile_number"])
@pytest.mark.parametrize("name", ["generated", "mixed"])
def test_samples_are_good_but_for_those_that_shall_not_be(name: str, identifier: str) -> None:
    asked = request(name, identifier=identifier, value_path="data.value", tenant_path="data.tenant")
    decoder = kind_of("gig").decoder(asked.settings)
    events = set()
    for number, sample in enumerate(kind_of("gig").samples(asked)):
        raw = RawMessage(body=sample.body, topic=sample.topic, type=sample.type, offset=str(number))
        reading = decoder.decode(raw)
        is_faulty = name == "mixed" and number % 40 == 39
        assert isinstance(reading, Decoded) != is_faulty
        if isinstance(reading, Decoded):
            events.add(reading.content.event)
            assert (reading.filtered, reading.content.ignored) == (None, ())
    assert len(events) == 12
