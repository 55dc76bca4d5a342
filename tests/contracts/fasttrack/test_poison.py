"""Bytes of every kind of malice become one reason code, never an exception."""

import math
import os
import random  # noqa: TID251 - mutations of a fixed seed, not draws

import msgspec
import pytest

from backoffice.core.money import LIMIT_MICROS, is_currency
from integrations.kinds.fasttrack.decode import FastTrackDecoder
from integrations.kinds.fasttrack.settings import read_settings
from integrations.wire.casino import CasinoActivity
from integrations.wire.decoded import Decoded, Fault
from tests.contracts.fasttrack.test_decoding import MAPPING
from tests.integrations.support import message, raw

MUTATIONS = int(os.environ.get("FEED_FUZZ", "20000"))
SEED = 20_150_302
GOOD = msgspec.json.encode(message())
TOKENS = [
    b"NaN", b"Infinity", b"-Infinity", b"1e999999", b"1e-400", b"0" * 60, b"9" * 39, b"true", b"null", b'"20"', b"[]",
    b"{}", b'"\\u0000"', b'"\\ud800"', b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"[" * 40, b'{"a":' * 20, b'"',
    b"-1", b"1.0000001", b"999999999999", b',"amount":1', b',"amount ":1', b'"' + b"x" * 9_000 + b'"',
]  # fmt: skip

POISON = [
    (b"", "NOT_JSON"),
    (b"[]", "NOT_AN_OBJECT"),
    (b"\xff\xfe{}", "NOT_UTF8"),
    (b"\xef\xbb\xbf{}", "BYTE_ORDER_MARK"),
    (b"{" + b" " * 70_000 + b"}", "TOO_LARGE"),
    (b"[" * 20_000 + b"]" * 20_000, "TOO_DEEP"),
    (GOOD.replace(b'"amount":20', b'"amount":NaN'), "NOT_A_NUMBER"),
    (GOOD.replace(b'"amount":20', b'"amount":1e999'), "NUMBER_OUT_OF_RANGE"),
    (GOOD.replace(b'"amount":20', b'"amount":' + b"1" * 60), "NUMBER_TOO_LONG"),
    (GOOD.replace(b'"amount":20', b'"amount":"20"'), "WRONG_TYPE"),
    (GOOD.replace(b'"amount":20', b'"amount":true'), "WRONG_TYPE"),
    (GOOD.replace(b'"amount":20', b'"amount":-20'), "INVALID_AMOUNT"),
    (GOOD.replace(b'"amount":20', b'"amount":20.0000001'), "INVALID_AMOUNT"),
    (GOOD.replace(b'"amount":20', b'"amount":1000000000'), "INVALID_AMOUNT"),
    (GOOD.replace(b'"amount":20', b'"amount":20,"amount ":20'), "DUPLICATE_KEY"),
    (GOOD.replace(b'"52530"', b'"\\u0000"'), "NUL"),
    (GOOD.replace(b'"52530"', b'"\\ud800"'), "LONE_SURROGATE"),
    (GOOD.replace(b'"52530"', b"52530"), "WRONG_TYPE"),
    (GOOD.replace(b'"52530"', b'"' + b"5" * 200 + b'"'), "TOO_LONG"),
    (GOOD.replace(b'"52530"', b'"  "'), "MISSING_FIELD"),
    (GOOD.replace(b'"exchange_rate":1', b'"exchange_rate":0'), "INVALID_AMOUNT"),
    (GOOD.replace(b'"is_round_end":false', b'"is_round_end":"false"'), "WRONG_TYPE"),
]


def decode(body: bytes) -> Decoded | Fault:
    return FastTrackDecoder(read_settings(MAPPING)).decode(raw(body))


@pytest.mark.req("FTC-03", "B-19")
@pytest.mark.parametrize(("body", "code"), POISON, ids=[code for _, code in POISON])
def test_each_poison_has_its_reason(body: bytes, code: str) -> None:
    reading = decode(body)
    assert isinstance(reading, Fault)
    assert reading.code == code
    assert not reading.is_unsupported


@pytest.mark.req("FTC-05")
def test_long_ids_keep_every_digit() -> None:
    reading = decode(GOOD.replace(b'"2019020103308257480"', b'"99999999999999999999999999999999999999"'))
    assert isinstance(reading, Decoded)
    assert reading.key == "9" * 38


@pytest.mark.req("FTC-03", "B-19")
def test_mutations_are_refused_with_a_reason_or_safe_to_take() -> None:
    dice = random.Random(SEED)
    decoder = FastTrackDecoder(read_settings(MAPPING))
    refused = 0
    for _ in range(MUTATIONS):
        body = mutated(dice)
        reading = decoder.decode(raw(body))
        if isinstance(reading, Fault):
            assert reading.code
            assert reading.code == reading.code.upper()
            refused += 1
        else:
            assert_safe(reading)
    assert MUTATIONS // 3 < refused < MUTATIONS


def mutated(dice: random.Random) -> bytes:
    body = bytearray(GOOD)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(body) + 1)
        end = min(len(body), at + dice.choice([0, 1, 1, 2, 5, 20]))
        piece = dice.choice(TOKENS) if dice.random() < 0.5 else bytes([dice.randrange(256)])
        body[at:end] = piece
    return bytes(body)


def assert_safe(reading: Decoded) -> None:
    activity: CasinoActivity = reading.content
    assert is_currency(activity.currency)
    for micros in (activity.amount_micros, activity.bonus_micros, activity.base_micros):
        assert isinstance(micros, int)
        assert 0 <= micros < LIMIT_MICROS
    assert activity.happened_at.tzinfo is not None
    for text in (activity.activity_id, activity.player_id, activity.round_id, activity.game_name, activity.vendor_id):
        assert text == text.strip() != ""
        assert "\0" not in text
        assert text.encode()
    assert math.isfinite(activity.amount_micros)
