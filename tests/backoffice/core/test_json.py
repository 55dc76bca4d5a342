"""JSON: numbers of money stay exact, and what strangers send is refused for one reason."""

import json
import time
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core.json import (
    DecodeError,
    StrictJsonError,
    decode,
    decode_strict,
    encode,
    json_decimal,
    json_number,
)

REASONS = {
    "too_large",
    "not_utf8",
    "byte_order_mark",
    "nul",
    "too_deep",
    "not_json",
    "number_too_long",
    "number_out_of_range",
    "not_a_number",
    "duplicate_key",
    "string_too_long",
    "lone_surrogate",
}


@pytest.mark.parametrize(
    ("micros", "text"), [(100_217_500, b"100.2175"), (10_000_000, b"10"), (-500_000, b"-0.5"), (1, b"0.000001")]
)
@pytest.mark.req("CUR-07")
def test_amounts_are_exact_numbers(micros: int, text: bytes) -> None:
    assert encode({"current_value": json_number(micros)}) == b'{"current_value":' + text + b"}"


@pytest.mark.parametrize(
    ("rate", "text"),
    [("1.0762000", b"1.0762"), ("1E-7", b"0.0000001"), ("1E+2", b"100"), ("0", b"0"), ("-0.50", b"-0.5")],
)
def test_rates_have_no_exponent(rate: str, text: bytes) -> None:
    assert encode(json_decimal(Decimal(rate))) == text


@pytest.mark.parametrize("rate", ["NaN", "Infinity"])
def test_a_rate_that_is_no_number_is_not_emitted(rate: str) -> None:
    with pytest.raises(ValueError, match="not finite"):
        json_decimal(Decimal(rate))


class _Wager(msgspec.Struct):
    base_wager: Decimal


@pytest.mark.req("CUR-07")
def test_numbers_come_in_without_a_float() -> None:
    assert decode(b'{"base_wager": 100.21749999999994}', _Wager).base_wager == Decimal("100.21749999999994")
    value = decode(b"[100.21749999999994, 1]")
    assert value == [Decimal("100.21749999999994"), 1]
    assert isinstance(value[0], Decimal)


@pytest.mark.parametrize("raw", [b"1e99999999999999999999", b"{", b"[NaN]"])
def test_what_is_not_json_is_a_decode_error(raw: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(raw)


def test_a_field_of_the_wrong_kind_is_named() -> None:
    with pytest.raises(DecodeError, match="base_wager"):
        decode(b'{"base_wager": true}', _Wager)


def test_strict_decoding_yields_plain_values() -> None:
    raw = (
        b'{" drawNumber ": 12, "amount": 100.2175, "on": true, "none": null,'
        b' "list": ["\\u00e9", "\xf0\x9f\x8e\xb0", -0.5e1]}'
    )
    assert decode_strict(raw) == {
        "drawNumber": Decimal(12),
        "amount": Decimal("100.2175"),
        "on": True,
        "none": None,
        "list": ["é", "🎰", Decimal(-5)],
    }
    assert isinstance(decode_strict(b"7"), Decimal)


REFUSED = [
    ("too_large", b'"' + b"a" * 65_536 + b'"'),
    ("not_utf8", b'"\xff"'),
    ("not_utf8", b'"\xed\xa0\x80"'),
    ("not_utf8", b'"\xc0\x80"'),
    ("not_utf8", '{"a": 1}'.encode("utf-16")),
    ("byte_order_mark", b"\xef\xbb\xbf{}"),
    ("nul", b'"a\x00"'),
    ("nul", b'"a\\u0000"'),
    ("nul", b'{"\\u0000": 1}'),
    ("too_deep", b"[" * 17 + b"]" * 17),
    ("too_deep", b"[" * 60_000),
    ("too_deep", b'{"a":' * 17 + b"1" + b"}" * 17),
    ("too_deep", b'["]]]]",' * 17 + b"1" + b"]" * 17),
    ("not_json", b""),
    ("not_json", b"  "),
    ("not_json", b"{'a': 1}"),
    ("not_json", b'{"a": 1,}'),
    ("not_json", b"[1, 2"),
    ("not_json", b"1 2"),
    ("not_json", b"+1"),
    ("not_json", b"01"),
    ("not_json", b".5"),
    ("not_json", b'"a\nb"'),
    ("not_json", b'"\\x41"'),
    ("not_json", b'{"a": 1} // comment'),
    ("number_too_long", b"1" * 41),
    ("number_too_long", b"0." + b"1" * 39),
    ("number_out_of_range", b"1e400"),
    ("number_out_of_range", b"1e-400"),
    ("number_out_of_range", b"1e99999999999999999999"),
    ("not_a_number", b"NaN"),
    ("not_a_number", b'{"a": Infinity}'),
    ("not_a_number", b"[-Infinity]"),
    ("duplicate_key", b'{"a": 1, "a": 1}'),
    ("duplicate_key", b'{"a": 1, " a ": 2}'),
    ("duplicate_key", b'{"a": 1, "\\u0061": 2}'),
    ("duplicate_key", b'[{"b": {"a": 1, "a\\t": 2}}]'),
    ("string_too_long", b'"' + b"a" * 8_193 + b'"'),
    ("string_too_long", b'"' + "é".encode() * 4_097 + b'"'),
    ("string_too_long", b'{"' + b"a" * 8_193 + b'": 1}'),
    ("string_too_long", b'"' + b"\\u00e9" * 4_097 + b'"'),
    ("lone_surrogate", b'"\\ud800"'),
    ("lone_surrogate", b'"\\udc00\\ud800"'),
    ("lone_surrogate", b'{"\\udfff": 1}'),
]


@pytest.mark.parametrize(("code", "raw"), REFUSED, ids=[f"{code}-{index}" for index, (code, _) in enumerate(REFUSED)])
def test_each_fault_has_its_reason(code: str, raw: bytes) -> None:
    with pytest.raises(StrictJsonError) as caught:
        decode_strict(raw)
    assert caught.value.code == code
    assert len(caught.value.detail) < 250


def test_every_reason_is_reachable() -> None:
    assert {code for code, _ in REFUSED} == REASONS


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 16 + b"]" * 16,
        b'"' + b"[" * 1_000 + b'"',
        b'["\\"' + b"[" * 1_000 + b'"]',
        b'["' + b"a" * 8_192 + b'"]',
        b"1" * 40,
        b"1e308",
        b'"\\ud83c\\udfb0"',
        b'"' + b"\\\\" * 4_000 + b'"',
    ],
)
def test_what_is_just_within_the_limits_is_taken(raw: bytes) -> None:
    assert decode_strict(raw) == json.loads(raw, parse_float=Decimal)


