"""Values of attributes as the JSON texts that PostgreSQL gives back, one text for equal values."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import Raw

from backoffice.core.json import json_decimal

# The text of a value, None where it is not of the reader's type.
Reader = Callable[[Any], Raw | None]

# An entry of an index holds 2,704 bytes, and a character takes up to four.
MOST_NAME_CHARACTERS: Final = 500
_encode: Final = msgspec.json.Encoder().encode
_DATETIME: Final = re.compile(rb'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"').fullmatch
_ZERO: Final = Raw(b"0")
_BOOLEANS: Final = {True: Raw(b"true"), False: Raw(b"false")}


def read_string(value: Any) -> Raw | None:
    """A text."""
    return Raw(_encode(value)) if isinstance(value, str) else None


def read_name(value: Any) -> Raw | None:
    """A text that is short enough for an index: what players are found by."""
    return read_string(value) if isinstance(value, str) and len(value) <= MOST_NAME_CHARACTERS else None


def read_number(value: Any) -> Raw | None:
    """A finite number: 5.0 is 5, and what is nothing has no sign."""
    if isinstance(value, Decimal):
        if not value:
            return _ZERO
        try:
            return json_decimal(value)
        except ValueError:
            return None
    return Raw(b"%d" % value) if isinstance(value, int) and not isinstance(value, bool) else None


def read_datetime(value: Any) -> Raw | None:
    """RFC 3339 in UTC, with milliseconds."""
    if not isinstance(value, str):
        return None
    text = _encode(value)
    return Raw(text) if _DATETIME(text) else None


def read_boolean(value: Any) -> Raw | None:
    """True or false."""
    return _BOOLEANS[value] if isinstance(value, bool) else None


READERS: Final[Mapping[str, Reader]] = {
    "string": read_string,
    "number": read_number,
    "datetime": read_datetime,
    "boolean": read_boolean,
}


def plain_text(value: Raw | None) -> str:
    """The text of a value that is a text; empty where there is none."""
    if value is None:
        return ""
    decoded = msgspec.json.decode(bytes(value))
    return decoded if isinstance(decoded, str) else ""
