"""Messages damaged at random, always in the same way: bytes, tokens, and values of a type that nobody expects."""

import os
import random  # noqa: TID251 - mutations of a fixed seed, not draws
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any, Final

import msgspec

from integrations.wire.decoded import Decoded, Fault
from integrations.wire.players import PlayerMessage
from integrations.wire.raw import RawMessage

COUNT: Final = 200_000 if os.environ.get("POTLUCK_LONG") == "1" else 8_000
TOKENS: Final = [
    b"NaN", b"Infinity", b"1e999", b"1e-400", b"1e300", b"-0", b"9" * 39, b"9" * 60, b"true", b"null", b'""', b'" "',
    b"[]", b"{}", b"[[]]", b'"\\u0000"', b'"\\ud800"', b'"\\u00e9"', b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"[" * 40,
    b'{"a":' * 20, b'"', b"-1", b"0.5", b"1696723200", b"1696723200123", b'"2023-10-08T01:17:14Z"', b'"2023-10-08"',
    b'"9999-12-31"', b'"0001-01-01T00:00:00+14:00"', b'"player_id ":1,', b'"event":1,', b'"value":{},',
    b'"' + b"x" * 9_000 + b'"', b"\\",
]  # fmt: skip
VALUES: Final[list[Any]] = [
    None, True, False, 0, -1, 1.5, 1e20, 1_696_723_200_123, "", " ", "x", "true", "12.5", "2023-10-08", "\u2603", [],
    [None], [{}], {}, {"a": {}}, {"email": {"news": True}}, {"email": 1}, "SELF_EXCLUDED", "x" * 3_000, {"": {"": ""}},
]  # fmt: skip


def mutated(
    corpus: Sequence[dict[str, Any]], seed: int, changes: tuple[int, int] = (1, 3), parts: int = 1
) -> Iterator[bytes]:
    """COUNT messages, or one of so many parts of them: half with other values in them, half with their bytes damaged,
    some with both; so many changes each."""
    dice = random.Random(seed)
    for number in range(COUNT // parts):
        body = msgspec.json.decode(msgspec.json.encode(dice.choice(corpus)))
        if number % 2 == 0 or dice.random() < 0.2:
            for _ in range(dice.randint(*changes)):
                _change(body, dice)
        content = msgspec.json.encode(body)
        yield _damaged(content, dice, changes) if number % 2 else content


def _change(body: Any, dice: random.Random) -> None:
    """Another value, a member less or one more, somewhere inside."""
    place = body
    while isinstance(place, dict | list) and place and dice.random() < 0.6:
        inner = place[dice.choice(list(place))] if isinstance(place, dict) else dice.choice(place)
        if not isinstance(inner, dict | list):
            break
        place = inner
    if isinstance(place, list):
        place.append(deepcopy(dice.choice(VALUES)))
    elif place and dice.random() < 0.8:
        place[dice.choice(list(place))] = deepcopy(dice.choice(VALUES))
    else:
        place[dice.choice(["event_id", "preferences", "value", "x", " ", "blocked", "tags"])] = deepcopy(
            dice.choice(VALUES)
        )


def _damaged(content: bytes, dice: random.Random, changes: tuple[int, int]) -> bytes:
    body = bytearray(content)
    for _ in range(dice.randint(*changes)):
        at = dice.randrange(len(body) + 1)
        end = min(len(body), at + dice.choice([0, 1, 1, 2, 5, 20]))
        body[at:end] = dice.choice(TOKENS) if dice.random() < 0.5 else bytes([dice.randrange(256)])
    return bytes(body)


def outcome(reading: Decoded | Fault, raw: RawMessage) -> str:
    """What became of it: a reason code, or the event of a message that is safe to take."""
    if isinstance(reading, Fault):
        assert reading.code
        assert reading.code == reading.code.upper()
        assert len(reading.code) <= 60
        return reading.code
    if reading.content is None:
        assert reading.filtered is not None
        return reading.filtered
    message: PlayerMessage = reading.content
    assert (reading.key == "" and reading.digest == b"") if raw.is_positioned else len(reading.digest) == 32
    assert len(reading.key) <= 200
    assert message.identifier is None or 0 < len(message.identifier_value.strip()) <= 128
    assert 946_684_800_000 <= message.happened_at_ms < 4_102_444_800_000
    assert 0 < len(message.event) <= 104
    assert all(code.isupper() and len(name) < 200 for name, code in message.ignored)
    # It can be kept: as JSON, as text of a database, and again as the same value.
    kept = msgspec.json.encode(message)
    assert b"\\u0000" not in kept
    assert kept.decode()
    return message.event
