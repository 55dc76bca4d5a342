"""Arrays of thousands of elements in PostgreSQL's binary form, made without a look at each element's type."""

from collections.abc import Sequence
from struct import Struct, pack
from typing import Final

from psycopg.adapt import Dumper
from psycopg.pq import Format

# PostgreSQL counts from the year 2000.
EPOCH_MS: Final = 946_684_800_000
_LENGTH: Final = Struct(">i")
_EIGHT: Final = Struct(">iq")
# What PostgreSQL's own catalogue calls types: the elements' and the array's.
_TEXT: Final = (25, 1009)
_BYTEA: Final = (17, 1001)
_INT8: Final = (20, 1016)
_TIMESTAMPTZ: Final = (1184, 1185)


class BinaryArray:
    """An array that is ready to be sent: a parameter of backoffice.core.bulk.run_bulk, without a cast."""

    def __init__(self, type_: tuple[int, int], size: int, elements: bytes) -> None:
        self.oid = type_[1]
        self.data = pack(">iiiii", 1, 0, type_[0], size, 1) + elements


class BinaryArrayDumper(Dumper):
    """Hands the array over as it is."""

    format = Format.BINARY

    def get_key(self, obj: BinaryArray, format: object) -> tuple[type, int]:  # type: ignore[override]  # noqa: A002
        """One dumper for each type of array."""
        return self.cls, obj.oid

    def upgrade(self, obj: BinaryArray, format: object) -> "BinaryArrayDumper":  # noqa: A002
        """The dumper of the array's type."""
        dumper = type(self)(self.cls)
        dumper.oid = obj.oid
        return dumper

    def dump(self, obj: BinaryArray) -> bytes:
        """The bytes that were made."""
        return obj.data


def texts(elements: Sequence[bytes]) -> BinaryArray:
    """text[] of texts in UTF-8."""
    return BinaryArray(_TEXT, len(elements), _joined(elements))


def byteas(elements: Sequence[bytes]) -> BinaryArray:
    """bytea[]."""
    return BinaryArray(_BYTEA, len(elements), _joined(elements))


def integers(numbers: Sequence[int]) -> BinaryArray:
    """bigint[]."""
    pack_one = _EIGHT.pack
    return BinaryArray(_INT8, len(numbers), b"".join([pack_one(8, number) for number in numbers]))


def instants(epoch_ms: Sequence[int]) -> BinaryArray:
    """timestamptz[] of epoch milliseconds."""
    pack_one = _EIGHT.pack
    elements = b"".join([pack_one(8, (instant - EPOCH_MS) * 1_000) for instant in epoch_ms])
    return BinaryArray(_TIMESTAMPTZ, len(epoch_ms), elements)


def _joined(elements: Sequence[bytes]) -> bytes:
    length = _LENGTH.pack
    return b"".join([part for element in elements for part in (length(len(element)), element)])
