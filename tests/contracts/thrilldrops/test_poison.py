"""Bytes of every kind of malice become one reason code, never an exception."""

import os
import random  # noqa: TID251 - mutations of a fixed seed, not draws
from decimal import Decimal

import msgspec
import pytest

from backoffice.core.money import LIMIT_MICROS, MICROS
from integrations.kinds.thrilldrops.events import EVENTS
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.players import PlayerMessage
from tests.contracts.thrilldrops.shapes import BRANDS, EXTERNAL, INTERNAL, event, fault, read

MUTATIONS = 200_000 if os.environ.get("POTLUCK_LONG") == "1" else 8_000
SEED = 20_240_514
GOOD = [msgspec.json.encode(event(tag)) for tag in (*EXTERNAL, *INTERNAL)]
DEPOSIT = msgspec.json.encode(event("Deposit"))
TOKENS = [
    b"NaN", b"Infinity", b"1e999999", b"1e-400", b"0" * 60, b"9" * 39, b"true", b"null", b'"20"', b"[]", b"{}",
    b'"\\u0000"', b'"\\ud800"', b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"[" * 40, b'{"a":' * 20, b'"', b"-1",
    b"1.0000001", b"999999999999", b',"amount":1', b',"amount ":1', b'"' + b"x" * 9_000 + b'"', b'"1.5"', b"\xc2\xa0",
]  # fmt: skip

POISON = [
    (b"", "NOT_JSON"),
    (b"[]", "NOT_AN_OBJECT"),
    (b"\xff\xfe{}", "NOT_UTF8"),
    (b"\xef\xbb\xbf{}", "BYTE_ORDER_MARK"),
    (b"{" + b" " * 70_000 + b"}", "TOO_LARGE"),
    (b"[" * 20_000 + b"]" * 20_000, "TOO_DEEP"),
    (DEPOSIT.replace(b'"amount":50', b'"amount":NaN'), "NOT_A_NUMBER"),
    (DEPOSIT.replace(b'"amount":50', b'"amount":1e999'), "NUMBER_OUT_OF_RANGE"),
    (DEPOSIT.replace(b'"amount":50', b'"amount":' + b"1" * 60), "NUMBER_TOO_LONG"),
    (DEPOSIT.replace(b'"amount":50', b'"amount":50,"amount ":50'), "DUPLICATE_KEY"),
    (DEPOSIT.replace(b'"player_00001"', b'"\\u0000"'), "NUL"),
    (DEPOSIT.replace(b'"player_00001"', b'"\\ud800"'), "LONE_SURROGATE"),
    (DEPOSIT.replace(b'"player_00001"', b'"' + b"5" * 200 + b'"'), "TOO_LONG"),
    (DEPOSIT.replace(b'"player_00001"', b'"  "'), "MISSING_FIELD"),
    (DEPOSIT.replace(b'"EUR"', b'"XTS"'), "UNKNOWN_CURRENCY"),
]


@pytest.mark.req("DRP-08", "B-19")
@pytest.mark.parametrize(("body", "code"), POISON, ids=[code for _, code in POISON])
def test_each_poison_has_its_reason(body: bytes, code: str) -> None:
    assert fault(body)[0] == code


@pytest.mark.req("DRP-02", "DRP-03", "B-19")
def test_mutations_are_refused_with_a_reason_or_safe_to_take() -> None:
    dice = random.Random(SEED)
    refused = 0
    for number in range(MUTATIONS):
        is_ours = number % len(GOOD) >= len(EXTERNAL)
        reading = read(mutated(dice, GOOD[number % len(GOOD)]), is_ours=is_ours)
        if isinstance(reading, Fault):
            assert reading.code
            assert reading.code == reading.code.upper()
            refused += 1
        else:
            assert_safe(reading)
    assert MUTATIONS // 3 < refused < MUTATIONS


def mutated(dice: random.Random, good: bytes) -> bytes:
    body = bytearray(good)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(body) + 1)
        end = min(len(body), at + dice.choice([0, 1, 1, 2, 5, 20]))
        piece = dice.choice(TOKENS) if dice.random() < 0.5 else bytes([dice.randrange(256)])
        body[at:end] = piece
    return bytes(body)


def assert_safe(reading: Decoded) -> None:
    message: PlayerMessage = reading.content
    shape = next(shape for shape in EVENTS if shape.tag == message.event)
    assert set(message.properties) == set(shape.shown)
    assert message.brand_id in BRANDS or reading.filtered
    assert 0 < len(reading.key) <= 200
    assert len(reading.digest) == 32
    for text in (message.identifier_value, message.brand_id, reading.key):
        assert text == text.strip() != ""
        assert "\0" not in text
        assert text.encode()
    for value in message.properties.values():
        if isinstance(value, Decimal):
            assert abs(value * MICROS) < LIMIT_MICROS
            assert value * MICROS == (value * MICROS).to_integral_value()
    assert msgspec.json.encode(message.properties)
