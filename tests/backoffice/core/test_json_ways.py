"""Strict decoding has a quick way and a long one; whatever the bytes, both say the same."""

import os
import random  # noqa: TID251 - mutations of a fixed seed, not draws
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core import json as core
from backoffice.core.json import StrictJsonError, decode_plain, decode_strict

MUTATIONS = 200_000 if os.environ.get("POTLUCK_LONG") == "1" else 20_000
CORPUS = [
    b'{"event":"player_wager","player_id":"p1","timestamp":1696723200123,"value":{"a":12.50,"b":0,"c":-0.5}}',
    b'{"a": [1, 2, {"b ": "x", "c": null}], "d": true, "e": "2023-10-08", "f": -7, "g": 1e5}',
    '{"name": "Zoë", "list": [["🎰", ""], {}], "n": 123456789012345678901234567890}'.encode(),
    b'[{"a":1},{"a":2},-0,-0.0,0e9,"-0"]',
    b'{"a":{"a":{"a":{"a":"a"}}},"b":"a:b","c":"\\u00e9\\n"}',
]
TOKENS = [
    b"NaN", b"-Infinity", b"1e999", b"1e-400", b"0" * 3, b"9" * 20, b"9" * 40, b"9" * 41, b"-" + b"9" * 40, b"-0",
    b"0e999", b"true", b"null", b'""', b'"a"', b'"a":1,', b'"a ":1,', b'" a":1,', b"\\", b'\\"', b"\\u0000",
    b"\\ud800", b"\x00",
    b"\x01", b"\x7f", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"[" * 17, b"{}", b"[]",
    b" ", b"\t", b"\n", b"\x0b", b"\xc2\xa0", b"\xe2\x80\x83", b",", b":", b'"', b"{", b"}", b"]", b"// x", b"'", b"+1",
    b".5", b"5.",
    b"1E+2", b'"' + b"x" * 9_000 + b'"',
]  # fmt: skip


def told(raw: bytes) -> str:
    """The value with its types, or the reason."""
    try:
        return repr(decode_strict(raw))
    except StrictJsonError as error:
        return f"{error.code}: {error.detail}"


def told_the_long_way(raw: bytes) -> str:
    quick = core.decode_plain
    core.decode_plain = lambda *_: None
    try:
        return told(raw)
    finally:
        core.decode_plain = quick


def mutated(dice: random.Random) -> bytes:
    body = bytearray(dice.choice(CORPUS))
    for _ in range(dice.randint(0, 3)):
        at = dice.randrange(len(body) + 1)
        end = min(len(body), at + dice.choice([0, 0, 1, 1, 2, 5]))
        body[at:end] = dice.choice(TOKENS) if dice.random() < 0.7 else bytes([dice.randrange(256)])
    return bytes(body)


@pytest.mark.req("B-19")
def test_mutations_are_told_alike() -> None:
    dice = random.Random(20_231_008)
    quick = 0
    for _ in range(MUTATIONS):
        raw = mutated(dice)
        assert told(raw) == told_the_long_way(raw), raw
        quick += decode_plain(raw) is not None
    assert quick > MUTATIONS // 10


_PIECES = st.sampled_from(
    [*'{}[],:"\\ 1-.e', '"a"', '" a"', '"a":', "-0", "9" * 40, "NaN", "true", "é", "\ufeff", "🎰"]
)


@given(st.lists(_PIECES, max_size=40))
def test_pieces_are_told_alike(pieces: list[str]) -> None:
    raw = "".join(pieces).encode()
    assert told(raw) == told_the_long_way(raw)


@pytest.mark.parametrize(
    "raw",
    [b'{"a":1,"a":2}', b'{"a" :1,"b":{"c":"\\"","c":1}}', b'{"a":1,"a ":2}', b"-0", b"[-0]", b"9" * 41, b'{"\xff":1}'],
)
def test_what_the_quick_way_cannot_tell_is_left_to_the_long_one(raw: bytes) -> None:
    assert told(raw) == told_the_long_way(raw)


@pytest.mark.req("I-30")
@pytest.mark.parametrize(
    ("raw", "value", "names"),
    [
        (b'{"a ":null,"a":3}', {"a": 3}, ["a"]),
        (b'{"a":3,"a ":null}', {"a": 3}, ["a"]),
        (b'{"a":1,"a ":2}', {"a": 1}, ["a"]),
        (b'{"a":{"b":1,"b ":2},"c":3}', {"a": {"b": 1}, "c": 3}, ["b"]),
        (b'{"a":1,"b":2}', {"a": 1, "b": 2}, []),
    ],
)
def test_keys_that_differ_by_white_space_can_be_made_one(raw: bytes, value: Any, names: list[str]) -> None:
    collisions: list[str] = []
    assert decode_strict(raw, collisions=collisions) == value
    assert collisions == names


@pytest.mark.req("I-30")
def test_the_very_same_key_twice_stays_refused() -> None:
    with pytest.raises(StrictJsonError) as caught:
        decode_strict(b'{"a":1,"a":2}', collisions=[])
    assert caught.value.code == "duplicate_key"
