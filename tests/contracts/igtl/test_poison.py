"""Whatever comes over the topics of IGT Lottery has an effect, a count or one reason; both ways agree."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from integrations.kinds.base import SampleRequest
from integrations.kinds.igtl.decode import IgtlDecoder
from integrations.kinds.igtl.settings import read_settings
from integrations.kinds.registry import kind_of
from integrations.wire.decoded import Decoded
from integrations.wire.raw import RawMessage
from tests.contracts.igtl.kit import SETTINGS, TOPICS, event, record
from tests.contracts.mutations import COUNT, mutated, outcome

STREAMS = {topic: stream for stream, topic in TOPICS.items()}


def corpus(stream: str, name: str = "generated") -> list[dict[str, Any]]:
    """Good messages of the stream."""
    kind = kind_of("igtl")
    settings = kind.clean(SETTINGS, None)
    request = SampleRequest(name, "fuzz", settings, 0, 1_000, datetime(2023, 10, 8, tzinfo=UTC), 50)
    return [msgspec.json.decode(one.body) for one in kind.samples(request) if STREAMS[one.topic] == stream]


@pytest.mark.req("B-19", "IGT-46")
@pytest.mark.parametrize("stream", TOPICS)
@pytest.mark.parametrize("is_positioned", [True, False])
def test_damaged_messages_never_raise(stream: str, is_positioned: bool) -> None:
    decoder = IgtlDecoder(read_settings(SETTINGS | {"restored_statuses": ["ACTIVE"]}))
    codes: dict[str, int] = {}
    for body in mutated(corpus(stream), seed=20_231_008, parts=8):
        raw = record(body, stream, is_positioned=is_positioned)
        code = outcome(decoder.decode(raw), raw)
        codes[code] = codes.get(code, 0) + 1
    faults = sum(count for code, count in codes.items() if code.isupper())
    assert COUNT // 80 < faults < COUNT * 9 // 80
    assert {"NOT_JSON", "NOT_UTF8"} <= set(codes)


@pytest.mark.req("B-19", "B-20")
@pytest.mark.parametrize("stream", ["Command", "PDP"])
def test_the_quick_way_and_the_long_one_say_the_same(stream: str) -> None:
    decoder = IgtlDecoder(read_settings(SETTINGS | {"restored_statuses": ["ACTIVE"]}))
    quick = decoder._quick[TOPICS[stream]]
    sent = corpus(stream)
    bare = [{name: value for name, value in body.items() if name != "event_id"} for body in sent] + sent
    taken = 0
    for body in mutated(bare, seed=17, changes=(0, 1), parts=4):
        raw = record(body, stream)
        message = quick.read(raw)
        if message is not None:
            taken += 1
            assert decoder._decoded(raw) == Decoded(key="", variant="", digest=b"", content=message)
    assert taken > COUNT // 80


def test_the_quick_way_leaves_what_it_is_not_sure_of() -> None:
    quick = IgtlDecoder(read_settings(SETTINGS))._quick[TOPICS["Command"]]
    good = event("player_win", {"bonus_balance": 1})
    assert quick.read(record(good)) is not None
    assert quick.read(record(good | {"event_id": "e-1"})) is not None
    unsure = (
        good | {"event_id": 7}, good | {"other": "e-1"}, good | {"event_id": "e", "other": 1}, good | {"event": "new"},
        good | {"player_id": 7}, good | {"player_id": " p"}, good | {"timestamp": 1_696_723_200}, good | {"value": []},
        event("player_win", {"bonus_balance": "1"}), event("player_win", {"bonus_balance ": 1}),
        event("player_win", {"x": 1}),
    )  # fmt: skip
    assert [quick.read(record(body)) for body in unsure] == [None] * len(unsure)
    twice = b'{"event":"player_win","player_id":"p","timestamp":1696723200123,"value":{%b}}' % b",".join(
        b'"bonus_balance":%d' % number for number in (1, 2)
    )
    assert quick.read(record(twice)) is None
    for path, is_sure in (("value", False), ("value.bonus_balance", False), ("event_id", False), ("value.said", True)):
        settings = read_settings(SETTINGS | {"preferences_path": path})
        read = IgtlDecoder(settings)._quick[TOPICS["Command"]].read(record(good))
        assert (read is not None) is is_sure, path
    dotted = IgtlDecoder(read_settings(SETTINGS | {"value_path": "a.b"}))._quick[TOPICS["Command"]]
    assert dotted.read(record(good)) is None


@pytest.mark.req("IGT-03", "IGT-18")
@pytest.mark.parametrize("stream", ["Command", "PDP"])
def test_all_good_messages_of_players_go_the_quick_way(stream: str) -> None:
    decoder = IgtlDecoder(read_settings(SETTINGS))
    for body in corpus(stream):
        is_plain = "notification_preferences" not in body["value"]
        for sent in (body, {name: value for name, value in body.items() if name != "event_id"}):
            assert (decoder._quick[TOPICS[stream]].read(record(sent, stream)) is not None) == is_plain


@pytest.mark.req("IGT-03", "IGT-08", "IGT-16")
@pytest.mark.parametrize("is_command_connected", [True, False])
@pytest.mark.parametrize("name", ["generated", "mixed"])
def test_samples_are_good_but_for_those_that_shall_not_be(name: str, is_command_connected: bool) -> None:
    kind = kind_of("igtl")
    settings = kind.clean(SETTINGS | {"is_command_connected": is_command_connected}, None)
    decoder = kind.decoder(settings)
    request = SampleRequest(name, "s", settings, 0, 400, datetime(2023, 10, 8, tzinfo=UTC), 50)
    assert [name for name, _ in kind.sample_names] == ["generated", "mixed"]
    streams, players = set(), set()
    for number, sample in enumerate(kind.samples(request)):
        raw = RawMessage(body=sample.body, topic=sample.topic, type=sample.type, offset=str(number))
        reading = decoder.decode(raw)
        is_faulty = name == "mixed" and number % 40 == 39
        assert isinstance(reading, Decoded) != is_faulty
        if isinstance(reading, Decoded):
            streams.add(reading.content.topic)
            players.add(reading.content.identifier_value)
            assert reading.content.ignored == ()
    assert streams == (set(TOPICS) if is_command_connected else {"eDraw", "Second Chance"})
    assert 40 <= len(players) <= 51
    assert [one.body for one in kind.samples(request)] == [one.body for one in kind.samples(request)]
