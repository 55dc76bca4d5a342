"""Ids that are derived, never drawn: whoever retries an act comes to the same id."""

from typing import Final
from uuid import UUID, uuid5

NAMESPACE: Final = UUID("5b1f3a52-6f0d-5b44-9d0c-2f0a7a3e9c71")


def derived_id(*parts: str) -> UUID:
    """The id that belongs to these parts, in this order.

    Each part is preceded by its length, so that ("a", "b|c") and ("a|b", "c") never meet.
    """
    return uuid5(NAMESPACE, "".join([f"{len(part)}:{part}," for part in parts]))
