"""Ids that are derived, never drawn: whoever retries an act comes to the same id."""

from hashlib import sha1
from typing import Final
from uuid import UUID

import msgspec

NAMESPACE: Final = UUID("5b1f3a52-6f0d-5b44-9d0c-2f0a7a3e9c71")
_NAMESPACE_BYTES: Final = NAMESPACE.bytes
# What the variant's two bits make of a digit.
_VARIANT: Final = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def derived_id(*parts: str) -> UUID:
    """The id that belongs to these parts, in this order.

    Each part is preceded by its length, so that ("a", "b|c") and ("a|b", "c") never meet.
    """
    return id_of(derived_text(*parts))


def derived_text(*parts: str) -> str:
    """The same id as a text."""
    name = "".join([f"{len(part)}:{part}," for part in parts])
    # What uuid.uuid5 does, in a small part of its time: one is made for every contribution.
    digits = sha1(_NAMESPACE_BYTES + name.encode()).hexdigest()  # noqa: S324 - a name, and no secret in it
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:32]}"


def id_of(text: str) -> UUID:
    """The id of its text, sooner than the class makes it."""
    return msgspec.convert(text, UUID)