def test_hostile_brackets_are_counted_in_linear_time() -> None:
    raw = b"{" * 17 + b'"' + b'\\"' * 32_000
    started = time.process_time()
    with pytest.raises(StrictJsonError) as caught:
        decode_strict(raw)
    assert caught.value.code == "too_deep"
    # It takes a millisecond; trying every quote as a start takes over ten seconds.
    assert time.process_time() - started < 3


def _refuses_or_answers(raw: bytes) -> None:
    try:
        decode_strict(raw)
    except StrictJsonError as error:
        assert error.code in REASONS  # noqa: PT017 - any other exception fails the test


@given(st.binary(max_size=300))
def test_no_bytes_lead_to_another_exception(raw: bytes) -> None:
    _refuses_or_answers(raw)


_PIECES = st.sampled_from(
    [
        *'{}[],:"\\ 1-.e',
        "\\u",
        "d800",
        "0000",
        '"a"',
        '" a"',
        "9" * 20,
        "NaN",
        "true",
        "null",
        "é",
        "\ufeff",
        "\x00",
        "🎰",
    ]
)


@given(st.lists(_PIECES, max_size=60))
def test_no_pieces_of_json_lead_to_another_exception(pieces: list[str]) -> None:
    _refuses_or_answers("".join(pieces).encode())


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**38), 10**38) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES, st.booleans())
def test_what_is_taken_is_what_was_sent(value: Any, ascii_only: bool) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    try:
        found = decode_strict(raw)
    except StrictJsonError as error:
        assert error.code in {"nul", "duplicate_key", "lone_surrogate", "not_utf8", "too_deep"}  # noqa: PT017
    else:
        assert found == _stripped(value)


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.strip(): _stripped(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_stripped(member) for member in value]
    return value


@given(st.binary(max_size=40), st.integers(min_value=0, max_value=200))
def test_a_damaged_message_is_refused_or_read(noise: bytes, at: int) -> None:
    message = b'{"activity_id": "a-1", "amount": 12.50, "user_id": "u", "nested": {"list": [1, 2, {"x": "\\u00e9"}]}}'
    _refuses_or_answers(message[:at] + noise + message[at + len(noise) :])
