"""JSON, in and out. Numbers of money are exact decimal text both ways and never pass through a float."""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from functools import lru_cache, partial
from typing import Any, Final, Literal, Never

import msgspec

from backoffice.core.money import text_from_micros

MAX_BYTES: Final = 65_536
MAX_DEPTH: Final = 16
MAX_NUMBER_CHARACTERS: Final = 40
MAX_STRING_BYTES: Final = 8_192
MAX_EXPONENT: Final = 308

DecodeError = msgspec.DecodeError

StrictJsonCode = Literal[
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
]

_encoder = msgspec.json.Encoder(decimal_format="number")
# Matches to the end where the closing quote is missing, so that no start is ever tried in vain: linear time.
_STRINGS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKETS = re.compile(r"[][{}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MINUS_ZERO = re.compile(r"-0(?![.eE0-9])")
_SURELY_SHORT: Final = 10 ** (MAX_NUMBER_CHARACTERS - 1)


class StrictJsonError(ValueError):
    """Bytes that are not the strict JSON we take. `code` is the one reason, `detail` is for people."""

    def __init__(self, code: StrictJsonCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code: StrictJsonCode = code
        self.detail = detail


def encode(value: object) -> bytes:
    """The value as JSON. A Decimal becomes a number; one that may have an exponent goes through json_decimal."""
    return _encoder.encode(value)


@lru_cache(maxsize=4096)
def json_number(micros: int) -> msgspec.Raw:
    """An amount in micro-units as an exact JSON number of units: 100217500 is emitted as 100.2175."""
    return msgspec.Raw(text_from_micros(micros).encode())


def json_decimal(value: Decimal) -> msgspec.Raw:
    """A rate as an exact JSON number without an exponent. ValueError if it is not finite."""
    if not value.is_finite():
        raise ValueError("JSON has no number for what is not finite")
    text = str(value)
    if "E" in text:
        text = f"{value:f}"
    if "." in text and text[-1] == "0":
        text = text.rstrip("0").rstrip(".")
    return msgspec.Raw(text.encode())


@lru_cache(maxsize=256)
def decoder(type_: Any = Any) -> msgspec.json.Decoder[Any]:
    """The kept decoder of a type. Numbers with a point that have no declared type become Decimal."""
    return msgspec.json.Decoder(type_, float_hook=_decimal)


def decode(raw: bytes | str, type_: Any = Any) -> Any:
    """Decode and validate as `type_`. DecodeError, or its ValidationError, which names the path of the fault."""
    return decoder(type_).decode(raw)


def decode_strict(
    raw: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH, collisions: list[str] | None = None
) -> Any:
    """Decode what a stranger sent: dict, list, str, bool, None, and Decimal for every number.

    Keys are stripped of white space, and one that comes twice (then or before) is refused. StrictJsonError, and no
    other exception, for anything but one strict UTF-8 document within the limits. With a list of `collisions` keys
    that differ by white space alone are one: the first value that is not null is kept, and the key is put into the
    list; the very same key twice stays refused.
    """
    plain = decode_plain(raw, max_depth) if len(raw) <= max_bytes else None
    if plain is not None:
        with suppress(_Unsure):
            box = [plain[0]]
            if _settled(box) == plain[1]:
                return box[0]
    text = _text(raw, max_bytes)
    _check_depth(text, max_depth)
    try:
        value = (_strict if collisions is None else _merging(collisions)).decode(text)
    except StrictJsonError:
        raise
    except (ValueError, RecursionError) as error:
        raise StrictJsonError("not_json", _first_line(error)) from None
    if "\\u" in text or len(raw) > MAX_STRING_BYTES:
        _check_strings(value)
    return value


def decode_plain(raw: bytes, max_depth: int | None = MAX_DEPTH) -> tuple[Any, int] | None:
    """A short document without escapes, and how many strings (keys and values) its text holds; None where unsure.

    It is as strict as decode_strict where the value holds exactly as many strings, for a key that came twice is lost
    from the value and not from the count; where no key has white space at an end; and where no whole number has more
    than MAX_NUMBER_CHARACTERS. Whole numbers are int, all others Decimal. No `max_depth` is for who looks at the depth.
    """
    if len(raw) > MAX_STRING_BYTES:
        return None
    try:
        text = raw.decode()
        if "\\" in text or (max_depth is not None and text.count("{") + text.count("[") > max_depth):
            return None
        value = _plain.decode(raw)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return None
    if "-0" in text and _MINUS_ZERO.search(text):  # an int has no sign of zero
        return None
    return value, text.count('"') // 2


class _Unsure(Exception):  # noqa: N818 - the long way decides then
    """The quick way cannot tell."""


def _settled(box: Any) -> int:
    """Whole numbers of a dict or a list become Decimal in place; how many strings there are inside."""
    count = 0
    for key, value in box.items() if type(box) is dict else enumerate(box):
        kind = type(value)
        if kind is str:
            count += 1
        elif kind is int:
            box[key] = _exact(value)
        elif kind is dict:
            count += _named(value) + _settled(value)
        elif kind is list:
            count += _settled(value)
    return count


def _named(members: dict[str, Any]) -> int:
    for key in members:
        if key.strip() is not key:
            raise _Unsure
    return len(members)


def _exact(value: int) -> Decimal:
    if not -_SURELY_SHORT < value < _SURELY_SHORT:
        raise _Unsure
    return Decimal(value)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("the number is out of range") from None


def _text(raw: bytes, max_bytes: int) -> str:
    if len(raw) > max_bytes:
        raise StrictJsonError("too_large", f"{len(raw)} bytes, at most {max_bytes}")
    try:
        text = bytes(raw).decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise StrictJsonError("not_utf8", f"byte {error.start} is not UTF-8") from None
    if text.startswith("\ufeff"):
        raise StrictJsonError("byte_order_mark", "the text begins with a byte order mark")
    if "\0" in text:
        raise StrictJsonError("nul", "the text holds a NUL")
    return text


def _check_depth(text: str, max_depth: int) -> None:
    # What has fewer brackets than the limit, even counting those in strings, cannot be deeper.
    if text.count("{") + text.count("[") <= max_depth:
        return
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        depth += 1 if bracket in "{[" else -1
        if depth > max_depth:
            raise StrictJsonError("too_deep", f"nested deeper than {max_depth}")


def _number(text: str) -> Decimal:
    if len(text) > MAX_NUMBER_CHARACTERS:
        raise StrictJsonError("number_too_long", f"a number of {len(text)} characters")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise StrictJsonError("number_out_of_range", f"the number {text}") from None
    if number and abs(number.adjusted()) > MAX_EXPONENT:
        raise StrictJsonError("number_out_of_range", f"the number {text}")
    return number


def _constant(text: str) -> Never:
    raise StrictJsonError("not_a_number", f"{text} is no JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = {key.strip(): value for key, value in pairs}
    if len(members) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key.strip() in seen:
                raise StrictJsonError("duplicate_key", f"the key {_shown(key.strip())} comes twice")
            seen.add(key.strip())
    return members


def _merged(collisions: list[str], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    seen: set[str] = set()
    for key, value in pairs:
        name = key.strip()
        if key in seen:
            raise StrictJsonError("duplicate_key", f"the key {_shown(name)} comes twice")
        seen.add(key)
        if name not in members:
            members[name] = value
            continue
        collisions.append(name)
        if members[name] is None:
            members[name] = value
    return members


_strict = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_number, parse_int=_number, parse_constant=_constant, strict=True
)
_plain = msgspec.json.Decoder(float_hook=_number)


def _merging(collisions: list[str]) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=partial(_merged, collisions),
        parse_float=_number,
        parse_int=_number,
        parse_constant=_constant,
        strict=True,
    )


def _check_strings(value: Any) -> None:
    # Only an escape can bring in a NUL (which PostgreSQL cannot keep) or half of a surrogate pair.
    for string in _strings(value):
        if "\0" in string:
            raise StrictJsonError("nul", "a string holds an escaped NUL")
        if _SURROGATE.search(string):
            raise StrictJsonError("lone_surrogate", f"in {_shown(string)}")
        if len(string) * 4 > MAX_STRING_BYTES and len(string.encode()) > MAX_STRING_BYTES:
            raise StrictJsonError("string_too_long", f"a string of {len(string)} characters")


def _strings(value: Any) -> Iterable[str]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting.extend(item.keys())
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _shown(text: str) -> str:
    return ascii(text[:40])


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
